"""A proposal beside what is live and beside the rest of its file: what is said twice, what is said differently."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from copilot.configuration.versions import local_date
from kb_index.alike import Finding, Pool, Side, compare
from kb_index.article import Article
from kb_index.search.index import Index

NEAR, MOST = 6, 10  # articles that each look finds; findings of one proposal that are worth reading
HEAD = 300  # characters of a body that are searched for


@dataclass
class Beside:
    """The articles of one file, in order, each compared with those before it and with the live ones."""

    index: Index
    pool: Pool = field(default_factory=Pool)
    known: dict[int, Article] = field(default_factory=dict)

    def add(self, number: int, article: Article) -> list[dict[str, Any]]:
        """The findings of the next one."""
        found = findings(self.index, article, [(before, self.known[before]) for before in self.pool.near(article)])
        self.pool.put(number, article)
        self.known[number] = article
        return found


def findings(index: Index, article: Article, others: Iterable[tuple[int, Article]] = ()) -> list[dict[str, Any]]:
    """What a proposal has in common with live articles, and with these others of its file, by their numbers."""
    near = {one.id: one for one in _near(index, article) if one.id not in article.supersedes}
    return _weightiest(_told(article, [*others, *((0, one) for one in near.values())]))


def _near(index: Index, article: Article) -> Iterator[Article]:
    day = max(local_date(datetime.now(UTC)), article.valid_from or date.min)
    for text in (" ".join((article.title, *article.questions[:2])), article.body[:HEAD]):
        for hit in index.search(text, NEAR, day, ("characters",), all_hits=True):
            yield hit.article
            yield from (other for name in hit.alike if (other := index.articles.get(name)))


def _told(article: Article, others: Iterable[tuple[int, Article]]) -> list[dict[str, Any]]:
    return [_shape(found, number, other) for number, other in others for found in compare(article, other)]


def _shape(found: Finding, number: int, other: Article) -> dict[str, Any]:
    """A finding as it is kept. number: the item of the same file that it is about, 0: a live article."""
    theirs = {"article": other.id, "version": other.version if other.id else 0, "item": number, "title": other.title}
    return {
        "kind": found.kind,
        "label": found.label,
        "says": found.says,
        "mine": _side(found.mine),
        "theirs": {**theirs, **_side(found.theirs)},
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "slice": side.slice,
        "text": side.text,
        "spans": [{"start": start, "end": end} for start, end in side.spans],
    }


def _weightiest(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(found, key=lambda one: str(one["kind"]))[:MOST]
