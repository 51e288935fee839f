"""Texts that say nearly the same in nearly the same characters: what must not stand on both sides of a split.

Exact set-similarity join with prefix filtering (Chaudhuri, Ganti, Kaushik 2006; Bayardo, Ma, Srikant 2007): two sets
of which the share t is common have a common element among the rarest few of each.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from math import ceil
from typing import TypeVar

Key = TypeVar("Key", int, str)
ALIKE = 0.8  # of the bigrams of both: 小区停水三天了 and 小区停水三天了吗
DIGIT = "0"


def normal(text: str) -> str:
    """A text without punctuation and space, in one form of width and case; every figure is like any other."""
    kept = (c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum() or c == "*")
    return "".join(DIGIT if c.isdigit() or c == "*" else c for c in kept)


def alike(texts: Mapping[Key, str], least: float = ALIKE) -> Iterator[tuple[Key, Key]]:
    """Pairs whose bigrams are common to at least this share; of equal texts each is paired with the first of them."""
    first: dict[str, Key] = {}
    for key, text in texts.items():
        if clean := normal(text):
            if first.setdefault(clean, key) != key:
                yield first[clean], key
    grams = {key: _grams(clean) for clean, key in first.items()}
    rarity = Counter(gram for held in grams.values() for gram in held)
    under: dict[str, list[Key]] = defaultdict(list)
    for key, held in grams.items():
        rarest = sorted(held, key=lambda gram: (rarity[gram], gram))[: len(held) - ceil(least * len(held)) + 1]
        for other in dict.fromkeys(one for gram in rarest for one in under[gram]):
            common = len(held & grams[other])
            if common >= least * (len(held) + len(grams[other]) - common):
                yield other, key
        for gram in rarest:
            under[gram].append(key)


def _grams(clean: str) -> frozenset[str]:
    return frozenset(clean[at : at + 2] for at in range(max(1, len(clean) - 1)))
