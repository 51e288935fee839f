"""Tickets: queues, lists, one ticket, its fields, and every move of the workflow table, singly or in bulk."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot import roles
from copilot.api import detail as detail_page
from copilot.api.access import PartsIn, Who, allow
from copilot.api.once import Once, once
from copilot.api.shapes import (
    Act,
    Bulk,
    Detail,
    Edit,
    Identity,
    New,
    Outcome,
    Outcomes,
    Page,
    QueueOut,
    TicketOut,
    Unmask,
    listed,
    shape,
)
from copilot.configuration.kinds import branch
from copilot.evidence import last_filled
from copilot.parts import Parts
from copilot.tables import CallRow
from ticket_core import journal, moves, queries, tickets, workflow
from ticket_core.by import By
from ticket_core.errors import Conflict, TicketError
from ticket_core.guards import Case
from ticket_core.queries import Filter, Scope
from ticket_core.tables import Ticket
from ticket_core.text import visible
from ticket_core.vocabulary import Action, Role, State

router = APIRouter(prefix="/api")
Reader = Annotated[Who, Depends(allow("tickets"))]
TicketId = Annotated[int, Path(ge=1, lt=2**31)]
Words = Annotated[str, Query(max_length=100)]


def load(session: Session, ticket: int, user: Who) -> Ticket:
    """A ticket that this user may see, or 404."""
    row = session.get(Ticket, ticket)
    if row is None or not queries.visible(row, roles.scope_of(session, user)):
        raise HTTPException(404, "没有这张工单，可能不归您查看或编号有误")
    return row


def by(user: Who, request: Request, seen: int | None = None) -> By:
    """The user as an actor of the journal, now. seen: the version of the ticket that they saw."""
    source = request.client.host if request.client else ""
    return By(user.username, Role(user.role), datetime.now(UTC), user.department, source, seen)


def chosen(
    user: Reader,
    parts: PartsIn,
    queue: Annotated[str, Query(max_length=40)] = "",
    q: Words = "",
    state: Annotated[list[State], Query(max_length=20)] = [],  # noqa: B006 - FastAPI copies it
    department: Words = "",
    nature: Words = "",
    district: Words = "",
    urgency: Words = "",
    channel: Words = "",
    light: Annotated[str, Query(pattern="^(red|amber|green)?$")] = "",
    created_from: date | None = None,
    created_to: date | None = None,
) -> Filter:
    """The queue and the filters of the address. department: leads or assists, itself or one below it in the tree."""
    tree = parts.configured.departments(datetime.now(UTC))
    return roles.queue_filter(user, queue).narrowed(
        states=tuple(one.value for one in state),
        text=q.replace("\0", ""),
        departments=branch(tree, department) if department else (),
        nature=nature,
        district=district,
        urgency=urgency,
        channel=channel,
        light=light,
        created_from=created_from,
        created_to=created_to,
    )


@contextmanager
def naming(session: Session) -> Iterator[None]:
    """A conflict names the person by name."""
    try:
        yield
    except Conflict as conflict:
        conflict.actor = detail_page.names_of(session, [conflict.actor]).get(conflict.actor, conflict.actor)
        raise


Chosen = Annotated[Filter, Depends(chosen)]


@router.get("/tickets")
async def index(
    user: Reader,
    parts: PartsIn,
    which: Chosen,
    sort: Annotated[queries.Sort, Query()] = "newest",
    cursor: Annotated[str, Query(max_length=80)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> Page:
    """Tickets within this user's scope. Numbers are masked; a confidential citizen has no name outside the centre."""
    now = datetime.now(UTC)

    def find(session: Session) -> Page:
        scope = roles.scope_of(session, user)
        rows, following = queries.page(session, which, scope=scope, sort=sort, cursor=cursor, limit=limit, now=now)
        return Page(items=_listed(rows, user, now), next=following)

    return await parts.database.read(find)


@router.get("/tickets/queues")
async def queues(user: Reader, parts: PartsIn) -> list[QueueOut]:
    """This role's queues with how much waits in them, overdue and nearly due."""

    def count(session: Session) -> list[QueueOut]:
        own = roles.queues(user)
        found = queries.counts(
            session, [one.filter for one in own], roles.scope_of(session, user), now=datetime.now(UTC)
        )
        return [
            QueueOut(name=one.name, label=one.label, total=c.total, capped=c.capped, red=c.red, amber=c.amber)
            for one, c in zip(own, found, strict=True)
        ]

    return await parts.database.read(count)


@router.get("/tickets/history")
async def history(user: Reader, parts: PartsIn, number: Annotated[str, Query(max_length=32)]) -> list[TicketOut]:
    """What this number asked for before, the newest first; an agent may ask for callers of the own desk."""
    now = datetime.now(UTC)

    def find(session: Session) -> list[TicketOut]:
        if roles.scope_of(session, user) != Scope():
            called = select(CallRow.id).where(CallRow.number == number, CallRow.agent == user.username).limit(1)
            if session.scalar(called) is None:
                raise HTTPException(403, "只能查看给您来过电话的号码的历史工单")
        return _listed(queries.history(session, number), user, now)

    return await parts.database.read(find)


