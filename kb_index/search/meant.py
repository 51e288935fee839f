"""What was probably meant: where the base does not know a pair of characters that was heard, it may know others of the
same sounds.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from kb_index.search.postings import Postings
from kb_index.search.words import CHARACTER, SECOND, Keys, pairs, sounds

KNOWN, UNKNOWN, CHANGE = 0.5, -2.0, -4.0  # in logarithms of units: a lone known pair gained never pays for a change
MOST = 8  # pairs of the same sounds that are tried, those in most units


class Alike:
    """The pairs of Chinese characters of a segment, by their sounds."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        said = sounds(postings.keys)
        chinese = np.flatnonzero(said)
        order = np.argsort(said[chinese], kind="stable")
        self._said = said[chinese][order]
        self._place = chinese[order].astype(np.int32)

    def of(self, said: int) -> Iterator[tuple[int, int]]:
        """The pairs of these sounds: each key, and in how many units it stands."""
        low, high = np.searchsorted(self._said, np.array([said, said + 1], self._said.dtype)).tolist()
        place = self._place[low:high]
        counts = self._postings.starts[place + 1] - self._postings.starts[place]
        return zip(self._postings.keys[place].tolist(), counts.tolist(), strict=True)

    def counts(self, keys: Keys) -> npt.NDArray[np.int64]:
        """In how many units each of these pairs stands."""
        return self._postings.of_terms(keys).counts


def meant(text: str, parts: Sequence[Alike]) -> str:
    """The likeliest reading of a text by what stands in the base; mostly the text itself.

    A reading gains by each pair that the base knows, the more units the pair stands in, and loses by each that it does
    not and by each character that was not said.
    """
    choices = _choices(text, parts)
    if all(len(some) == 1 for some in choices):
        return text
    both = zip(choices, choices[1:], strict=False)
    weighed = _weighed({before + after for some, more in both for before in some for after in more}, parts)
    best = {letter: (CHANGE * (letter != text[0]), letter) for letter in choices[0]}
    for said, some in zip(text[1:], choices[1:], strict=True):
        best = {
            letter: max(
                (score + weighed[before + letter] + CHANGE * (letter != said), way + letter)
                for before, (score, way) in best.items()
            )
            for letter in some
        }
    return max(best.values())[1]


def _choices(text: str, parts: Sequence[Alike]) -> list[list[str]]:
    """For each place what was said, and what else of that sound could stand there."""
    keys = pairs(text)
    said = sounds(keys)
    choices = [[letter] for letter in text]
    for place in np.flatnonzero((said > 0) & (_counts(keys, parts) == 0)).tolist():
        found: dict[int, int] = {}
        for part in parts:
            for key, count in part.of(int(said[place])):
                found[key] = found.get(key, 0) + count
        for key in sorted(found, key=lambda key: -found[key])[:MOST]:
            for at, code in ((place, key >> int(CHARACTER)), (place + 1, key & int(SECOND))):
                if chr(code) not in choices[at]:
                    choices[at].append(chr(code))
    return choices


def _weighed(some: set[str], parts: Sequence[Alike]) -> dict[str, float]:
    """What each pair adds to a reading."""
    every = sorted(some)
    keys = np.array([pairs(pair)[0] for pair in every], np.uint64)
    rows = zip(every, sounds(keys).tolist(), _counts(keys, parts).tolist(), strict=True)
    return {pair: (math.log1p(count) + KNOWN if count else UNKNOWN) if said else 0.0 for pair, said, count in rows}


def _counts(keys: Keys, parts: Sequence[Alike]) -> npt.NDArray[np.int64]:
    return sum((part.counts(keys) for part in parts), np.zeros(len(keys), np.int64))
