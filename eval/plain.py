"""What the product's index stands beside: a flat index of vectors and BM25 over character pairs, as plain as can be."""

from collections.abc import Iterable, Sequence

import faiss
import numpy as np
import numpy.typing as npt

from eval.made import codes
from kb_index.encoders.base import Encoder

K1, B = 1.5, 0.75
Ints = npt.NDArray[np.int64]


class Flat:
    """faiss, inner product of float32 over everything."""

    def __init__(self, texts: Iterable[Sequence[str]], encoder: Encoder) -> None:
        """texts: in parts."""
        self._encoder = encoder
        self._index = faiss.IndexFlatIP(encoder.size)
        for part in texts:
            self._index.add(encoder.encode(part))

    def search(self, query: str, k: int) -> Ints:
        """Numbers of the nearest texts, nearest first."""
        found: Ints = self._index.search(self._encoder.encode([query], query=True), k)[1][0]
        return found


class Words:
    """An inverted index in three arrays; every text that shares a pair is scored."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        """texts: in parts, of fewer than 16 million each."""
        keys, owners, counts, lengths = [], [], [], []
        size = 0
        for part in texts:
            pairs, owner = _pairs(part)
            both, times = np.unique(pairs << 24 | owner.astype(np.uint64), return_counts=True)
            keys.append((both >> 24).astype(np.uint32))
            owners.append(((both & 0xFFFFFF) + size).astype(np.int32))
            counts.append(times.astype(np.float32))
            lengths.append(np.bincount(owner, minlength=len(part)).astype(np.float32))
            size += len(part)
        self._size = size
        self._invert(*(np.concatenate(column) for column in (keys, owners, counts, lengths)))

    def _invert(
        self,
        keys: npt.NDArray[np.uint32],
        owners: npt.NDArray[np.int32],
        counts: npt.NDArray[np.float32],
        lengths: npt.NDArray[np.float32],
    ) -> None:
        order = np.argsort(keys, kind="stable")
        self._owners = owners[order]
        self._keys, starts, frequency = np.unique(keys[order], return_index=True, return_counts=True)
        self._starts = np.append(starts, len(keys))
        rarity = np.log(1 + (self._size - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        norm = K1 * (1 - B + B * lengths / max(1.0, float(lengths.mean())))
        saturated = counts[order] * (K1 + 1) / (counts[order] + norm[self._owners])
        self._weights = np.repeat(rarity, frequency) * saturated

    def search(self, query: str, k: int) -> Ints:
        """Numbers of the best texts, best first."""
        scores = np.zeros(self._size, np.float32)
        for key in np.unique(_pairs([query])[0]):
            at = int(np.searchsorted(self._keys, key))
            if at < len(self._keys) and self._keys[at] == key:
                part = slice(self._starts[at], self._starts[at + 1])
                scores[self._owners[part]] += self._weights[part]
        best = np.argpartition(-scores, min(k, self._size - 1))[:k]
        found: Ints = best[np.argsort(-scores[best])]
        return found


def _pairs(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint64], Ints]:
    """Every pair of adjacent characters as one number, and the text that it stands in."""
    letters, starts = codes(texts)
    owner = np.repeat(np.arange(len(texts)), np.diff(starts))
    same = owner[:-1] == owner[1:]
    return (letters[:-1].astype(np.uint64) << 16 & 0xFFFF0000 | letters[1:] & 0xFFFF)[same], owner[:-1][same]
