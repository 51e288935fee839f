"""One move under way: the ticket, who acts, what was given, and the clocks that it starts or shifts."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from ticket_core.by import By
from ticket_core.deadline import Due, Matter, Rulebook, Rules
from ticket_core.tables import NEVER, Ticket
from ticket_core.vocabulary import Clock, State

HANDLING = (State.IN_PROGRESS, State.EXTENSION_REQUESTED, State.PEND_REQUESTED, State.RETURN_REQUESTED, State.REWORK)


@dataclass(slots=True)
class Step:
    """clocks: clock -> {begun, due_at, why}, for the journal; `begun` tells a new clock from one that was shifted."""

    session: Session
    ticket: Ticket
    by: By
    inputs: dict[str, Any]
    book: Rulebook
    target: State
    clocks: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def rules(self) -> Rules:
        """In force now, for a clock that begins."""
        return self.book.at(self.by.at)

    @property
    def running(self) -> Rules:
        """Under which the ticket's clocks run."""
        return self.book.named(self.ticket.rule_version) if self.ticket.rule_version else self.rules

    @property
    def matter(self) -> Matter:
        """What decides the ticket's terms."""
        ticket = self.ticket
        return Matter(ticket.nature, ticket.urgency, ticket.called_number, ticket.citizen_kind)

    def begin(self, clock: Clock) -> datetime:
        """Start a clock now; by when."""
        due = self.rules.due(clock, self.matter, self.by.at)
        self.note(clock, due, begun=True)
        return due.at

    def begin_handling(self, clock: Clock = Clock.HANDLE) -> None:
        """Start the clock of the whole handling."""
        due = self.rules.due(clock, self.matter, self.by.at)
        self.ticket.due_at, self.ticket.due_amber_at = due.at, due.amber_at
        self.ticket.rule_version = self.rules.version
        self.note(Clock.HANDLE, due, begun=True)

    def shift_handling(self, due: Due) -> None:
        """Extend the clock of the handling, or let it go on after a pause."""
        self.ticket.due_at, self.ticket.due_amber_at = due.at, due.amber_at
        self.note(Clock.HANDLE, due, begun=False)

    def note(self, clock: Clock, due: Due, begun: bool) -> None:
        """For the journal."""
        self.clocks[clock.value] = {"begun": begun, "due_at": due.at, "why": list(due.why)}

    def settle(self, before: State) -> None:
        """After the state has changed: pause or resume, close, and say by when the new state is wanted."""
        ticket = self.ticket
        if before == self.target:
            return
        self._pause(before)
        if self.target == State.CLOSED:
            ticket.closed_at = self.by.at
        wanted = self._wanted()
        ticket.step_due_at, ticket.step_amber_at = (wanted.at, wanted.amber_at) if wanted else (NEVER, NEVER)

    def _pause(self, before: State) -> None:
        ticket = self.ticket
        stopped, stops = self.running.pauses(before), self.running.pauses(self.target)
        if stops and not stopped:
            ticket.paused_at = self.by.at
        elif stopped and not stops and ticket.paused_at is not None:
            if ticket.due_at is not None:
                self.shift_handling(self.running.resumed(ticket.due_at, ticket.paused_at, self.by.at, self.matter))
            ticket.paused_at = None

    def _wanted(self) -> Due | None:
        ticket = self.ticket
        if self.target == State.DISPATCHED and ticket.dispatched_at is not None:
            return self.running.due(Clock.SIGN, self.matter, ticket.dispatched_at)
        if self.target in HANDLING and ticket.due_at is not None:
            return Due(ticket.due_at, ticket.due_amber_at or ticket.due_at, ())
        if self.target == State.TO_CALL_BACK:
            return self.rules.due(Clock.CALLBACK, self.matter, self.by.at)  # as `begin` did
        if self.target == State.EMERGENCY:
            return self.rules.due(Clock.REPORT, self.matter, self.by.at)
        if self.target == State.PENDED and ticket.review_at is not None:
            return Due(ticket.review_at, ticket.review_at - timedelta(days=1), ())
        return None
