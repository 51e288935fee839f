"""Text encoders: the protocol, and those that can be chosen by name."""

import hashlib
import importlib
import importlib.util
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kb_index.article import KnowledgeError

Vectors = npt.NDArray[np.float32]

ENCODERS = {
    "e5": "kb_index.encoders.e5:E5Encoder",
    "use": "kb_index.encoders.use:UseEncoder",
    "none": "kb_index.encoders.base:NoEncoder",
}
DEFAULT = "e5"
FOLDER, ENDPOINT = "folder:", "endpoint:"  # what stands in front of a path, of an address
CHOICES = (*ENCODERS, f"{FOLDER}/模型文件夹", f"{ENDPOINT}https://地址/v1#模型名")
SECONDS = 20.0


class Encoder(Protocol):
    """Texts -> unit vectors (n, size), float32; thread-safe. size 0: there is no encoder, search goes by words.

    name: tells encoders apart whose vectors must not be mixed. longest: how many characters of a text it surely sees;
    a longer one loses its middle. notice: why it is not the encoder that was asked for (Chinese), else empty.
    """

    name: str
    size: int
    longest: int
    notice: str

    def encode(self, texts: Sequence[str], query: bool = False) -> Vectors:
        """query: the texts are questions, not passages. Raises KnowledgeError."""
        ...


class NoEncoder:
    """Stands in where vectors are not wanted or cannot be had."""

    name = "none"
    size = 0
    longest = 0

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


def create(name: str = "", key: str = "", seconds: float = SECONDS) -> Encoder:
    """An encoder by name: one of ENCODERS, folder:PATH or endpoint:URL#MODEL; empty: the packaged default.

    key, seconds: for an endpoint, and how long it may take for a batch. One that cannot be loaded is replaced by
    NoEncoder, whose notice says why. Raises KnowledgeError for an unknown name.
    """
    name = name or DEFAULT
    if name not in ENCODERS and not name.startswith((FOLDER, ENDPOINT)):
        raise KnowledgeError(f"没有编码器 {name}；可选：{'、'.join(CHOICES)}")
    try:
        return _made(name, key, seconds)
    except (ImportError, OSError, RuntimeError, ValueError, KnowledgeError) as error:
        advice = "；请重新运行 make run 安装依赖" if name in ENCODERS else ""
        return NoEncoder(f"语义编码器 {name} 不可用（{error}），检索只按字和读音进行{advice}")


def _made(name: str, key: str, seconds: float) -> Encoder:
    """The encoder itself; its module is imported only now."""
    if name.startswith(FOLDER):
        from kb_index.encoders.transformers import FolderEncoder

        return FolderEncoder(Path(name.removeprefix(FOLDER)))
    if name.startswith(ENDPOINT):
        from kb_index.encoders.endpoint import EndpointEncoder

        return EndpointEncoder(name.removeprefix(ENDPOINT), key, seconds)
    module, cls = ENCODERS[name].split(":")
    made: Encoder = getattr(importlib.import_module(module), cls)()
    return made


def folder_name(name: str) -> str:
    """An encoder's name as the name of a folder; different names never fall together."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[-40:]
    return safe if safe == name else f"{safe}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def unit(vectors: npt.NDArray[np.floating]) -> Vectors:
    """Rows of length 1."""
    rows = np.asarray(vectors, np.float32)
    out: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return out


def ends(text: str, longest: int) -> str:
    """A long text without its middle: its subject stands in front, what was said last at the end."""
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]} {text[-half:]}"
