"""Tickets: list, one with its journal, edit, dispatch, answer."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from copilot.api.access import PartsIn, Who, WhoIn, allow
from ticket_core import queries, tickets, workflow
from ticket_core.tables import JournalEntry, Ticket

router = APIRouter(prefix="/api")
Writer = Annotated[Who, Depends(allow("agent", "dispatcher"))]
ROLE = {"agent": workflow.Role.AGENT, "dispatcher": workflow.Role.DISPATCHER, "admin": workflow.Role.SUPERVISOR}


class Evidence(BaseModel):
    """The words that a field came from."""

    utterance: str = ""
    quote: str = ""
    doubtful: bool = False


class Cited(BaseModel):
    """An article as it stood when it was taken."""

    article: str = Field(max_length=64)
    version: int


class TicketOut(BaseModel):
    """A ticket as the pages show it."""

    id: int
    number: str
    call_id: str | None
    state: str
    state_label: str
    version: int
    calling_number: str
    citizen_name: str
    sex: str
    callback_number: str
    nature: str
    matter1: str
    matter2: str
    title: str
    content: str
    happened_at: str
    address: str
    district: str
    party_concerned: str
    request: str
    urgency: str
    department: str
    first_department: str
    basis: str
    due_at: datetime | None
    answer: str
    cited: list[Cited]
    summary: str
    agent: str
    created_at: datetime
    updated_at: datetime
    evidence: dict[str, Evidence]
    touched: list[str]


class EntryOut(BaseModel):
    """A line of the journal."""

    seq: int
    at: datetime
    actor: str
    role: str
    action: str
    label: str
    from_state: str
    to_state: str
    reason: str


class ActionOut(BaseModel):
    """A button that the table allows."""

    action: str
    label: str


class Detail(BaseModel):
    """One ticket, its journal and what may be done with it now."""

    ticket: TicketOut
    journal: list[EntryOut]
    actions: list[ActionOut]


class Page(BaseModel):
    """A page of tickets; `next` is the cursor of the page behind it."""

    items: list[TicketOut]
    next: str | None


class Edit(BaseModel):
    """Fields that a person changed, and the version that they saw."""

    version: int
    changes: dict[str, str] = Field(max_length=30)


class Dispatch(BaseModel):
    """Whom to dispatch to and why."""

    version: int
    department: str = Field(max_length=100)
    basis: str = Field("", max_length=500)


class Answer(BaseModel):
    """A direct answer with its citations."""

    version: int
    answer: str = Field(max_length=5000)
    cited: list[Cited] = Field(max_length=10)


def shape(ticket: Ticket) -> TicketOut:
    """A row as the pages show it; what is not filled yet is an empty string."""
    values: dict[str, Any] = {}
    for name, info in TicketOut.model_fields.items():
        if name == "state_label":
            values[name] = workflow.State(ticket.state).label
            continue
        value = getattr(ticket, name)
        if value is None and info.annotation is str:
            value = ""
        values[name] = (
            []
            if value is None and name in ("cited", "touched")
            else ({} if value is None and name == "evidence" else value)
        )
    return TicketOut.model_validate(values)


def load(session: Session, ticket: int, user: Who) -> Ticket:
    """A ticket that this user may see, or 404."""
    row = session.get(Ticket, ticket)
    if row is None or (user.role == "agent" and row.agent != user.username):
        raise HTTPException(404, "没有这张工单，可能已合并或编号有误")
    return row


@router.get("/tickets")
async def index(
    user: WhoIn,
    parts: PartsIn,
    q: Annotated[str, Query(max_length=100)] = "",
    state: str = "",
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> Page:
    """Tickets, the newest first; an agent sees the own ones."""
    agent = user.username if user.role == "agent" else ""

    def find(session: Session) -> Page:
        rows, following = queries.page(session, text=q, state=state, agent=agent, cursor=cursor, limit=limit)
        return Page(items=[shape(row) for row in rows], next=following)

    return await parts.database.read(find)


@router.get("/tickets/history")
async def history(user: WhoIn, parts: PartsIn, number: Annotated[str, Query(max_length=32)]) -> list[TicketOut]:
    """What this number asked for before, the newest first."""
    return await parts.database.read(lambda session: [shape(row) for row in queries.history(session, number)])


@router.get("/tickets/{ticket}")
async def detail(ticket: int, user: WhoIn, parts: PartsIn) -> Detail:
    """One ticket with its journal and the moves of this role."""

    def find(session: Session) -> Detail:
        row = load(session, ticket, user)
        moves = workflow.actions_for(workflow.State(row.state), ROLE[user.role])
        return Detail(
            ticket=shape(row),
            journal=[entry(line) for line in queries.journal_of(session, ticket)],
            actions=[ActionOut(action=str(action), label=action.label) for action in moves],
        )

    return await parts.database.read(find)


@router.patch("/tickets/{ticket}")
async def edit(ticket: int, body: Edit, user: Writer, parts: PartsIn) -> TicketOut:
    """Change fields; each changed field counts as touched and is never overwritten by the copilot."""

    def change(session: Session) -> TicketOut:
        row = load(session, ticket, user)
        tickets.edit(
            session, row, body.changes, actor=user.username, role=ROLE[user.role], expected_version=body.version
        )
        session.flush()
        return shape(row)

    return await parts.database.write(change)


@router.post("/tickets/{ticket}/dispatch")
async def dispatch(
    ticket: int,
    body: Dispatch,
    user: Writer,
    parts: PartsIn,
    idempotency_key: Annotated[str, Header(max_length=100)] = "",
) -> TicketOut:
    """Dispatch to a department of the catalogue."""
    if body.department not in parts.catalogue.departments:
        raise HTTPException(422, f"派单目录里没有“{body.department}”，请按 Alt+B 从承办单位列表选择")

    def send(session: Session) -> TicketOut:
        row = load(session, ticket, user)
        tickets.dispatch(
            session,
            row,
            department=body.department,
            basis=body.basis,
            actor=user.username,
            role=ROLE[user.role],
            expected_version=body.version,
            idempotency_key=idempotency_key,
        )
        session.flush()
        return shape(row)

    return await parts.database.write(send)


@router.post("/tickets/{ticket}/answer")
async def answer(ticket: int, body: Answer, user: Writer, parts: PartsIn) -> TicketOut:
    """Answer from the knowledge base; a citation that exists is required."""
    for cited in body.cited:
        if cited.article not in parts.articles:
            raise HTTPException(422, f"热线百科里没有 {cited.article}，请重新采用一条建议")

    def close(session: Session) -> TicketOut:
        row = load(session, ticket, user)
        tickets.answer(
            session,
            row,
            answer=body.answer,
            cited=[cited.model_dump() for cited in body.cited],
            actor=user.username,
            role=ROLE[user.role],
            expected_version=body.version,
        )
        session.flush()
        return shape(row)

    return await parts.database.write(close)


def entry(line: JournalEntry) -> EntryOut:
    """A journal line with its action in Chinese."""
    return EntryOut(
        seq=line.seq,
        at=line.at,
        actor=line.actor,
        role=line.role,
        action=line.action,
        label=workflow.Action(line.action).label,
        from_state=line.from_state or "",
        to_state=line.to_state or "",
        reason=line.reason or "",
    )
