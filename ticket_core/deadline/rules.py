"""A rule pack: how long each step of a ticket may take, counted how, and what happens near the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Literal

from ticket_core.deadline import explain
from ticket_core.deadline.calendar import ZONE, Calendar
from ticket_core.deadline.term import Amber, Matter, Row, Term
from ticket_core.deadline.worktime import Worktime
from ticket_core.errors import TicketError
from ticket_core.vocabulary import Clock, State


@dataclass(frozen=True, slots=True)
class Limits:
    """How often what may be done; callback_days: different days on which the attempts must lie."""

    returns: int
    extensions: int
    reworks: int
    callback_attempts: int
    callback_days: int


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due and when its light turns amber (UTC); why: the computation, a line a step (Chinese)."""

    at: datetime
    amber_at: datetime
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """What the system does near a due moment. days: working days before (−) or after it; level: of a supervision."""

    clock: Clock
    days: int
    action: Literal["urge", "supervise"]
    level: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """A version of a rule pack. rows: the first that fits decides a term. extension_days: the longest extension, 0:
    the original term. archive_days, close_hours: how long a closed ticket, an answered one waits for the system.
    """

    version: str
    name: str
    note: str
    effective_from: date
    limits: Limits
    alerts: tuple[Alert, ...]
    rows: tuple[Row, ...]
    amber: Amber
    worktime: Worktime
    paused_in: frozenset[State] = frozenset()
    extension_days: int = 0
    archive_days: int = 7
    close_hours: int = 24

    def due(self, clock: Clock, matter: Matter, start: datetime) -> Due:
        """When a step that began at `start` (aware) is due. Raises TicketError past the known holiday years."""
        row = self.row(clock, matter)
        at = row.term.end(start, self.worktime)
        amber = row.amber.at(start, at, row.term, self.worktime)
        return _due(at, amber, explain.term(self.version, self.name, row, matter, start, at, amber, self.worktime))

    def extended(self, due_at: datetime, days: int) -> Due:
        """Due so many working days later; amber when the added time runs out. Raises TicketError like `due`."""
        return self._moved(due_at, due_at, Term(days, "working_days"), f"延期：{days} 个工作日")

    def longest_extension(self, matter: Matter) -> int:
        """Working days that one extension may have: at most the original term, a part of a day counts as one."""
        return self.extension_days or self.row(Clock.HANDLE, matter).term.in_days(self.worktime)

    def resumed(self, due_at: datetime, paused_at: datetime, resumed_at: datetime, matter: Matter) -> Due:
        """Due later by the pause, in the unit of the term; amber when the rest runs out. Raises like `due`."""
        term = self.row(Clock.HANDLE, matter).term
        passed = term.passed(paused_at, max(paused_at, resumed_at), self.worktime)
        return self._moved(due_at, resumed_at, passed, explain.pause(paused_at, resumed_at, passed))

    def pauses(self, state: State) -> bool:
        """Whether the time to handle stands still in that state."""
        return state in self.paused_in

    def alert_at(self, alert: Alert, due: Due) -> datetime:
        """When an alert is to go off; one before the due moment never comes before the light turns amber."""
        if alert.days >= 0:
            return self.worktime.later(due.at, alert.days).astimezone(UTC) if alert.days else due.at
        return max(self.worktime.earlier(due.at, -alert.days).astimezone(UTC), due.amber_at)

    def row(self, clock: Clock, matter: Matter) -> Row:
        """The row that decides. Raises TicketError where the pack has none."""
        for row in self.rows:
            if row.fits(clock, matter):
                return row
        raise TicketError(f"时限规则 {self.version} 没有写“{clock.label}”的期限；请管理员在“配置—时限规则”补上")

    def on(self, calendar: Calendar) -> "Rules":
        """The same rules with other holidays laid over theirs."""
        return replace(self, worktime=replace(self.worktime, calendar=calendar.over(self.worktime.calendar)))

    def _moved(self, due_at: datetime, going_on: datetime, by: Term, said: str) -> Due:
        """Due later by a term, the rest of the time running from `going_on`."""
        at = max(due_at, by.end(due_at, self.worktime)) if by.amount else due_at
        amber = self.amber.at(going_on, at, by, self.worktime) if going_on < at else at
        return _due(at, amber, explain.moved(due_at, at, amber, by, said, self.worktime))


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The packs that are or were in force, and those that will be."""

    packs: Sequence[Rules] = field(default=())

    def at(self, moment: datetime) -> Rules:
        """The pack in force then: the one that came into effect last, of several from one day the last given.

        Raises TicketError when there is none.
        """
        day = moment.astimezone(ZONE).date()
        begun = [pack for pack in self.packs if pack.effective_from <= day]
        if not begun:
            raise TicketError(f"{day} 还没有生效的时限规则；请管理员在“配置—时限规则”发布一份，并填好生效日期")
        return max(reversed(begun), key=lambda pack: pack.effective_from)

    def named(self, version: str) -> Rules:
        """A pack by its version. Raises TicketError when it is not there."""
        for pack in reversed(self.packs):
            if pack.version == version:
                return pack
        known = "、".join(pack.version for pack in self.packs) or "无"
        raise TicketError(f"没有时限规则“{version}”；现有：{known}")


def _due(at: datetime, amber: datetime, why: tuple[str, ...]) -> Due:
    return Due(at.astimezone(UTC), min(amber, at).astimezone(UTC), why)
