"""Key figures of the base, each counted from the rows it is about; numerator and denominator, never a bare rate.

A call counts once it is over and was looked through, in the week in which it began.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from copilot.configuration.versions import local_date
from copilot.knowledge.tables import ArticleRow, ArticleVersion
from copilot.tables import CallRow, CardDecision
from copilot.usage import gap_lists, recalls
from copilot.usage.asked import Source
from copilot.usage.decisions import final
from copilot.usage.tables import Asked, CallUse, Cited, RecallItem, Said
from copilot.usage.weeks import Week, weeks
from kb_index.lifecycle import State
from ticket_core.deadline import ZONE
from ticket_core.tables import Ticket

TOP = 10
SOON = 30  # days
LIVE = and_(ArticleRow.id == ArticleVersion.article, ArticleRow.live == ArticleVersion.version)


@dataclass(frozen=True, slots=True)
class Span:
    """What was counted in a week, or in several.

    calls: looked through; with_card: whose desk showed a card; measured: in which words of the agent were heard;
    inserted: where a card stayed taken or the ticket cites an article; said: where a sentence of a card was said.
    tickets: that came in writing; tickets_cited: those of them that cite an article. zero_searches: by agents.
    """

    calls: int
    with_card: int
    measured: int
    inserted: int
    said: int
    tickets: int
    tickets_cited: int
    zero_searches: int


@dataclass(frozen=True, slots=True)
class Used:
    """An article and in how many calls of the span it was taken and said."""

    article: str
    title: str
    taken: int
    said: int


@dataclass(frozen=True, slots=True)
class Stale:
    """A live article that nobody has looked at for long. review_due: empty: none is set."""

    article: str
    title: str
    reviewed_at: datetime | None
    review_due: str


@dataclass(frozen=True, slots=True)
class ZeroHit:
    """What was searched in vain, how often, and when last."""

    q: str
    count: int
    last: datetime


def by_week(session: Session, now: datetime, count: int) -> list[tuple[Week, Span]]:
    """The last so many weeks, the present one at the end, unfinished as it is."""
    return [(week, span(session, week.begin, week.end)) for week in weeks(now, count)]


def span(session: Session, begin: datetime, end: datetime) -> Span:
    """What was counted from begin to before end."""
    within = (CallUse.began_at >= begin, CallUse.began_at < end)

    def calls(*conditions: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(CallUse).join(CallRow, CallRow.id == CallUse.call)
        return session.scalar(query.where(*within, *conditions)) or 0

    taken = select(CardDecision.id).where(CardDecision.call == CallUse.call, CardDecision.decision == "taken", final())
    cited = select(Cited.ticket).where(Cited.ticket == CallRow.ticket)
    said = select(Said.id).where(Said.call == CallUse.call)
    first, beyond = (f"{moment.astimezone(ZONE):%Y%m%d}" for moment in (begin, end))
    written = (
        select(func.count())
        .select_from(Ticket)
        .where(Ticket.number >= first, Ticket.number < beyond, Ticket.call_id.is_(None))
    )
    searched = (
        select(func.count()).select_from(Asked).where(Asked.source == Source.SEARCH, Asked.at >= begin, Asked.at < end)
    )
    return Span(
        calls=calls(),
        with_card=calls(CallUse.cards > 0),
        measured=calls(CallUse.heard > 0),
        inserted=calls(or_(taken.exists(), cited.exists())),
        said=calls(said.exists()),
        tickets=session.scalar(written) or 0,
        tickets_cited=session.scalar(written.where(select(Cited.ticket).where(Cited.ticket == Ticket.id).exists()))
        or 0,
        zero_searches=session.scalar(searched) or 0,
    )


def states(session: Session) -> dict[State, int]:
    """How many versions are in each state of their life."""
    found = dict.fromkeys(State, 0)
    for state, count in session.execute(select(ArticleVersion.state, func.count()).group_by(ArticleVersion.state)):
        found[State(state)] = count
    return found


def departments(session: Session) -> list[tuple[str, int]]:
    """How many live articles each department answers for, the most first."""
    query = select(ArticleRow.department, func.count()).where(ArticleRow.live > 0).group_by(ArticleRow.department)
    rows = session.execute(query.order_by(func.count().desc(), ArticleRow.department))
    return [(department, count) for department, count in rows]


def refusals(session: Session, begin: datetime) -> list[tuple[str, int]]:
    """Why cards were refused and stayed so, in calls that began since; an empty reason: none was given."""
    query = select(CardDecision.reason, func.count()).join(CallUse, CallUse.call == CardDecision.call)
    query = query.where(CallUse.began_at >= begin, CardDecision.decision == "refused", final())
    rows = session.execute(query.group_by(CardDecision.reason).order_by(func.count().desc(), CardDecision.reason))
    return [(reason, count) for reason, count in rows]


def gap_counts(session: Session, now: datetime) -> dict[str, int]:
    """Gaps by state, and how many of those that are worked on are overdue."""
    found, overdue = gap_lists.counts(session, None, now)
    return {state.value: count for state, count in found.items()} | {"overdue": overdue}


def recall_counts(session: Session) -> dict[str, int]:
    """Recalls with someone still to be called, and how many people that are."""
    waiting = RecallItem.state == recalls.State.TO_CALL.value
    query = select(func.count(RecallItem.recall.distinct()), func.count()).where(waiting)
    open_, to_call = session.execute(query).one()
    return {"open": open_, "to_call": to_call}


def review_due(session: Session, now: datetime) -> dict[str, int]:
    """Live articles whose review is overdue, and those due within 30 days from today."""
    today = local_date(now)

    def due(*conditions: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(ArticleVersion).join(ArticleRow, LIVE)
        return session.scalar(query.where(ArticleVersion.review_due != "", *conditions)) or 0

    soon = str(today + timedelta(days=SOON))
    return {
        "overdue": due(ArticleVersion.review_due < str(today)),
        "within_30": due(ArticleVersion.review_due >= str(today), ArticleVersion.review_due <= soon),
    }


def zero_hits(session: Session, begin: datetime) -> list[ZeroHit]:
    """What agents searched in vain since, the most often searched first."""
    query = select(Asked.text, func.count(), func.max(Asked.at)).where(Asked.source == Source.SEARCH, Asked.at >= begin)
    often = query.group_by(Asked.text).order_by(func.count().desc(), func.max(Asked.at).desc())
    rows = session.execute(often.limit(TOP))
    return [ZeroHit(text, count, last) for text, count, last in rows]


def top(session: Session, begin: datetime) -> list[Used]:
    """The articles that were taken or said in most calls that began since."""
    taken = select(CardDecision.article, func.count()).join(CallUse, CallUse.call == CardDecision.call)
    taken = taken.where(CallUse.began_at >= begin, CardDecision.decision == "taken", final())
    said = select(Said.article, func.count(Said.call.distinct())).where(Said.at >= begin)
    took = {article: count for article, count in session.execute(taken.group_by(CardDecision.article))}
    spoke = {article: count for article, count in session.execute(said.group_by(Said.article))}
    best = sorted({*took, *spoke}, key=lambda one: (-took.get(one, 0) - spoke.get(one, 0), one))[:TOP]
    names = titles(session, best)
    return [Used(one, names.get(one, ""), took.get(one, 0), spoke.get(one, 0)) for one in best]


def stale(session: Session) -> list[Stale]:
    """The live articles whose review is due first; after them those without a day, reviewed the longest ago."""
    query = select(ArticleVersion).join(ArticleRow, LIVE)
    order = (ArticleVersion.review_due == "", ArticleVersion.review_due, ArticleVersion.reviewed_at, ArticleVersion.id)
    rows = session.scalars(query.order_by(*order).limit(TOP))
    return [Stale(row.article, row.title, row.reviewed_at, row.review_due) for row in rows]


def titles(session: Session, articles: Sequence[str]) -> dict[str, str]:
    """What articles are called: their newest versions."""
    newest = and_(ArticleRow.id == ArticleVersion.article, ArticleRow.newest == ArticleVersion.version)
    query = select(ArticleVersion.article, ArticleVersion.title).join(ArticleRow, newest)
    return {article: title for article, title in session.execute(query.where(ArticleVersion.article.in_(articles)))}


def whole(session: Session, now: datetime, count: int) -> Span:
    """What was counted in the last so many weeks together."""
    every = weeks(now, count)
    return span(session, every[0].begin, every[-1].end)
