"""Text encoders: the protocol, and those that can be chosen by name."""

import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kb_index.article import KnowledgeError

Vectors = npt.NDArray[np.float32]

ENCODERS = {
    "e5": "kb_index.e5:E5Encoder",
    "use": "kb_index.use:UseEncoder",
    "none": "kb_index.encoder:NoEncoder",
}
DEFAULT = "e5"


class Encoder(Protocol):
    """Texts -> unit vectors (n, size), float32; thread-safe. size 0: there is no encoder, search goes by words.

    notice: why it is not the encoder that was asked for (Chinese), else empty.
    """

    name: str
    size: int
    notice: str

    def encode(self, texts: Sequence[str], query: bool = False) -> Vectors:
        """query: the texts are questions, not passages. Raises KnowledgeError."""
        ...


class NoEncoder:
    """Stands in where vectors are not wanted or cannot be had."""

    name = "none"
    size = 0

    def __init__(self, notice: str = "") -> None:
        self.notice = notice

    def encode(self, texts: Sequence[str], query: bool = False) -> Vectors:
        """See Encoder."""
        return np.zeros((len(texts), 0), np.float32)


def weights_of(module: str, package: str) -> Path:
    """The folder of a package that carries weights. Raises KnowledgeError, naming it."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise KnowledgeError(f"缺少编码器包 {package}")
    return Path(spec.origin).parent


def create(name: str = "") -> Encoder:
    """An encoder by name; empty: the packaged default.

    One that cannot be loaded is replaced by NoEncoder, whose notice says why.
    Raises KnowledgeError for an unknown name.
    """
    name = name or DEFAULT
    if name not in ENCODERS:
        raise KnowledgeError(f"没有编码器 {name}；可选：{'、'.join(ENCODERS)}")
    module, cls = ENCODERS[name].split(":")
    try:
        encoder: Encoder = getattr(importlib.import_module(module), cls)()
    except (ImportError, OSError, RuntimeError, KnowledgeError) as error:
        return NoEncoder(f"语义编码器 {name} 不可用（{error}），检索只按字和读音进行；请重新运行 make run 安装依赖")
    return encoder
