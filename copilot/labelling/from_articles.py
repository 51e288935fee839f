"""Slices of versions in review or online that nobody has labelled yet."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.knowledge.tables import ArticleVersion, KnowledgeEntry
from copilot.labelling.found import Found, NewItem, digest
from copilot.labelling.queues import Name
from copilot.parts import Parts
from kb_index.article import Article, parse
from kb_index.lifecycle import State

ENTRIES = 500
WANTED = {State.FIRST_REVIEW: 3.0, State.REVIEW: 2.0, State.APPROVED: 2.0, State.LIVE: 1.0}


def read(session: Session, parts: Parts, mark: str) -> Found:
    """Follows the journal of 热线百科; mark: its last entry read."""
    after = int(mark or 0)
    journal = select(KnowledgeEntry.id, KnowledgeEntry.article).where(KnowledgeEntry.id > after)
    entries = session.execute(journal.order_by(KnowledgeEntry.id).limit(ENTRIES)).all()
    names = {article for _, article in entries}
    versions = select(ArticleVersion).where(ArticleVersion.article.in_(names), ArticleVersion.state.in_(WANTED))
    items, current = [], {name: set[str]() for name in names}
    for version in session.scalars(versions.order_by(ArticleVersion.article, ArticleVersion.version.desc())):
        for item in _slices(parse(version.body), WANTED[State(version.state)]):
            current[version.article].add(item.subject)
            items.append(item)
    return Found(items, str(entries[-1][0]) if entries else mark, current)


def _slices(article: Article, priority: float) -> Iterator[NewItem]:
    """A slice that says the same in the next version is the same item."""
    for number, part in enumerate(article.slices):
        place = {"article": article.id, "version": article.version, "slice": number}
        card = {"title": article.title, "clause": article.clause_of(number), "issuer": article.issuer}
        yield NewItem(
            queue=Name.SLICES,
            subject=f"{article.id}:{digest(article.title, part.text)}",
            body={
                "text": part.text,
                "suggestions": list(article.questions),
                "context": {"card": place | card | {"text": part.text}},
            },
            origin=place,
            priority=priority,
            article=article.id,
        )
