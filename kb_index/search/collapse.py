"""Near duplicates among the best: what says the same as a better one is folded under it."""

import re
from collections.abc import Sequence

import numpy as np

from kb_index.article import Article
from kb_index.search.words import Keys, characters

ALIKE = 0.8  # of the pairs of characters that either has, both have
FIGURES = re.compile(r"[0-9０-９]+|[零〇一二两三四五六七八九十百千万亿半]+|不得|不予|不可|不能|无需|不需|未|非|禁")


def folded(found: Sequence[tuple[Article, str]]) -> list[list[int]]:
    """Places of articles that say the same, groups in the order of their best. found: best first, each with the slice
    that answers.

    Texts that differ in a number or a negation, or hold elsewhere, never say the same.
    """
    groups: list[list[int]] = []
    seen = [_Seen(article, text) for article, text in found]
    for place, one in enumerate(seen):
        for group in groups:
            if seen[group[0]].alike(one):
                group.append(place)
                break
        else:
            groups.append([place])
    return groups


class _Seen:
    """What is compared of a hit."""

    def __init__(self, article: Article, text: str) -> None:
        self._holds = (article.region, article.line)
        self._figures = FIGURES.findall(text)
        self._pairs: Keys = np.unique(characters([text]).keys)

    def alike(self, other: "_Seen") -> bool:
        """Near enough to be told once."""
        if self._holds != other._holds or self._figures != other._figures:
            return False
        fewer, more = sorted((len(self._pairs), len(other._pairs)))
        if fewer < ALIKE * more:
            return False
        both = len(np.intersect1d(self._pairs, other._pairs, assume_unique=True))
        return both >= ALIKE * (fewer + more - both)
