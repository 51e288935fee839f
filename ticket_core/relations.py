"""Tickets that belong together: duplicates, which inherit their parent's result, and later ones on the same matter."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from ticket_core import journal
from ticket_core.effects import call_back_next
from ticket_core.errors import TicketError
from ticket_core.step import Step
from ticket_core.tables import Ticket
from ticket_core.vocabulary import Action, State
from ticket_core.workflow import ENDED, SETTLED

INHERITED = ("department", "route", "basis", "answer", "cited", "reply", "result")


def children(session: Session, parent: Ticket) -> list[Ticket]:
    """What is merged into a ticket and has no result yet."""
    query = select(Ticket).where(Ticket.merged_into == parent.id, Ticket.state == State.MERGED.value)
    return list(session.scalars(query.order_by(Ticket.id)))


def heirs(session: Session, ticket: Ticket) -> list[Ticket]:
    """What inherits now that a ticket has moved: its children when it has its result, itself when its parent has."""
    if ticket.state in SETTLED:
        return children(session, ticket)
    if ticket.state == State.MERGED and session.get_one(Ticket, ticket.merged_into).state in SETTLED:
        return [ticket]
    return []


def _merge(step: Step) -> None:
    child, parent = step.ticket, _parent(step)
    _tell(step, parent, {"merged": child.number})  # saves: what the child changes must come after
    child.state_before, child.merged_into = child.state, parent.id


def _unmerge(step: Step) -> None:
    child = step.ticket
    if child.merged_into is not None:
        _tell(step, step.session.get_one(Ticket, child.merged_into), {"unmerged": child.number})
    child.state_before, child.merged_into = "", None


def _parent(step: Step) -> Ticket:
    child, number = step.ticket, step.inputs["into"]
    parent = step.session.scalar(select(Ticket).where(Ticket.number == number))
    if parent is None or parent.id == child.id:
        raise TicketError(f"没有可以并入的工单 {number}，请核对工单号")
    if parent.state == State.DRAFT:
        raise TicketError(f"工单 {number} 还是草稿，不能作主单；请等它提交，或并入别的工单")
    if parent.state == State.MERGED:
        raise TicketError(f"工单 {number} 已并入别的工单，请并入它的主单")
    if parent.state in ENDED:
        raise TicketError(f"工单 {number} 已{State(parent.state).label[1:]}，不能再并入；请按新工单办理并关联")
    if children(step.session, child):
        raise TicketError("已有工单并入这张工单，请先撤销并单，或把它作为主单")
    return parent


def _link(step: Step) -> None:
    """Never in a ring: an earlier ticket is one that was made before."""
    ticket, number = step.ticket, step.inputs["earlier"]
    earlier = step.session.scalar(select(Ticket).where(Ticket.number == number, Ticket.id < ticket.id))
    if earlier is None:
        raise TicketError(f"没有比这张更早的工单 {number}，请核对工单号")
    ticket.linked_to = earlier.id


def _tell(step: Step, parent: Ticket, what: dict[str, str]) -> None:
    """The parent's journal tells of it, too."""
    journal.write(step.session, parent, Action.ABSORB, step.by, State(parent.state), details=what)


def _inherit(step: Step) -> None:
    child, parent = step.ticket, step.session.get_one(Ticket, step.ticket.merged_into)
    for name in INHERITED:
        setattr(child, name, getattr(parent, name))
    child.first_department = child.first_department or parent.first_department
    child.rule_version = step.rules.version
    call_back_next(step)


EFFECTS: dict[Action, Callable[[Step], None]] = {
    Action.MERGE: _merge,
    Action.UNMERGE: _unmerge,
    Action.INHERIT: _inherit,
    Action.LINK: _link,
}
