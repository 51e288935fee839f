"""A character 4-gram language model with interpolated Kneser-Ney smoothing, trained in about a second at start-up."""

import math
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

ORDER = 4
DISCOUNT = 0.8
BITS = 16
UNSEEN = 5000
EDGE = "\n"
_BREAKS = re.compile(r"(?:[^\u4e00-\u9fffA-Za-z0-9]|[\d零一二三四五六七八九幺]{7,})+")  # a number is no wording

Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.float64]


def clauses(text: str) -> Iterator[str]:
    """A text cut at its punctuation."""
    return (clause for clause in _BREAKS.split(text) if clause)


class Ngram:
    """Natural-log probabilities of characters given the three before them."""

    def __init__(self, texts: Iterable[str], words: Iterable[str] = ()) -> None:
        """texts: sentences, whose clauses begin and end somewhere. words: bits of language that stand anywhere."""
        pieces = [f"{EDGE}{clause}{EDGE}" for text in texts for clause in clauses(text)]
        pieces += [word for word in words if len(word) > 1]
        self._ids = {c: n + 1 for n, c in enumerate(sorted({EDGE, *"".join(pieces)})[: (1 << BITS) - 2])}
        self._floor = -math.log(len(self._ids) + UNSEEN)
        self._orders = _train(np.array([self._ids.get(c, 0) for c in "\0".join(["", *pieces, ""])], np.uint64))
        self.logp = lru_cache(maxsize=1 << 17)(self._logp)

    @property
    def characters(self) -> Sequence[str]:
        """All characters of the training text."""
        return [character for character in self._ids if character != EDGE]

    def score(self, clause: str) -> float:
        """Natural log of the probability of a clause without punctuation, both its edges included."""
        return self._run(EDGE, clause + EDGE)

    def known(self, text: str, at: int) -> int:
        """Length of the longest n-gram of the training text that covers the character at `at`; 0 for none."""
        for length in range(ORDER, 0, -1):
            for start in range(max(0, at - length + 1), min(at, len(text) - length) + 1):
                if self._seen(text[start : start + length]):
                    return length
        return 0

    def _seen(self, gram: str) -> bool:
        key = 0
        for character in gram:
            if character not in self._ids:
                return False
            key = key << BITS | self._ids[character]
        return self._orders[len(gram) - 1][0].get(key) is not None

    def gain(self, text: str, start: int, end: int, new: str) -> float:
        """How many nats likelier a text becomes when `[start, end)` gives way to `new`."""
        before = _BREAKS.sub(EDGE, EDGE + text[:start])[-ORDER + 1 :]
        after = _BREAKS.sub(EDGE, text[end:] + EDGE)[: ORDER - 1]
        return self._run(before, new + after) - self._run(before, text[start:end] + after)

    def _run(self, before: str, text: str) -> float:
        whole = before + text
        return sum(self.logp(whole[max(0, n - ORDER + 1) : n], whole[n]) for n in range(len(before), len(whole)))

    def _logp(self, context: str, character: str) -> float:
        mine, penalty = self._ids.get(character, 0), 0.0
        keys = [0]
        for c in reversed(context[-ORDER + 1 :]):
            keys.append(self._ids.get(c, 0) << BITS * (len(keys) - 1) | keys[-1])
        for (grams, backoffs), key in zip(self._orders[len(keys) - 1 :: -1], reversed(keys), strict=True):
            if (found := grams.get(key << BITS | mine)) is not None:
                return penalty + found
            penalty += backoffs.get(key) or 0.0
        return penalty + self._floor


class _Table:
    """Numbers by 64-bit key in 12 bytes an entry."""

    def __init__(self, keys: Keys, values: Numbers) -> None:
        self._keys, self._values = array("Q", keys.tobytes()), array("f", values.astype(np.float32).tobytes())

    def get(self, key: int) -> float | None:
        at = bisect_left(self._keys, key)
        return self._values[at] if at < len(self._keys) and self._keys[at] == key else None


def _train(stream: Keys) -> list[tuple[_Table, _Table]]:
    """ids, 0 between pieces -> for each order the log-probabilities of its n-grams and the backoffs of its contexts."""
    orders = []
    lower_keys, lower = np.zeros(1, np.uint64), np.full(1, 1.0 / (len(np.unique(stream)) + UNSEEN))
    edge = stream[1]
    for order in range(1, ORDER + 1):
        keys, counts = _counts(stream, order, edge)
        contexts, first, kinds = np.unique(keys >> np.uint64(BITS), return_index=True, return_counts=True)
        totals = np.add.reduceat(counts, first)
        backoff = DISCOUNT * kinds / totals
        suffix = keys & np.uint64((1 << BITS * (order - 1)) - 1)
        below = lower[np.searchsorted(lower_keys, suffix)]
        chance = np.repeat(backoff, kinds) * below + (counts - DISCOUNT) / np.repeat(totals, kinds)
        orders.append((_Table(keys, np.log(chance)), _Table(contexts, np.log(backoff))))
        lower_keys, lower = keys, chance
    return orders


def _counts(stream: Keys, order: int, edge: np.uint64) -> tuple[Keys, Numbers]:
    """n-grams and how often they stand; below the highest order, after how many different characters they stand."""
    keys, raw = np.unique(_windows(stream, order)[0], return_counts=True)
    if order == ORDER:
        return keys, raw.astype(np.float64)
    whole, lefts = _windows(stream, order)
    pairs = np.unique(whole << np.uint64(BITS) | lefts)
    varied = np.unique(pairs >> np.uint64(BITS), return_counts=True)[1]
    begins = keys >> np.uint64(BITS * (order - 1)) == edge
    return keys, np.where(begins, raw, varied).astype(np.float64)


def _windows(stream: Keys, order: int) -> tuple[Keys, Keys]:
    """Every n-gram within a piece as one number, and the id before it."""
    count = len(stream) - order
    keys, inside = np.zeros(count, np.uint64), np.ones(count, bool)
    for n in range(1, order + 1):
        part = stream[n : n + count]
        keys = keys << np.uint64(BITS) | part
        inside &= part > 0
    return keys[inside], stream[:count][inside]
