"""Which characters of a text speak for it: shared pairs, other names for what was said, what sounds the same."""

from collections.abc import Sequence

import numpy as np

from kb_index.search.words import CHARACTER, Keys, Terms, characters, pinyin

Spans = tuple[tuple[int, int], ...]


def spans(text: str, told: Keys, sounds: Keys, others: Sequence[str]) -> Spans:
    """Spans [start, end) in order, apart from each other.

    told, sounds: pairs of characters and of syllables that count; others: words that stand for what was said.
    """
    marked = np.zeros(len(text) + 1, bool)
    for terms, wanted in ((characters([text]), told), (pinyin([text]), sounds)):
        for at, size in _places(terms, wanted):
            marked[at : min(at + size, len(text))] = True
    for word in others:
        at = text.find(word)
        while at >= 0:
            marked[at : at + len(word)] = True
            at = text.find(word, at + len(word))
    edges = np.flatnonzero(np.diff(np.append(False, marked))).tolist()
    return tuple(zip(edges[::2], edges[1::2], strict=True))


def _places(terms: Terms, wanted: Keys) -> list[tuple[int, int]]:
    found = np.isin(terms.keys, wanted)
    lone = terms.keys[found] & ((np.uint64(1) << CHARACTER) - np.uint64(1)) == 0
    return list(zip(terms.at[found].tolist(), (2 - lone).tolist(), strict=True))
