"""BM25 over terms that a function makes of a text: character bigrams, pinyin bigrams."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from pypinyin import Style, lazy_pinyin

Scores = npt.NDArray[np.float32]
K1, B = 1.2, 0.75


def character_bigrams(text: str) -> list[str]:
    """Adjacent pairs of characters, within stretches of letters, digits and Chinese."""
    return [run[i : i + 2] for run in re.findall(r"\w+", text.lower()) for i in range(max(1, len(run) - 1))]


def pinyin_bigrams(text: str) -> list[str]:
    """Adjacent pairs of toneless syllables: homophones fall together."""
    out = []
    for run in re.findall(r"[\u4e00-\u9fff]+", text):
        sounds = lazy_pinyin(run, style=Style.NORMAL)
        out += [f"{a} {b}" for a, b in zip(sounds, sounds[1:], strict=False)]
    return out


class Bm25:
    """An inverted index; documents by position."""

    def __init__(self, texts: Sequence[str], terms: Callable[[str], list[str]]) -> None:
        self._terms = terms
        postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        lengths = np.zeros(len(texts), np.float32)
        for position, text in enumerate(texts):
            counts = Counter(terms(text))
            lengths[position] = counts.total()
            for term, count in counts.items():
                postings[term].append((position, count))
        self._size = len(texts)
        norm = K1 * (1 - B + B * lengths / max(1.0, float(lengths.mean()) if len(texts) else 1.0))
        self._weights: dict[str, tuple[npt.NDArray[np.int32], Scores]] = {}
        for term, found in postings.items():
            where = np.array([position for position, _ in found], np.int32)
            counted = np.array([n for _, n in found], np.float32)
            idf = math.log(1 + (self._size - len(found) + 0.5) / (len(found) + 0.5))
            self._weights[term] = (where, (idf * counted * (K1 + 1) / (counted + norm[where])).astype(np.float32))

    def scores(self, query: str) -> Scores:
        """A score for every document."""
        out = np.zeros(self._size, np.float32)
        for term, count in Counter(self._terms(query)).items():
            if term in self._weights:
                where, weight = self._weights[term]
                out[where] += min(count, 2) * weight
        return out
