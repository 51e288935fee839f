"""The dashboard of the base and the feedback on its articles over HTTP: counts with what they are counted of."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from copilot.api.access import PartsIn, WhoIn
from copilot.api.knowledge.gaps import StateCount
from copilot.usage import feedback, figures
from copilot.usage.feedback import Feedback, Sort
from copilot.usage.weeks import weeks

router = APIRouter(prefix="/api/knowledge")
WEEKS = 8


class SpanOut(BaseModel):
    """What was counted in the week from that Monday; see `copilot.usage.figures.Span`."""

    week_start: date
    calls: int
    with_card: int
    measured: int
    inserted: int
    said: int
    tickets: int
    tickets_cited: int
    zero_searches: int


class Coverage(BaseModel):
    """`with_card` of `of` calls were shown a card; of 0: there was no call yet."""

    with_card: int
    of: int


class Citation(BaseModel):
    """In how many of `of` calls something was inserted and said; measured: in which words of the agent were heard."""

    inserted: int
    said: int
    of: int
    measured: int


class ReasonCount(BaseModel):
    """How often for that reason; empty: none was given."""

    reason: str
    count: int


class DepartmentCount(BaseModel):
    """Live articles of a department."""

    department: str
    live: int


class ZeroHitOut(BaseModel):
    """What was searched in vain; masked."""

    model_config = ConfigDict(from_attributes=True)

    q: str
    count: int
    last: datetime


class UsedOut(BaseModel):
    """In how many calls an article was taken and said."""

    model_config = ConfigDict(from_attributes=True)

    article: str
    title: str
    taken: int
    said: int


class StaleOut(BaseModel):
    """An article that should be looked at."""

    model_config = ConfigDict(from_attributes=True)

    article: str
    title: str
    reviewed_at: datetime | None
    review_due: str


class FiguresOut(BaseModel):
    """The dashboard, as of a moment. What is counted over time is counted over the weeks that are listed."""

    as_of: datetime
    weeks: list[SpanOut]
    coverage: Coverage
    citation: Citation
    states: list[StateCount]
    departments: list[DepartmentCount]
    refusals: list[ReasonCount]
    gaps: dict[str, int]
    recalls: dict[str, int]
    review_due: dict[str, int]
    zero_hits: list[ZeroHitOut]
    top: list[UsedOut]
    stale: list[StaleOut]


class FeedbackWeek(BaseModel):
    """What came of an article in the week from that Monday."""

    week_start: date
    taken: int
    refused: int
    said: int


class FeedbackOut(BaseModel):
    """What came of an article; see `copilot.usage.feedback.Feedback`."""

    article: str
    version: int
    title: str
    department: str
    taken: int
    refused: int
    reasons: list[ReasonCount]
    said: int
    tickets: int
    reviewed_at: datetime | None
    published_at: datetime | None
    last_used_at: datetime | None
    review_due: str
    weeks: list[FeedbackWeek]


class FeedbackPage(BaseModel):
    """Articles with what came of them, as of a moment."""

    items: list[FeedbackOut]
    as_of: datetime


@router.get("/figures")
async def dashboard(user: WhoIn, parts: PartsIn, weeks: Annotated[int, Query(ge=1, le=53)] = 12) -> FiguresOut:
    """The key figures of the base."""
    now = datetime.now(UTC)

    def count(session: Session) -> FiguresOut:
        every = figures.by_week(session, now, weeks)
        begin, whole = every[0][0].begin, figures.whole(session, now, weeks)
        return FiguresOut(
            as_of=now,
            weeks=[SpanOut(week_start=week.start, **asdict(one)) for week, one in every],
            coverage=Coverage(with_card=whole.with_card, of=whole.calls),
            citation=Citation(inserted=whole.inserted, said=whole.said, of=whole.calls, measured=whole.measured),
            states=[
                StateCount(state=one, label=one.label, count=much) for one, much in figures.states(session).items()
            ],
            departments=[DepartmentCount(department=one, live=much) for one, much in figures.departments(session)],
            refusals=[ReasonCount(reason=one, count=much) for one, much in figures.refusals(session, begin)],
            gaps=figures.gap_counts(session, now),
            recalls=figures.recall_counts(session),
            review_due=figures.review_due(session, now),
            zero_hits=[ZeroHitOut.model_validate(one) for one in figures.zero_hits(session, begin)],
            top=[UsedOut.model_validate(one) for one in figures.top(session, begin)],
            stale=[StaleOut.model_validate(one) for one in figures.stale(session)],
        )

    return await parts.database.read(count)


@router.get("/feedback")
async def on_articles(
    user: WhoIn,
    parts: PartsIn,
    article: Annotated[str, Query(max_length=64)] = "",
    department: Annotated[str, Query(max_length=100)] = "",
    sort: Sort = "refused",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> FeedbackPage:
    """What came of the live articles, or of one."""
    now = datetime.now(UTC)

    def find(session: Session) -> FeedbackPage:
        wanted, owner = article.replace("\0", ""), department.replace("\0", "")
        found = feedback.of(session, wanted, owner, sort, limit)
        return FeedbackPage(items=[_told(one, now) for one in found], as_of=now)

    return await parts.database.read(find)


def _told(one: Feedback, now: datetime) -> FeedbackOut:
    row = one.version
    return FeedbackOut(
        article=row.article,
        version=row.version,
        title=row.title,
        department=one.department,
        taken=len(one.taken),
        refused=len(one.refused),
        reasons=[
            ReasonCount(reason=reason, count=count)
            for reason, count in sorted(one.reasons.items(), key=lambda pair: -pair[1])
        ],
        said=len(one.said),
        tickets=len(one.tickets),
        reviewed_at=row.reviewed_at,
        published_at=row.published_at,
        last_used_at=one.last_used_at,
        review_due=row.review_due,
        weeks=[
            FeedbackWeek(
                week_start=week.start,
                taken=week.count(one.taken),
                refused=week.count(one.refused),
                said=week.count(one.said),
            )
            for week in weeks(now, WEEKS)
        ],
    )
