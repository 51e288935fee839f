"""What a search shows: the best articles, told once each, with what speaks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kb_index.article import Article
from kb_index.search import fuse, rerank
from kb_index.search.asked import Asked
from kb_index.search.collapse import folded
from kb_index.search.highlight import Spans, spans
from kb_index.search.passages import best_stretches
from kb_index.search.rerank import Reranker
from kb_index.search.segment import read_line
from kb_index.search.snapshot import Snapshot, Weighed
from kb_index.search.words import characters

LEAST = 0.05  # a card less likely than that only takes the place of a look
DEEPER = 8  # articles beyond twice the number asked for that are looked at for duplicates


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that answers. score: how probably it is right, 0-1.

    scores: each scorer's z-score, a reranker's log-odds. slice: the slice that answers, from 0; slice_text:
    the stretch of it to show; highlights: spans [start, end) of slice_text that speak for it. alike: ids of near
    duplicates that this one stands for. sure: likely enough to be shown to who did not ask.
    """

    article: Article
    slice_text: str
    score: float
    scores: Mapping[str, float]
    slice: int = 0
    highlights: Spans = ()
    alike: tuple[str, ...] = ()
    sure: bool = True


@dataclass(frozen=True, slots=True)
class _Found:
    """One of the best. number: its place in Weighed; share: how probably it is the right one, given that one is."""

    article: Article
    number: int
    share: float
    added: float | None = None


def hits(
    snapshot: Snapshot,
    weighed: Weighed,
    asked: Asked,
    k: int,
    chance: float,
    sure: float,
    least: float,
    reranker: Reranker | None,
) -> list[Hit]:
    """The best k, best first. chance: that any answers; sure: from what score on a hit is; least: what it must score.

    Raises KnowledgeError, the reranker's.
    """
    depth = max(2 * k + DEEPER, rerank.DEPTH if reranker else 0)
    share = fuse.shares(weighed.rank)
    best = np.argsort(-weighed.rank, kind="stable")[:depth].tolist()
    found = [_Found(_article(snapshot, *weighed.place[number]), number, float(share[number])) for number in best]
    if reranker:
        found = _again(reranker, found, weighed, asked.text)
    groups = folded([(one.article, _text(one, weighed)) for one in found])
    ranked = sorted(groups, key=lambda group: -sum(found[place].share for place in group))
    scored = [(group, chance * sum(found[place].share for place in group)) for group in ranked[:k]]
    shown = [([found[place] for place in group], score) for group, score in scored if score >= least]
    texts = best_stretches([_text(group[0], weighed) for group, _ in shown], characters([asked.text]).keys)
    told, sounds = (weighed.telling.get(name, np.zeros(0, np.uint64)) for name in ("characters", "pinyin"))
    marked = spans(texts, told, sounds, asked.others)
    return [
        _hit(group, weighed, text, marks, score, score >= sure)
        for (group, score), text, marks in zip(shown, texts, marked, strict=True)
    ]


def _again(reranker: Reranker, found: Sequence[_Found], weighed: Weighed, text: str) -> list[_Found]:
    """The first ones by a second look, their shares parted anew among them; then the others."""
    first, rest = found[: rerank.DEPTH], found[rerank.DEPTH :]
    added = reranker.scores(text, [f"{one.article.title}。{_text(one, weighed)}" for one in first])
    share = fuse.shares(weighed.rank[[one.number for one in first]] + added) * sum(one.share for one in first)
    order = np.argsort(-share, kind="stable").tolist()
    return [_Found(first[n].article, first[n].number, float(share[n]), float(added[n])) for n in order] + list(rest)


def _hit(group: Sequence[_Found], weighed: Weighed, text: str, marks: Spans, score: float, sure: bool) -> Hit:
    one = group[0]
    second = {} if one.added is None else {"reranker": one.added}
    return Hit(
        one.article,
        text,
        score,
        weighed.standard(one.number) | second,
        weighed.slice[one.number],
        marks,
        tuple(other.article.id for other in group[1:]),
        sure,
    )


def _text(one: _Found, weighed: Weighed) -> str:
    return one.article.slices[weighed.slice[one.number]].text


def _article(snapshot: Snapshot, part: int, number: int) -> Article:
    return _parsed(snapshot.parts[part].segment.line(number))


@lru_cache(4096)
def _parsed(line: bytes) -> Article:
    """Articles found lately: they are found again."""
    return read_line(line)
