"""One ticket as its page shows it: fields, journal, clocks with their reasons, relations, what may be done now."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.api.access import Who
from copilot.api.shapes import (
    ActionOut,
    AttachmentOut,
    ClockOut,
    Detail,
    EntryOut,
    RelatedOut,
    asked,
    light,
    listed,
    shape,
    veil,
    veiled,
)
from copilot.roles import scope_of
from copilot.tables import User
from ticket_core import queries, tickets, workflow
from ticket_core.by import By
from ticket_core.deadline import Rulebook
from ticket_core.guards import Case
from ticket_core.inputs import INPUTS
from ticket_core.queries import Scope
from ticket_core.tables import NEVER, Attachment, JournalEntry, Ticket
from ticket_core.vocabulary import Action, Clock, Role, State

# a clock, where its moment stands, and where it is noted that nothing is awaited any more
COLUMNS: dict[Clock, tuple[str, ...]] = {
    Clock.SIGN: ("sign_due_at", "signed_at"),
    Clock.CONTACT: ("contact_due_at", "contacted_at", "replied_at", "closed_at"),
    Clock.HANDLE: ("due_at", "replied_at", "closed_at"),
    Clock.RETURN: ("return_due_at", "signed_at"),
    Clock.REPORT: ("report_due_at", "report_sent_at"),
    Clock.CALLBACK: ("callback_due_at", "closed_at"),
}


def hides(row: Ticket, role: str) -> bool:
    """Whether this role sees a ticket without the citizen's identity: outside the centre, where it is confidential."""
    return row.confidential and role == Role.DEPARTMENT


def closed(session: Session, row: Ticket, user: Who, file: Attachment) -> bool:
    """Whether a file is kept from this user: citizens are named in files, so where their identity is hidden, whoever
    has not given a reason for asking who they are gets only what they sent themselves.
    """
    if not hides(row, user.role) or file.actor == user.username:
        return False
    asked_for = select(JournalEntry.id).where(
        JournalEntry.ticket_id == row.id,
        JournalEntry.action == Action.UNMASK.value,
        JournalEntry.actor == user.username,
    )
    return session.scalar(asked_for.limit(1)) is None


def build(session: Session, row: Ticket, user: Who, by: By, book: Rulebook) -> Detail:
    """All of one ticket, for one person."""
    hidden = hides(row, user.role)
    lines = queries.journal_of(session, row.id)
    names = names_of(session, {line.actor for line in lines})
    reach = reach_of(session, user)
    moves = workflow.possible(Case(row, by, book.at(by.at).limits)) if _own(row, by) else []
    files = session.scalars(select(Attachment).where(Attachment.ticket_id == row.id).order_by(Attachment.id))
    return Detail(
        ticket=shape(row, by.at, hidden),
        journal=[_entry(line, names, veil(row) if hidden else None) for line in lines],
        actions=[
            ActionOut(action=move.action, label=move.action.label, needs=list(move.needs), takes=list(move.takes))
            for move in moves
            if move.action not in workflow.OWN_SERVICE
        ],
        editable=list(tickets.FIELDS) if tickets.editable(row, by, book) else [],
        clocks=list(_clocks(row, lines, by.at)),
        related=[
            RelatedOut(
                id=other.id,
                number=other.number,
                title=listed(other, by.at, hides(other, user.role)).title,
                state=other.state,
                state_label=State(other.state).label,
                relation=relation,
            )
            for relation, other in queries.related(session, row)
            if queries.visible(other, reach)
        ],
        attachments=[_file(file, closed(session, row, user, file)) for file in files],
        masked=hidden,
        inputs=asked(INPUTS),
        fields=asked(tickets.FIELDS),
    )


def _file(file: Attachment, shut: bool) -> AttachmentOut:
    out = AttachmentOut.model_validate(file)
    return out.model_copy(update={"name": f"附件{Path(file.name).suffix}", "closed": True}) if shut else out


def _own(row: Ticket, by: By) -> bool:
    return by.role != Role.DEPARTMENT or by.department == row.department


def reach_of(session: Session, user: Who) -> Scope:
    """Of which other tickets this user is told beside one: duplicates come to anybody, a department has its own."""
    return Scope() if user.role != Role.DEPARTMENT else scope_of(session, user)


def names_of(session: Session, usernames: Iterable[str]) -> dict[str, str]:
    """What people are called, by their usernames."""
    rows = session.execute(select(User.username, User.name).where(User.username.in_(usernames)))
    return {username: name for username, name in rows} | {"system": "系统", "copilot": "智能助手"}


def _entry(line: JournalEntry, names: dict[str, str], hide: Callable[[str], str] | None) -> EntryOut:
    out = EntryOut.model_validate(line)
    out.name = names.get(line.actor, line.actor)
    if hide is None:
        return out
    details = {name: veiled(value, hide) for name, value in out.details.items() if name != "name"}  # of a file
    return out.model_copy(update={"changes": {}, "details": details, "reason": hide(out.reason)})


def _clocks(row: Ticket, lines: Iterable[JournalEntry], now: datetime) -> Iterator[ClockOut]:
    why = _reasons(lines)
    for clock in COLUMNS:
        at, kept = _moments(row, clock)
        if at is not None:
            amber = row.due_amber_at if clock == Clock.HANDLE and row.due_amber_at else at
            still = kept is None and (row.paused_at is not None or (clock == Clock.RETURN and at < now))
            shown = "" if still else light(at, amber, kept or now)
            yield ClockOut(
                clock=clock, label=clock.label, due_at=at, light=shown, done_at=kept, why=why.get(clock.value, [])
            )
    if row.state == State.PENDED and row.review_at is not None and row.review_at != NEVER:
        yield ClockOut(
            clock=Clock.REVIEW,
            label=Clock.REVIEW.label,
            due_at=row.review_at,
            light=light(row.review_at, row.review_at, now),
            done_at=None,
            why=["挂账时约定的复核日期"],
        )


def _moments(row: Ticket, clock: Clock) -> tuple[datetime | None, datetime | None]:
    """When a clock of the ticket is due, and when it ended. The citizen who disputes has been called."""
    at, *ends = (getattr(row, name) for name in COLUMNS[clock])
    if clock == Clock.CALLBACK and row.state == State.ADJUDICATION:
        ends.append(datetime.fromisoformat(row.callbacks[-1]["at"]))
    return at, next((end for end in ends if end is not None), None)


def _reasons(lines: Iterable[JournalEntry]) -> dict[str, list[str]]:
    """Why each clock stands where it stands: as computed when it began, and at every shift since."""
    why: dict[str, list[str]] = {}
    for line in lines:
        clocks: dict[str, dict[str, Any]] = line.details.get("clocks", {})
        for clock, told in clocks.items():
            why[clock] = [*([] if told["begun"] else why.get(clock, [])), *told["why"]]
    return why
