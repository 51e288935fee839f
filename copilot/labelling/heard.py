"""Calls that are over, as labelling reads them: who said what, what was shown, whose names must not be told."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot import events
from copilot.labelling.found import citizen
from copilot.masking import mask as masked
from copilot.tables import CallRow, EventRow
from ticket_core.tables import Ticket

KINDS = ("heard", "suggested", "drafted", "routed")


@dataclass(slots=True)
class Heard:
    """heard: finals with words, in the order in which they were said. names: of the citizen, as far as known."""

    row: CallRow
    ticket: Ticket | None
    citizen: str
    heard: list[events.Heard] = field(default_factory=list)
    suggested: list[events.Suggested] = field(default_factory=list)
    drafted: dict[str, events.Filled] = field(default_factory=dict)
    routed: events.Routed | None = None

    @property
    def names(self) -> list[str]:
        """To be masked."""
        told = self.drafted.get("citizen_name")
        return [name for name in (self.ticket and self.ticket.citizen_name, told and told.value) if name]

    @property
    def confidential(self) -> bool:
        """Whether the citizen wants not to be known: then nothing of the call is labelled."""
        return self.ticket is not None and self.ticket.confidential

    def words(self) -> str:
        """All that the citizen said."""
        return "。".join(one.text for one in self.heard if one.leg == "citizen")

    def shown(self, turns: Iterable[events.Heard]) -> list[dict[str, str]]:
        """Turns as annotators see them."""
        return [{"who": one.leg, "text": masked(one.text, self.names)} for one in turns]


def load(session: Session, rows: Collection[CallRow]) -> dict[str, Heard]:
    """What was kept of these calls."""
    kept = select(EventRow.call, EventRow.body).where(EventRow.type.in_(KINDS))
    kept = kept.where(EventRow.call.in_([row.id for row in rows])).order_by(EventRow.call, EventRow.seq)
    bodies: dict[str, list[dict[str, object]]] = defaultdict(list)
    for call, body in session.execute(kept):
        bodies[call].append(body)
    return {row.id: _heard(session, row, bodies[row.id]) for row in rows}


def _heard(session: Session, row: CallRow, bodies: Iterable[dict[str, object]]) -> Heard:
    ticket = session.get(Ticket, row.ticket) if row.ticket else None
    called_back = ticket.callback_number if ticket else ""
    one = Heard(row, ticket, citizen(session, row.number, called_back))
    for body in bodies:
        match event := events.WIRE.validate_python(body):
            case events.Heard() if event.final and event.text:
                one.heard.append(event)
            case events.Suggested():
                one.suggested.append(event)
            case events.Drafted():
                one.drafted = {filled.name: filled for filled in event.fields}
            case events.Routed():
                one.routed = event
    one.heard.sort(key=lambda said: (said.start, said.seq))
    return one
