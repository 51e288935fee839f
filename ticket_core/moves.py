"""Every move of the workflow table goes through here: checked, made, journalled, its clocks and timers set."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ticket_core import inputs, journal, relations, timers, workflow
from ticket_core.by import By
from ticket_core.deadline import Rulebook
from ticket_core.effects import EFFECTS as OWN_EFFECTS
from ticket_core.errors import Conflict, IllegalMove, TicketError
from ticket_core.guards import Case
from ticket_core.step import Step
from ticket_core.tables import JournalEntry, Ticket
from ticket_core.vocabulary import Action, Role, State

EFFECTS = {**OWN_EFFECTS, **relations.EFFECTS}

ANSWERING = (Role.AGENT, Role.TEAM_LEADER)  # a draft that nobody claimed is whose who first moves it


def act(
    session: Session, ticket: Ticket, action: Action, by: By, given: Mapping[str, Any], book: Rulebook
) -> JournalEntry:
    """Make a move; its journal entry. given: the inputs that the table names.

    Raises Conflict when a person changed the ticket since `by.seen`, IllegalMove for what the table does not allow,
    TicketError for inputs that are missing or wrong; nothing is changed then.
    """
    if action in workflow.OWN_SERVICE:
        raise TicketError(f"“{action.label}”要填写内容，请用对应的按钮办理")
    same_version(session, ticket, by.seen)
    row = workflow.find(Case(ticket, by, book.at(by.at).limits), action)
    own_department(ticket, by)
    entry = _make(Step(session, ticket, by, inputs.read(given, row.needs, row.takes), book, row.target), action)
    system = By("system", Role.SYSTEM, by.at)
    for heir in relations.heirs(session, ticket):
        _make(Step(session, heir, system, {}, book, State.TO_CALL_BACK), Action.INHERIT)
    return entry


def _make(step: Step, action: Action) -> JournalEntry:
    """A move that has been checked."""
    ticket, before = step.ticket, State(step.ticket.state)
    if effect := EFFECTS.get(action):
        effect(step)
    if before == State.DRAFT != step.target and not ticket.agent and step.by.role in ANSWERING:
        ticket.agent = step.by.actor
    ticket.state = step.target.value
    step.settle(before)
    details = {"inputs": step.inputs} | ({"clocks": step.clocks} if step.clocks else {})
    reason = str(step.inputs.get("reason") or step.inputs.get("note") or "")
    rules = step.running
    entry = journal.write(
        step.session, ticket, action, step.by, before, reason=reason, details=details, rules=rules.version
    )
    timers.schedule(step.session, ticket, rules)
    return entry


def same_version(session: Session, ticket: Ticket, seen: int | None) -> None:
    """What the copilot filled or summed up since is no conflict; what a person did is. Raises Conflict."""
    if seen is None or seen == ticket.version:
        return
    if seen > ticket.version:
        raise Conflict("工单版本不对，请刷新后再办")
    since = select(JournalEntry).where(
        JournalEntry.ticket_id == ticket.id,
        JournalEntry.ticket_version > seen,
        JournalEntry.action != Action.FILL.value,
    )
    if entry := session.scalars(since.limit(1)).first():
        done = Action(entry.action).label
        raise Conflict(f"刚刚对这张工单做了“{done}”，您的操作没有保存；请刷新后核对再办", entry.actor)


def own_department(ticket: Ticket, by: By) -> None:
    """A department acts on what it leads. Raises IllegalMove."""
    if by.role == Role.DEPARTMENT and by.department != ticket.department:
        raise IllegalMove(f"这张工单由“{ticket.department or '（未派单）'}”主办，您的单位不能办理")