@router.post("/tickets", status_code=201)
async def create(
    body: New, user: Annotated[Who, Depends(allow("calls"))], parts: PartsIn, asked: Request, request: Once
) -> TicketOut:
    """A draft without a call: at the counter, by letter, or linked to an earlier ticket."""
    check_inputs(parts, body.fields)

    def make(session: Session) -> TicketOut:
        if body.linked_to is not None:
            load(session, body.linked_to, user)
        row, _ = tickets.draft(
            session,
            by(user, asked),
            calling_number=visible(body.calling_number),
            channel=body.channel,
            agent=user.username,
            linked_to=body.linked_to,
        )
        if body.fields:
            tickets.edit(session, row, body.fields, by(user, asked, row.version), parts.rules())
        return shape(row, datetime.now(UTC))

    return await parts.database.write(once(request, TicketOut, make))


@router.post("/tickets/bulk")
async def bulk(body: Bulk, user: Reader, parts: PartsIn, asked: Request, request: Once) -> Outcomes:
    """One move on many tickets, each by itself: what is refused says why and stays as it was."""
    if body.action not in user.bulk:
        raise HTTPException(403, f"“{body.action.label}”不能批量办理，请逐张办理")
    given = check_inputs(parts, body.inputs)

    def move(session: Session) -> Outcomes:
        return Outcomes(items=[one(session, seen.id, seen.version) for seen in body.tickets])

    def one(session: Session, ticket: int, version: int) -> Outcome:
        number = ""
        try:
            with naming(session), session.begin_nested():
                row = load(session, ticket, user)
                number = row.number
                moves.act(session, row, body.action, by(user, asked, version), given, parts.rules())
        except HTTPException as refusal:
            return Outcome(id=ticket, number=number, done=False, problem=str(refusal.detail))
        except TicketError as refusal:
            return Outcome(id=ticket, number=number, done=False, problem=str(refusal))
        return Outcome(id=ticket, number=number, done=True)

    return await parts.database.write(once(request, Outcomes, move))


@router.get("/tickets/{ticket}")
async def detail(ticket: TicketId, user: Reader, parts: PartsIn, asked: Request) -> Detail:
    """One ticket with its journal, its clocks and the moves of this role."""

    def find(session: Session) -> Detail:
        return detail_page.build(session, load(session, ticket, user), user, by(user, asked), parts.rules())

    return await parts.database.read(find)


@router.patch("/tickets/{ticket}")
async def edit(ticket: TicketId, body: Edit, user: Reader, parts: PartsIn, asked: Request, request: Once) -> TicketOut:
    """Change fields, which the copilot never overwrites from then on, or give fields back to it."""
    check_inputs(parts, body.changes)

    def change(session: Session) -> TicketOut:
        row = load(session, ticket, user)
        seen = body.version
        with naming(session):
            if body.changes:
                seen = tickets.edit(session, row, body.changes, by(user, asked, seen), parts.rules()).ticket_version
            if body.release:
                found = last_filled(session, row.call_id)
                tickets.release(session, row, body.release, found, by(user, asked, seen), parts.rules())
        return shape(row, datetime.now(UTC))

    return await parts.database.write(once(request, TicketOut, change))


@router.post("/tickets/{ticket}/actions/{action}")
async def act(
    ticket: TicketId, action: Action, body: Act, user: Reader, parts: PartsIn, asked: Request, request: Once
) -> TicketOut:
    """A move of the workflow table, with the inputs that the table names."""
    given = check_inputs(parts, body.inputs)

    def move(session: Session) -> TicketOut:
        row = load(session, ticket, user)
        with naming(session):
            moves.act(session, row, action, by(user, asked, body.version), given, parts.rules())
        return shape(row, datetime.now(UTC), detail_page.hides(row, user.role))

    return await parts.database.write(once(request, TicketOut, move))


@router.post("/tickets/{ticket}/unmask")
async def unmask(ticket: TicketId, body: Unmask, user: Reader, parts: PartsIn, asked: Request) -> Identity:
    """A confidential citizen's identity, for the department that needs it; the reason is kept in the journal."""
    reason = visible(body.reason)
    if not reason:
        raise HTTPException(422, "请写明为什么需要查看诉求人信息")

    def show(session: Session) -> Identity:
        row = load(session, ticket, user)
        who = by(user, asked, body.version)
        workflow.find(Case(row, who, parts.rules().at(who.at).limits), Action.UNMASK)
        moves.own_department(row, who)
        journal.write(session, row, Action.UNMASK, who, State(row.state), reason=reason)
        return Identity(
            citizen_name=row.citizen_name, calling_number=row.calling_number, callback_number=row.callback_number
        )

    return await parts.database.write(show)


def check_inputs(parts: Parts, given: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a move. Raises 422 for a department or an article that there is not."""
    known = parts.departments()
    assisting = given.get("assisting")
    for name in (given.get("department"), *(assisting if isinstance(assisting, list) else [])):
        if isinstance(name, str) and name.strip() and name not in known:
            raise HTTPException(422, f"承办单位里没有“{visible(name)[:100]}”，请从承办单位列表选择")
    cited = given.get("cited")
    for one in cited if isinstance(cited, list) else []:
        article = one.get("article") if isinstance(one, Mapping) else None
        if isinstance(article, str) and article not in parts.articles:
            raise HTTPException(422, f"热线百科里没有 {article[:64]}，请重新采用一条建议")
    return dict(given)


def _listed(rows: Iterable[Ticket], user: Who, now: datetime) -> list[TicketOut]:
    return [listed(row, now, detail_page.hides(row, user.role)) for row in rows]
