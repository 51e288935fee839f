"""Everything that can go wrong with an index or its base, each done on purpose to some articles."""

from dataclasses import replace

from sqlalchemy import update

from copilot.knowledge.tables import ArticleRow, ArticleVersion

COLUMNS = {"dates": "until", "region": "region", "line": "line", "issuer": "issuer"}


def places(index, name):
    """The part of the index that an article stands in, and its place there."""
    number, place = index._snapshot.find(name)
    return index._snapshot.parts[number].segment, place


def column(kind):
    """Another value in the column of a segment."""

    def spoil(index, name):
        segment, place = places(index, name)
        segment.columns[COLUMNS[kind]][place] += 1

    return spoil


def tags(index, name):
    """Another tag."""
    segment, place = places(index, name)
    segment.columns["tag"][segment.columns["tag_first"][place]] += 1


def postings(kind):
    """One term of the article counted once more."""

    def spoil(index, name):
        segment, place = places(index, name)
        held, unit = getattr(segment, kind), segment.columns["unit_first"][place]
        held.times[(held.units == unit).argmax()] += 1

    return spoil


def vectors(index, name):
    """A vector that is another one."""
    segment, place = places(index, name)
    segment.columns["row"][segment.columns["row_first"][place]] *= -1


def text(index, name):
    """An older text of the article."""
    index.apply([replace(index.articles[name], source="以前的来源")])


def missing(index, name):
    """Not there at all."""
    index.apply(remove=[name])


INDEX = {
    "text": text,
    "missing": missing,
    "tags": tags,
    "characters": postings("characters"),
    "pinyin": postings("pinyin"),
    "vectors": vectors,
    **{kind: column(kind) for kind in COLUMNS},
}


def altered(name):
    """The text of a live version, changed behind everybody's back."""

    def work(session):
        row = session.query(ArticleVersion).filter_by(article=name).one()
        row.body = row.body | {"title": "悄悄改了"}

    return work


def unread(name):
    """A text that is none."""
    return lambda session: session.execute(update(ArticleVersion).filter_by(article=name).values(body={})).rowcount


def lost(name):
    """A live version that is not there."""
    return lambda session: session.execute(update(ArticleRow).filter_by(id=name).values(live=9)).rowcount


def state(name):
    """A live version that says that it was withdrawn."""
    told = update(ArticleVersion).filter_by(article=name).values(state="withdrawn")
    return lambda session: session.execute(told).rowcount


DATABASE = {"altered": altered, "unread": unread, "lost": lost, "state": state}
