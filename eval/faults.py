"""Everything that can go wrong with an index in memory or its base, done on purpose to articles of one version."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy import update
from sqlalchemy.orm import Session

from copilot.knowledge.tables import ArticleRow, ArticleVersion
from kb_index.search.index import Index
from kb_index.search.segment import Segment

Spoil = Callable[[Index, str], None]
COLUMNS = {"dates": "until", "region": "region", "line": "line", "issuer": "issuer"}


def places(index: Index, name: str) -> tuple[Segment, int]:
    """The part of the index that an article stands in, and its place there."""
    found = index._snapshot.find(name)
    assert found is not None
    number, place = found
    return index._snapshot.parts[number].segment, place


def column(kind: str) -> Spoil:
    """Another value in the column of a segment."""

    def spoil(index: Index, name: str) -> None:
        segment, place = places(index, name)
        segment.columns[COLUMNS[kind]][place] -= 1

    return spoil


def tags(index: Index, name: str) -> None:
    """Another tag."""
    segment, place = places(index, name)
    segment.columns["tag"][segment.columns["tag_first"][place]] += 1


def postings(kind: str) -> Spoil:
    """One term of the article counted once more."""

    def spoil(index: Index, name: str) -> None:
        segment, place = places(index, name)
        held, unit = getattr(segment, kind), segment.columns["unit_first"][place]
        held.times[(held.units == unit).argmax()] += 1

    return spoil


def vectors(index: Index, name: str) -> None:
    """A vector that is another one."""
    segment, place = places(index, name)
    segment.columns["row"][segment.columns["row_first"][place]] *= -1


def text(index: Index, name: str) -> None:
    """An older text of the article."""
    index.apply([replace(index.articles[name], source="以前的来源")])


def missing(index: Index, name: str) -> None:
    """Not there at all."""
    index.apply(remove=[name])


INDEX: Mapping[str, Spoil] = {
    "text": text,
    "missing": missing,
    "tags": tags,
    "characters": postings("characters"),
    "pinyin": postings("pinyin"),
    "vectors": vectors,
    **{kind: column(kind) for kind in COLUMNS},
}


def altered(session: Session, name: str) -> None:
    """The text of a live version, changed behind everybody's back."""
    row = session.query(ArticleVersion).filter_by(article=name).one()
    row.body = row.body | {"source": "悄悄改了"}


def unread(session: Session, name: str) -> None:
    """A text that is none."""
    session.execute(update(ArticleVersion).filter_by(article=name).values(body={}))


def lost(session: Session, name: str) -> None:
    """A live version that is not there."""
    session.execute(update(ArticleRow).filter_by(id=name).values(live=9))


def state(session: Session, name: str) -> None:
    """A live version that says that it was withdrawn."""
    session.execute(update(ArticleVersion).filter_by(article=name).values(state="withdrawn"))


DATABASE: Mapping[str, Callable[[Session, str], None]] = {
    "altered": altered,
    "unread": unread,
    "lost": lost,
    "state": state,
}
