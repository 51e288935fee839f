"""Gaps of the base over HTTP: what found nothing, made into tasks, given to departments, filled or refused."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from pydantic import BaseModel, ConfigDict, Field, computed_field
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.api.access import PartsIn, Who, allow
from copilot.api.knowledge.who import AuthorIn
from copilot.knowledge.tables import ArticleRow, ArticleVersion
from copilot.parts import Parts
from copilot.usage import gap_lists, gaps
from copilot.usage.asked import Source
from copilot.usage.gap_lists import Filled, Wanted
from copilot.usage.gap_work import due, run
from copilot.usage.gaps import WORKED_ON, State
from copilot.usage.tables import Asked, Gap
from copilot.usage.weeks import weeks
from ticket_core.vocabulary import Role

router = APIRouter(prefix="/api/knowledge")
WEEKS = 8
LISTED = 200
FirstReviewIn = Annotated[Who, Depends(allow("first_review"))]
GapId = Annotated[int, Path(ge=1, lt=2**31)]
Words = Annotated[str, Query(max_length=100)]


class AskedOut(BaseModel):
    """A question that found nothing; its text is masked."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    source: str
    text: str
    user: str
    call: str | None
    ticket: int | None
    at: datetime
    gap: int | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def source_label(self) -> str:
        """Where it came from, in Chinese."""
        return Source(self.source).label


class AskedPage(BaseModel):
    """Questions, the newest first. next: `before` of the next page; None at the end."""

    items: list[AskedOut]
    next: int | None


class WeekCount(BaseModel):
    """How many in the week from that Monday."""

    week_start: date
    count: int


class GapOut(BaseModel):
    """A gap. callers: calls and tickets among the questions; acts: what its reader may do now."""

    id: int
    title: str
    state: str
    department: str
    basis: str
    opened_at: datetime
    due_at: datetime
    overdue: bool
    assigned_by: str
    assigned_at: datetime | None
    article: str
    article_title: str
    article_live: bool
    linked_at: datetime | None
    reason: str
    closed_by: str
    closed_at: datetime | None
    count: int
    callers: int
    last_at: datetime | None
    examples: list[str]
    trend: list[WeekCount]
    acts: list[str]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def state_label(self) -> str:
        """The state in Chinese."""
        return State(self.state).label


class GapDetail(GapOut):
    """A gap with its questions, the newest first, at most 200 of them."""

    questions: list[AskedOut]


class StateCount(BaseModel):
    """How many are in a state."""

    state: str
    label: str
    count: int


class GapPage(BaseModel):
    """Gaps, those that are worked on first. waiting: questions that are in none."""

    items: list[GapOut]
    counts: list[StateCount]
    overdue: int
    waiting: int
    as_of: datetime


class Clustered(BaseModel):
    """What became of the questions that were in no gap. waiting: those that stay by themselves."""

    questions: int
    joined: int
    opened: int
    waiting: int
    as_of: datetime


class AssignIn(BaseModel):
    """Whom to give it to."""

    department: str = Field(min_length=1, max_length=100)


class LinkIn(BaseModel):
    """The article that is written for it; empty: none."""

    article: str = Field(max_length=64)


class ReasonIn(BaseModel):
    """Why not."""

    reason: str = Field(max_length=500)


