"""Text encoders: the protocol, and what each of them needs."""

import hashlib
import importlib.util
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kb_index.article import KnowledgeError

Vectors = npt.NDArray[np.float32]

FOLDER, ENDPOINT = "folder:", "endpoint:"  # what stands in front of a path, of an address
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
