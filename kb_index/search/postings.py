"""Where each term stands: an inverted index in arrays that never change, made of texts or of older ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb_index.search.words import Keys, Terms, Whole

Flags = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float32]
UNIT = np.uint64(22)  # bits of a unit's number: terms take 42
MOST = 1 << 22
K1, B = 1.5, 0.9  # measured: 0.9 beats the usual 0.75 where long texts stand beside short ones


@dataclass(frozen=True, slots=True)
class Postings:
    """keys: the terms, ascending; starts (terms + 1): where each one's postings begin.

    units, times: of each posting, by term, then unit; lengths: terms of each unit, repeats counted.
    """

    keys: Keys
    starts: npt.NDArray[np.int64]
    units: Whole
    times: npt.NDArray[np.uint16]
    lengths: Whole

    @classmethod
    def of(cls, terms: Terms, size: int) -> "Postings":
        """Those of `size` texts, at most MOST."""
        pairs = np.sort(terms.keys << UNIT | terms.owner.astype(np.uint64))
        first = np.flatnonzero(np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)])
        times = np.diff(np.append(first, len(pairs)))
        keys, starts = _grouped(pairs[first] >> UNIT)
        return cls(
            keys,
            starts,
            (pairs[first] & np.uint64(MOST - 1)).astype(np.int32),
            np.minimum(times, np.iinfo(np.uint16).max).astype(np.uint16),
            np.bincount(terms.owner, minlength=size).astype(np.int32),
        )

    @classmethod
    def merged(cls, parts: Sequence["Postings"], kept: Sequence[Flags]) -> "Postings":
        """One out of several, of the units that are kept, numbered on in order. Nothing is read anew."""
        less = [part.only(flags) for part, flags in zip(parts, kept, strict=True)]
        keys = np.unique(np.concatenate([part.keys for part in less]))
        counts = np.zeros((len(less), len(keys)), np.int64)
        for part, row in zip(less, counts, strict=True):
            row[np.searchsorted(keys, part.keys)] = np.diff(part.starts)
        starts = np.append(0, np.cumsum(counts.sum(axis=0)))
        begins = starts[:-1] + np.cumsum(counts, axis=0) - counts
        units, times = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.uint16)
        offset = 0
        for part, row in zip(less, begins, strict=True):
            shift = row[np.searchsorted(keys, part.keys)] - part.starts[:-1]
            target = np.arange(len(part.units)) + np.repeat(shift, np.diff(part.starts))
            units[target], times[target] = part.units + np.int32(offset), part.times
            offset += len(part.lengths)
        return cls(keys, starts, units, times, np.concatenate([part.lengths for part in less]))

    def only(self, kept: Flags) -> "Postings":
        """Those of the units that are kept, numbered anew."""
        if kept.all():
            return self
        here = kept[self.units]
        number = np.cumsum(kept, dtype=np.int32) - np.int32(1)
        left = np.append(0, np.cumsum(here))[self.starts]
        stay = np.diff(left) > 0
        return Postings(
            self.keys[stay],
            np.append(left[:-1][stay], left[-1]),
            number[self.units[here]],
            self.times[here],
            self.lengths[kept],
        )

    def of_terms(self, keys: Keys) -> "Found":
        """The postings of these terms, in their order."""
        if not len(self.keys):
            return Found(np.zeros(len(keys), np.int64), self.units, self.times)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        here = self.keys[place] == keys
        low, high = self.starts[place] * here, self.starts[place + 1] * here
        parts = [slice(*edges) for edges in zip(low.tolist(), high.tolist(), strict=True)]
        return Found(
            high - low,
            np.concatenate([self.units[part] for part in parts]) if parts else self.units[:0],
            np.concatenate([self.times[part] for part in parts]) if parts else self.times[:0],
        )

    def checksums(self) -> Keys:
        """For each unit one figure over its terms and how often they stand there, whatever their order."""
        return checksums(np.repeat(self.keys, np.diff(self.starts)), self.units, self.times, len(self.lengths))


@dataclass(frozen=True, slots=True)
class Found:
    """Postings of several terms one after another. counts: how many each has."""

    counts: npt.NDArray[np.int64]
    units: Whole
    times: npt.NDArray[np.uint16]

    def among(self, alive: Flags | None) -> npt.NDArray[np.int64]:
        """How many of each term's units are alive. None: all."""
        if alive is None:
            return self.counts
        term = np.repeat(np.arange(len(self.counts)), self.counts)
        return np.bincount(term, alive[self.units], len(self.counts)).astype(np.int64)

    def scores(self, weights: Scores, norms: Scores) -> Scores:
        """BM25 of every unit. weights: of each term; norms: of each unit, for its length."""
        times = self.times.astype(np.float32)
        each = np.repeat(weights * np.float32(K1 + 1), self.counts) * times / (times + norms[self.units])
        return np.bincount(self.units, each, len(norms)).astype(np.float32)


def checksums(keys: Keys, units: Whole, times: npt.NDArray[np.integer], size: int) -> Keys:
    """See Postings.checksums: the sum over (term, times), each well mixed, modulo 2^64."""
    mixed = (keys ^ (times.astype(np.uint64) << np.uint64(48))) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    out = np.zeros(size, np.uint64)
    np.add.at(out, units, mixed)
    return out


def norms(lengths: Whole, mean: float) -> Scores:
    """What a unit's length costs its terms."""
    out: Scores = np.float32(K1) * (np.float32(1 - B) + lengths * np.float32(B / max(1.0, mean)))
    return out


def rarity(count: npt.NDArray[np.int64], size: int) -> Scores:
    """What a term weighs that stands in `count` of `size` units."""
    out: Scores = np.log(1 + (size - count + 0.5) / (count + 0.5)).astype(np.float32)
    return out


def _grouped(keys: Keys) -> tuple[Keys, npt.NDArray[np.int64]]:
    """Distinct ones of sorted keys, and where each begins."""
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    return keys[first], np.append(first, len(keys))
