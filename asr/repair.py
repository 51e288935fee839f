"""Names of places, departments and services, found by fuzzy pinyin where something that sounds alike was heard."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from asr.marked import Edit
from asr.ngram import Ngram
from asr.numerals import NUMERALS
from asr.pinyin import Sounds, is_hanzi, sounds

SHORTEST, LONGEST = 3, 16
PER_SYLLABLE = 0.4
WORTH = 4.0
LONG_NAME = 6  # a shorter one never takes the place of a numeral
SOUND_ONLY = {("七", "区"), ("零", "陵")}  # 广零七: a place ends, no number begins
UNLIKE, FEW = 1.0, 4  # of so many syllables one may be wholly unlike: 攻击金怎么 is not 公积金热线


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    name: str
    worth: float

    @property
    def end(self) -> int:
        return self.start + len(self.name)


class Gazetteer:
    """Names of three characters and more; a site's own come beside those that are shipped."""

    def __init__(self, names: Iterable[str], model: Ngram) -> None:
        self._model = model
        fit = sorted({name for name in names if SHORTEST <= len(name) <= LONGEST and all(map(is_hanzi, name))})
        self._names = frozenset(fit)
        read = {name: sounds(name) for name in fit}
        self._sounds = Sounds({syllable for one in read.values() for syllable in one})
        by_length: dict[int, list[str]] = defaultdict(list)
        for name in fit:
            by_length[len(name)].append(name)
        self._by_length = [
            (length, names, np.array([self._sounds.ids(read[name]) for name in names]))
            for length, names in sorted(by_length.items())
        ]

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where names stand, longest first."""
        at = 0
        while at < len(text):
            length = next(
                (
                    n
                    for n, _, _ in reversed(self._by_length)
                    if at + n <= len(text) and text[at : at + n] in self._names
                ),
                0,
            )
            if length:
                yield at, at + length
            at += length or 1

    def repair(self, text: str, free: Sequence[bool]) -> list[Edit]:
        """Edits that put names right, in order. free: whether each character may be changed."""
        chosen: list[_Found] = []
        for found in sorted(self._candidates(text, free), key=lambda one: -one.worth):
            if all(found.end <= other.start or other.end <= found.start for other in chosen):
                chosen.append(found)
        return [Edit(one.start, one.end, one.name) for one in sorted(chosen, key=lambda one: one.start)]

    def _candidates(self, text: str, free: Sequence[bool]) -> Iterator[_Found]:
        rows = [self._sounds.row(character) for character in text]
        known = list(self.spans(text))
        for length, names, ids in self._by_length:
            for start in range(len(text) - length + 1):
                fresh = _fresh(start, start + length, known)
                if fresh and all(map(is_hanzi, text[start : start + length])):
                    each = np.array([rows[start + n][ids[:, n]] for n in range(length)])
                    costs = each.sum(axis=0)
                    alike = (each >= UNLIKE).sum(axis=0) <= length // FEW
                    for n in np.flatnonzero((costs < PER_SYLLABLE * fresh) & alike):
                        yield from self._worth(text, start, names[n], float(costs[n]), free)

    def _worth(self, text: str, start: int, name: str, cost: float, free: Sequence[bool]) -> Iterator[_Found]:
        heard = text[start : start + len(name)]
        changed = [n for n in range(len(name)) if heard[n] != name[n]]
        numeral = len(name) < LONG_NAME and any(
            heard[n] in NUMERALS and (heard[n], name[n]) not in SOUND_ONLY for n in changed
        )
        if not changed or numeral or not all(free[start + n] for n in changed):
            return
        gain = self._model.gain(text, start, start + len(name), name)
        if gain >= WORTH * cost and gain > 0:
            yield _Found(start, name, gain - WORTH * cost)


def _fresh(start: int, end: int, known: Sequence[tuple[int, int]]) -> int:
    """Characters of a window outside the names that already stand in it; 0 where it would break one."""
    touched = [(a, b) for a, b in known if a < end and start < b]
    whole = all(start <= a and b <= end for a, b in touched)
    return end - start - sum(b - a for a, b in touched) if whole else 0
