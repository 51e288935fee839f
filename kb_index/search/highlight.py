"""Which characters of a text speak for it: shared pairs, other names for what was said, what sounds the same."""

import re
from collections.abc import Sequence

import numpy as np

from kb_index.search.words import SECOND, Keys, characters, pinyin

Spans = tuple[tuple[int, int], ...]


def spans(texts: Sequence[str], told: Keys, sounds: Keys, others: Sequence[str]) -> list[Spans]:
    """For each text its spans [start, end) in order, apart from each other.

    told, sounds: pairs of characters and of syllables that count; others: words that stand for what was said.
    """
    sizes = np.array([len(text) for text in texts], np.int64)
    starts = np.cumsum(sizes + 1) - sizes - 1  # a place that is never marked ends each
    marked = np.zeros(int((sizes + 1).sum()) + 1, bool)
    for terms, wanted in ((characters(texts), told), (pinyin(texts), sounds)):
        found = np.isin(terms.keys, wanted)
        owner, at = terms.owner[found], terms.at[found].astype(np.int64)
        pair = terms.keys[found] & SECOND != 0
        for places, whose in ((at, owner), (at[pair] + 1, owner[pair])):
            within = places < sizes[whose]  # small letters may be more than the letter
            marked[starts[whose[within]] + places[within]] = True
    for text, start in zip(texts, starts.tolist(), strict=True):
        for word in others:
            for one in re.finditer(re.escape(word), text):
                marked[start + one.start() : start + one.end()] = True
    edges = np.flatnonzero(np.diff(np.append(False, marked)))
    whose = np.searchsorted(starts, edges[::2], side="right") - 1
    out: list[Spans] = [()] * len(texts)
    for number, low, high in zip(whose.tolist(), edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        start = int(starts[number])
        out[number] = (*out[number], (low - start, high - start))
    return out
