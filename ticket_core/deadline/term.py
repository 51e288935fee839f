"""A time limit: so much of a unit, for which tickets it stands, and when its light turns amber."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Literal

from ticket_core.deadline.calendar import ZONE
from ticket_core.deadline.worktime import Worktime
from ticket_core.vocabulary import Clock

Unit = Literal["working_days", "working_hours", "hours", "minutes"]
UNITS: dict[Unit, str] = {"working_days": "个工作日", "working_hours": "个工作小时", "hours": "小时", "minutes": "分钟"}


@dataclass(frozen=True, slots=True)
class Matter:
    """What decides a term. kind: of the citizen (个人, 企业, 匿名)."""

    nature: str = ""
    urgency: str = ""
    line: str = "12345"
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """So much of a unit. Minutes and hours run round the clock."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount} {UNITS[self.unit]}"

    def end(self, start: datetime, worktime: Worktime) -> datetime:
        """When it is over, in local time."""
        if self.unit == "working_days":
            return worktime.later(start, self.amount)
        if self.unit == "working_hours":
            return worktime.after(start, timedelta(hours=self.amount))
        return start.astimezone(ZONE) + self._length()

    def passed(self, start: datetime, end: datetime, worktime: Worktime) -> "Term":
        """How much of its kind went by between two moments: working days, office hours or minutes, begun ones whole."""
        if self.unit == "working_days":
            return Term(worktime.days(start, end), "working_days")
        if self.unit == "working_hours":
            return Term(ceil(worktime.open_for(start, end) / timedelta(hours=1)), "working_hours")
        return Term(ceil((end - start) / timedelta(minutes=1)), "minutes")

    def in_days(self, worktime: Worktime) -> int:
        """Working days that it makes, rounded up."""
        if self.unit == "working_days":
            return self.amount
        day = worktime.daily() if self.unit == "working_hours" else timedelta(days=1)
        return ceil(self._length() / day)

    def _length(self) -> timedelta:
        return timedelta(minutes=self.amount) if self.unit == "minutes" else timedelta(hours=self.amount)


@dataclass(frozen=True, slots=True)
class Amber:
    """When the light turns: so many working days before it is due, or where days is 0 when this share is used up."""

    share: float = 0.75
    days: int = 0

    def at(self, start: datetime, end: datetime, term: Term, worktime: Worktime) -> datetime:
        """The moment between start and end; a share of working time counts the time the office is open."""
        if self.days and term.unit == "working_days":
            return max(worktime.earlier(end, self.days), start.astimezone(ZONE))
        if term.unit in ("hours", "minutes"):
            return start + (end - start) * self.share
        return min(end, worktime.after(start, worktime.open_for(start, end) * self.share))

    def __str__(self) -> str:
        return f"到期前 {self.days} 个工作日" if self.days else f"期限用去 {self.share:.0%}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a pack. An empty tuple fits all; number: its place in the pack, from 1."""

    number: int
    clock: Clock
    term: Term
    amber: Amber
    natures: tuple[str, ...] = ()
    urgencies: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def fits(self, clock: Clock, matter: Matter) -> bool:
        """Whether it decides that clock of that matter."""
        given = (matter.nature, matter.urgency, matter.line, matter.kind)
        return self.clock == clock and all(
            not wanted or one in wanted for one, wanted in zip(given, self.wanted(), strict=True)
        )

    def wanted(self) -> tuple[tuple[str, ...], ...]:
        """Its four conditions: nature, urgency, line, kind."""
        return self.natures, self.urgencies, self.lines, self.kinds
