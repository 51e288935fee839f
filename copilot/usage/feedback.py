"""What came of each article: taken, refused and why, said, cited, when it was last used and last reviewed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.knowledge.tables import ArticleRow, ArticleVersion
from copilot.tables import CardDecision
from copilot.usage.decisions import final
from copilot.usage.figures import LIVE
from copilot.usage.tables import Cited, Said

Sort = Literal["refused", "taken", "said", "stale", "unused"]
Moments = list[datetime]


@dataclass
class Feedback:
    """Of an article's live version, counted over all its versions. taken, refused: when, each card of a call once by
    its last decision; said: when the calls began in which a sentence was said; tickets: how many cite it.
    """

    version: ArticleVersion
    department: str
    taken: Moments = field(default_factory=list)
    refused: Moments = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)
    said: Moments = field(default_factory=list)
    tickets: Moments = field(default_factory=list)

    @property
    def last_used_at(self) -> datetime | None:
        """When it was last taken, said or cited; None: never."""
        return max([*self.taken, *self.said, *self.tickets], default=None)


def of(
    session: Session, article: str = "", department: str = "", sort: Sort = "refused", limit: int = 50
) -> list[Feedback]:
    """Live articles with what came of them. article: that one alone; department: whose articles."""
    names = [article] if article else _names(session, department, sort, limit)
    query = select(ArticleVersion, ArticleRow.department).join(ArticleRow, LIVE).where(ArticleRow.id.in_(names))
    found = {row.article: Feedback(row, owner) for row, owner in session.execute(query)}
    _decided(session, found)
    said = select(Said.article, Said.call, func.min(Said.at)).where(Said.article.in_(found))
    for name, _, at in session.execute(said.group_by(Said.article, Said.call)):
        found[name].said.append(at)
    for name, at in session.execute(select(Cited.article, Cited.at).where(Cited.article.in_(found))):
        found[name].tickets.append(at)
    return [found[name] for name in names if name in found]


def _decided(session: Session, found: dict[str, Feedback]) -> None:
    query = select(CardDecision).where(CardDecision.article.in_(found), final())
    for row in session.scalars(query.order_by(CardDecision.id)):
        one = found[row.article]
        if row.decision == "taken":
            one.taken.append(row.at)
        elif row.decision == "refused":
            one.refused.append(row.at)
            one.reasons[row.reason] = one.reasons.get(row.reason, 0) + 1


def _names(session: Session, department: str, sort: Sort, limit: int) -> Sequence[str]:
    """Live articles in an order: what is counted most first, what was used never or the longest ago first."""
    query = select(ArticleRow.id).join(ArticleVersion, LIVE)
    if department:
        query = query.where(ArticleRow.department == department)
    match sort:
        case "stale":
            order = (ArticleVersion.review_due == "", ArticleVersion.review_due, ArticleVersion.reviewed_at)
            return session.scalars(query.order_by(*order, ArticleRow.id).limit(limit)).all()
        case "said":
            counted = select(Said.article, func.count(Said.call.distinct()).label("much")).group_by(Said.article)
        case "unused":
            taken = select(CardDecision.article, func.max(CardDecision.at).label("much"))
            used = taken.where(CardDecision.decision == "taken", final()).group_by(CardDecision.article).subquery()
            query = query.outerjoin(used, used.c.article == ArticleRow.id)
            never = used.c.much.is_(None)
            return session.scalars(query.order_by(never.desc(), used.c.much, ArticleRow.id).limit(limit)).all()
        case _:
            decided = CardDecision.decision == sort
            counted = select(CardDecision.article, func.count().label("much")).where(decided, final())
            counted = counted.group_by(CardDecision.article)
    table = counted.subquery()
    much = func.coalesce(table.c.much, 0)
    query = query.outerjoin(table, table.c.article == ArticleRow.id)
    return session.scalars(query.order_by(much.desc(), ArticleRow.id).limit(limit)).all()
