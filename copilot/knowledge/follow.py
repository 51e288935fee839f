"""Indexes follow the journal: what happened since an index last looked is applied to it, in order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.database import Database
from copilot.knowledge import finding
from copilot.knowledge.tables import ArticleRow, ArticleVersion, KnowledgeEntry
from kb_index.article import Article
from kb_index.lifecycle import Action
from kb_index.search.index import Index

Progress = Callable[[int, int], None]
BATCH = 1000  # articles a step where all of them are new
STEP = 16  # entries a step: whatever is to go waits for the encoding of so many articles at most
VISIBLE = (Action.PUBLISH, Action.WITHDRAW, Action.SUPERSEDE, Action.EXPIRE, Action.REINDEX)


def catch_up(database: Database, index: Index) -> int:
    """Apply every entry behind the index's position; how many there were."""
    moved = 0
    while True:
        step = database.read_now(lambda session: _after(session, index.position))
        if not step.count:
            return moved
        index.apply(step.put, step.gone, step.position, anew=step.anew)
        moved += step.count


def reconcile(
    database: Database, index: Index, progress: Progress = lambda done, total: None, batch: int = BATCH
) -> int:
    """Bring an index to what the database holds, whatever it was built from; how many articles were astray.

    progress hears how many of those have been taken in, `batch` at a time; what it raises ends it there.
    """
    told, position = database.read_now(lambda session: (digests(session), finding.head(session)))
    held = index.digests()
    gone = [name for name in held if name not in told]
    wanted = [name for name, digest in told.items() if held.get(name) != digest]
    for start in range(0, len(wanted), batch):
        group = wanted[start : start + batch]
        index.apply(database.read_now(lambda session: list(finding.live(session, group))), (), index.position)  # noqa: B023 - run at once
        progress(start + len(group), len(wanted))
    if gone or index.position != position:
        index.apply((), gone, position)
    return len(gone) + len(wanted)


@dataclass(frozen=True, slots=True)
class _Step:
    """Entries of the journal and what becomes of an index by them. anew: also of what it seems to hold already."""

    count: int
    position: int
    put: list[Article]
    gone: list[str]
    anew: bool


def _after(session: Session, position: int) -> _Step:
    """The next entries behind a position; all that is to go of the later ones goes at once."""
    query = select(KnowledgeEntry.id, KnowledgeEntry.article, KnowledgeEntry.action)
    rows = session.execute(query.where(KnowledgeEntry.id > position).order_by(KnowledgeEntry.id).limit(STEP)).all()
    names = {row.article for row in rows if row.action in VISIBLE}
    put = list(finding.live(session, names))
    gone = names.difference(article.id for article in put).union(_gone(session, position) if len(rows) == STEP else ())
    anew = any(row.action == Action.REINDEX for row in rows)
    return _Step(len(rows), rows[-1].id if rows else position, put, sorted(gone), anew)


def _gone(session: Session, position: int) -> Sequence[str]:
    """What entries behind a position speak of and is not live any more."""
    visible = [action.value for action in VISIBLE]
    query = select(KnowledgeEntry.article).outerjoin(ArticleRow, ArticleRow.id == KnowledgeEntry.article)
    later = query.where(KnowledgeEntry.id > position, KnowledgeEntry.action.in_(visible))
    return session.scalars(later.where((ArticleRow.live == 0) | ArticleRow.id.is_(None)).distinct()).all()


def digests(session: Session) -> dict[str, str]:
    """Every live article's digest, by its id."""
    query = select(ArticleRow.id, ArticleVersion.digest).join(
        ArticleVersion, (ArticleRow.id == ArticleVersion.article) & (ArticleRow.live == ArticleVersion.version)
    )
    return {row.id: row.digest for row in session.execute(query)}
