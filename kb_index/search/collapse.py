"""Near duplicates among the best: what says the same as a better one is folded under it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kb_index.article import Article
from kb_index.search.words import characters

ALIKE = 0.8  # of the pairs of characters that either has, both have
FIGURES = re.compile(r"[0-9０-９]+|[零〇一二两三四五六七八九十百千万亿半]+|不得|不予|不可|不能|无需|不需|未|非|禁")


def folded(found: Sequence[tuple[Article, str]]) -> list[list[int]]:
    """Places of articles that say the same, groups in the order of their best. found: best first, each with the slice
    that answers.

    Texts that differ in a number or a negation, or hold elsewhere, never say the same.
    """
    groups: list[list[int]] = []
    seen = _seen(found)
    for place, one in enumerate(seen):
        for group in groups:
            if seen[group[0]].alike(one):
                group.append(place)
                break
        else:
            groups.append([place])
    return groups


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is compared of a hit. holds: where and for whom; figures: numbers and negations; pairs: of characters."""

    holds: tuple[str, str]
    figures: list[str]
    pairs: frozenset[int]

    def alike(self, other: "_Seen") -> bool:
        """Near enough to be told once."""
        if self.holds != other.holds or self.figures != other.figures:
            return False
        fewer, more = sorted((len(self.pairs), len(other.pairs)))
        return fewer >= ALIKE * more and len(self.pairs & other.pairs) >= ALIKE * len(self.pairs | other.pairs)


def _seen(found: Sequence[tuple[Article, str]]) -> list[_Seen]:
    terms = characters([text for _, text in found])
    edges = np.searchsorted(terms.owner, np.arange(len(found) + 1)).tolist()
    return [
        _Seen((article.region, article.line), FIGURES.findall(text), frozenset(terms.keys[low:high].tolist()))
        for (article, text), low, high in zip(found, edges, edges[1:], strict=False)
    ]
