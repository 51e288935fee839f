"""Tickets: list, one with its journal, edit, dispatch, answer, and every other move of the workflow table."""

from collections.abc import Sequence
from typing import Annotated, TypedDict

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.api.access import PartsIn, Who, WhoIn, allow
from copilot.api.once import Once, once
from copilot.api.shapes import (
    Act,
    ActionOut,
    Answer,
    Cited,
    Detail,
    Dispatch,
    Edit,
    EntryOut,
    Page,
    TicketOut,
    listed,
    shape,
)
from copilot.evidence import last_filled
from copilot.parts import Parts
from copilot.tables import CallRow
from ticket_core import queries, tickets, workflow
from ticket_core.tables import Ticket

router = APIRouter(prefix="/api")
Writer = Annotated[Who, Depends(allow("agent", "dispatcher"))]
TicketId = Annotated[int, Path(ge=1, lt=2**31)]
ROLE = {"agent": workflow.Role.AGENT, "dispatcher": workflow.Role.DISPATCHER, "admin": workflow.Role.SUPERVISOR}


class By(TypedDict):
    """Who changes a ticket, and the version that they saw."""

    actor: str
    role: workflow.Role
    expected_version: int


def load(session: Session, ticket: int, user: Who) -> Ticket:
    """A ticket that this user may see, or 404: agents see their own."""
    row = session.get(Ticket, ticket)
    if row is None or (user.role == "agent" and row.agent != user.username):
        raise HTTPException(404, "没有这张工单，可能已合并或编号有误")
    return row


@router.get("/tickets")
async def index(
    user: WhoIn,
    parts: PartsIn,
    q: Annotated[str, Query(max_length=100)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    cursor: Annotated[str, Query(max_length=20)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> Page:
    """Tickets, the newest first; an agent sees the own ones. Numbers are masked."""

    def find(session: Session) -> Page:
        rows, following = queries.page(
            session, text=q.replace("\0", ""), state=state, agent=_only(user), cursor=cursor, limit=limit
        )
        return Page(items=[listed(row) for row in rows], next=following)

    return await parts.database.read(find)


@router.get("/tickets/counts")
async def counts(user: WhoIn, parts: PartsIn) -> dict[str, int]:
    """How many tickets are in each state; of an agent's own for an agent."""

    def count(session: Session) -> dict[str, int]:
        query = select(Ticket.state, func.count()).group_by(Ticket.state)
        if agent := _only(user):
            query = query.where(Ticket.agent == agent)
        found = dict(session.execute(query).all())
        return {state.value: found.get(state.value, 0) for state in workflow.State}

    return await parts.database.read(count)


@router.get("/tickets/history")
async def history(user: WhoIn, parts: PartsIn, number: Annotated[str, Query(max_length=32)]) -> list[TicketOut]:
    """What this number asked for before, the newest first; an agent may ask for callers of the own desk."""

    def find(session: Session) -> list[TicketOut]:
        called = select(CallRow.id).where(CallRow.number == number, CallRow.agent == user.username).limit(1)
        if _only(user) and session.scalar(called) is None:
            raise HTTPException(403, "只能查看给您来过电话的号码的历史工单")
        return [listed(row) for row in queries.history(session, number)]

    return await parts.database.read(find)


@router.get("/tickets/{ticket}")
async def detail(ticket: TicketId, user: WhoIn, parts: PartsIn) -> Detail:
    """One ticket with its journal and the moves of this role."""

    def find(session: Session) -> Detail:
        row = load(session, ticket, user)
        return Detail(
            ticket=shape(row),
            journal=[EntryOut.model_validate(line) for line in queries.journal_of(session, ticket)],
            actions=[
                ActionOut(action=move.action.value, label=move.action.label, needs_reason=move.needs_reason)
                for move in workflow.TABLE
                if move.source == row.state and ROLE[user.role] in move.roles
            ],
        )

    return await parts.database.read(find)


@router.patch("/tickets/{ticket}")
async def edit(ticket: TicketId, body: Edit, user: Writer, parts: PartsIn, request: Once) -> TicketOut:
    """Change fields, which the copilot never overwrites from then on, or give fields back to it."""

    def change(session: Session) -> TicketOut:
        row = load(session, ticket, user)
        role, version = ROLE[user.role], body.version
        if body.changes:
            done = tickets.edit(session, row, body.changes, actor=user.username, role=role, expected_version=version)
            version = done.ticket_version
        if body.release:
            found = last_filled(session, row.call_id)
            tickets.release(session, row, body.release, found, actor=user.username, role=role, expected_version=version)
        return shape(row)

    return await parts.database.write(once(request, TicketOut, change))


@router.post("/tickets/{ticket}/dispatch")
async def dispatch(ticket: TicketId, body: Dispatch, user: Writer, parts: PartsIn, request: Once) -> TicketOut:
    """Dispatch to a department of the catalogue, with what was answered already."""
    if body.department.strip() and body.department not in parts.catalogue.departments:
        raise HTTPException(422, f"派单目录里没有“{body.department}”，请按 Alt+B 从承办单位列表选择")
    _check_cited(parts, body.cited)

    def send(session: Session) -> TicketOut:
        row = load(session, ticket, user)
        tickets.dispatch(
            session,
            row,
            department=body.department,
            basis=body.basis,
            answer=body.answer,
            cited=[cited.model_dump() for cited in body.cited],
            **_by(user, body.version),
        )
        return shape(row)

    return await parts.database.write(once(request, TicketOut, send))


@router.post("/tickets/{ticket}/answer")
async def answer(ticket: TicketId, body: Answer, user: Writer, parts: PartsIn, request: Once) -> TicketOut:
    """Answer from the knowledge base; a citation that exists is required."""
    _check_cited(parts, body.cited)

    def close(session: Session) -> TicketOut:
        row = load(session, ticket, user)
        tickets.answer(
            session,
            row,
            answer=body.answer,
            cited=[cited.model_dump() for cited in body.cited],
            **_by(user, body.version),
        )
        return shape(row)

    return await parts.database.write(once(request, TicketOut, close))


@router.post("/tickets/{ticket}/actions/{action}")
async def act(
    ticket: TicketId, action: workflow.Action, body: Act, user: Writer, parts: PartsIn, request: Once
) -> TicketOut:
    """Every other move of the workflow table, with its reason where the table asks for one."""

    def move(session: Session) -> TicketOut:
        row = load(session, ticket, user)
        tickets.act(session, row, action, reason=body.reason, **_by(user, body.version))
        return shape(row)

    return await parts.database.write(once(request, TicketOut, move))


def _by(user: Who, version: int) -> By:
    return By(actor=user.username, role=ROLE[user.role], expected_version=version)


def _check_cited(parts: Parts, cited: Sequence[Cited]) -> None:
    for one in cited:
        if one.article not in parts.articles:
            raise HTTPException(422, f"热线百科里没有 {one.article}，请重新采用一条建议")


def _only(user: Who) -> str:
    """Whose tickets an agent may see: the own ones; empty: everybody's."""
    return user.username if user.role == "agent" else ""