@router.get("/asked")
async def asked(
    user: AuthorIn,
    parts: PartsIn,
    source: Annotated[Source | None, Query()] = None,
    waiting: bool = False,
    before: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AskedPage:
    """Questions that found nothing. waiting: only those in no gap. A department sees those of its own gaps."""

    def find(session: Session) -> AskedPage:
        query = select(Asked).order_by(Asked.id.desc()).limit(limit + 1)
        if source is not None:
            query = query.where(Asked.source == source)
        if waiting:
            query = query.where(Asked.gap.is_(None))
        if before is not None:
            query = query.where(Asked.id < before)
        if (own := _own(user)) is not None:
            query = query.join(Gap, Gap.id == Asked.gap).where(Gap.department == own)
        rows = session.scalars(query).all()
        items = [AskedOut.model_validate(row) for row in rows[:limit]]
        return AskedPage(items=items, next=items[-1].id if len(rows) > limit else None)

    return await parts.database.read(find)


@router.get("/gaps")
async def index(
    user: AuthorIn,
    parts: PartsIn,
    state: Annotated[State | None, Query()] = None,
    department: Words = "",
    q: Words = "",
    overdue: bool = False,
) -> GapPage:
    """Gaps of the base; a department sees its own."""
    now, own = datetime.now(UTC), _own(user)
    wanted = Wanted(state or "", own if own is not None else department or None, q.replace("\0", ""), overdue)

    def find(session: Session) -> GapPage:
        states, late = gap_lists.counts(session, own, now)
        return GapPage(
            items=[_out(session, one, user, now) for one in gap_lists.page(session, wanted, now)],
            counts=[StateCount(state=one, label=one.label, count=count) for one, count in states.items()],
            overdue=late,
            waiting=gap_lists.waiting(session) if own is None else 0,
            as_of=now,
        )

    return await parts.database.read(find)


@router.post("/gaps/cluster")
async def cluster(user: FirstReviewIn, parts: PartsIn) -> Clustered:
    """Put the questions that are in no gap into the gaps that are known, and make new ones of those that ask alike."""
    now = datetime.now(UTC)
    made, opened = await run(parts, now)
    joined = sum(map(len, made.joined.values()))
    return Clustered(questions=made.questions, joined=joined, opened=len(opened), waiting=made.waiting, as_of=now)


@router.get("/gaps/{gap}")
async def read(gap: GapId, user: AuthorIn, parts: PartsIn) -> GapDetail:
    """One gap with its questions."""
    return await parts.database.read(lambda session: _detail(session, _found(session, gap, user), user))


@router.post("/gaps/{gap}/assign")
async def assign(gap: GapId, body: AssignIn, user: FirstReviewIn, parts: PartsIn) -> GapDetail:
    """Give it to a department, which has its time from now on."""
    if body.department not in parts.departments():
        raise HTTPException(422, f"承办单位里没有“{body.department}”，请从承办单位列表选择")
    now = datetime.now(UTC)
    due_at = await asyncio.to_thread(due, parts, now)
    return await _change(
        parts, gap, user, lambda session, row: gaps.assign(row, body.department, user.username, now, due_at)
    )


@router.post("/gaps/{gap}/link")
async def link(gap: GapId, body: LinkIn, user: AuthorIn, parts: PartsIn) -> GapDetail:
    """Name the article that is written for it; the gap is done by itself when that goes live."""
    now = datetime.now(UTC)
    return await _change(
        parts, gap, user, lambda session, row: gaps.link(session, row, body.article.replace("\0", ""), now)
    )


@router.post("/gaps/{gap}/reject")
async def reject(gap: GapId, body: ReasonIn, user: FirstReviewIn, parts: PartsIn) -> GapDetail:
    """The base is not to answer that, with the reason."""
    now = datetime.now(UTC)
    return await _change(parts, gap, user, lambda session, row: gaps.reject(row, body.reason, user.username, now))


@router.post("/gaps/{gap}/hand_back")
async def hand_back(gap: GapId, body: ReasonIn, user: AuthorIn, parts: PartsIn) -> GapDetail:
    """A department gives back what is not its matter; an annotator gives it to another."""
    if _own(user) is None:
        raise HTTPException(403, "只有承办单位可以退回缺口；要换单位请用“改交”")
    now = datetime.now(UTC)
    due_at = await asyncio.to_thread(due, parts, now)
    return await _change(parts, gap, user, lambda session, row: gaps.hand_back(row, body.reason, now, due_at))


async def _change(parts: Parts, gap: int, user: Who, act: Callable[[Session, Gap], None]) -> GapDetail:
    def change(session: Session) -> GapDetail:
        row = _found(session, gap, user)
        act(session, row)
        session.flush()
        return _detail(session, row, user)

    return await parts.database.write(change)


def _own(user: Who) -> str | None:
    """The department whose gaps alone this user sees; None: all."""
    return user.department if user.role == Role.DEPARTMENT else None


def _found(session: Session, gap: int, user: Who) -> Gap:
    row = session.get(Gap, gap)
    if row is None or _own(user) not in (None, row.department):
        raise HTTPException(404, "没有这项缺口，可能不归您办理或编号有误")
    return row


def _detail(session: Session, row: Gap, user: Who) -> GapDetail:
    (one,) = gap_lists.filled(session, [row])
    questions = [AskedOut.model_validate(asked) for asked in one.questions[:LISTED]]
    return GapDetail(**_told(session, one, user, datetime.now(UTC)), questions=questions)


def _out(session: Session, one: Filled, user: Who, now: datetime) -> GapOut:
    return GapOut(**_told(session, one, user, now))


def _told(session: Session, one: Filled, user: Who, now: datetime) -> dict[str, Any]:
    gap = one.gap
    own = {name: getattr(gap, name) for name in GapOut.model_fields if hasattr(Gap, name)}
    head = session.get(ArticleRow, gap.article) if gap.article else None
    named = select(ArticleVersion.title).where(ArticleVersion.article == gap.article)
    title = session.scalar(named.order_by(ArticleVersion.version.desc()).limit(1)) if head else None
    moments = [asked.at for asked in one.questions]
    return own | {
        "overdue": gap.state in WORKED_ON and gap.due_at < now,
        "article_title": title or "",
        "article_live": head is not None and head.live > 0,
        "count": len(moments),
        "callers": one.callers,
        "last_at": max(moments, default=None),
        "examples": one.examples,
        "trend": [WeekCount(week_start=week.start, count=week.count(moments)) for week in weeks(now, WEEKS)],
        "acts": _acts(gap, user),
    }


def _acts(gap: Gap, user: Who) -> list[str]:
    if gap.state not in WORKED_ON:
        return []
    rights = {
        "assign": "first_review" in user.may,
        "reject": "first_review" in user.may,
        "link": "author" in user.may,
        "hand_back": gap.department != "" and gap.department == _own(user),
    }
    return [act for act, may in rights.items() if may]
