"""What happens to articles by the calendar: they expire, and their review comes due."""

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from copilot.configuration.versions import local_date
from copilot.knowledge import acts
from copilot.knowledge.acts import Given
from copilot.knowledge.tables import ArticleRow, ArticleVersion, KnowledgeEntry
from kb_index.lifecycle import Action

BATCH = 100  # of a turn: people's writes come in between
AHEAD = 14  # days before its review is due that an article is on its people's list


def turn(session: Session, at: datetime) -> int:
    """Take down what expired, and note whose review comes due, each due date once; how many."""
    return _expire(session, at) + _remind(session, at)


def _expire(session: Session, at: datetime) -> int:
    """From the day after the last one; until then, and in the hours after, the index minds the day by itself."""
    query = _live().where(ArticleVersion.valid_to != "", ArticleVersion.valid_to < str(local_date(at)))
    rows = session.scalars(query.order_by(ArticleVersion.id).limit(BATCH)).all()
    for row in rows:
        given = Given(reason=f"有效期到 {row.valid_to}")
        acts.act(session, row.article, row.version, Action.EXPIRE, acts.by_itself(at), given=given)
    return len(rows)


def _remind(session: Session, at: datetime) -> int:
    noted = select(KnowledgeEntry.id).where(
        KnowledgeEntry.article == ArticleVersion.article,
        KnowledgeEntry.version == ArticleVersion.version,
        KnowledgeEntry.action == Action.REMIND.value,
        KnowledgeEntry.reason == ArticleVersion.review_due,
    )
    until = str(local_date(at) + timedelta(days=AHEAD))
    due = _live().where(ArticleVersion.review_due != "", ArticleVersion.review_due <= until, ~noted.exists())
    rows = session.scalars(due.order_by(ArticleVersion.id).limit(BATCH)).all()
    for row in rows:
        acts.remind(session, row, acts.by_itself(at))
    return len(rows)


def _live() -> Select[ArticleVersion]:
    shown = (ArticleRow.id == ArticleVersion.article) & (ArticleRow.live == ArticleVersion.version)
    return select(ArticleVersion).join(ArticleRow, shown)
