"""Weeks at the hotline, from Monday: what the plots count by."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ticket_core.deadline import ZONE

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """start: its Monday; it holds begin and all before end (aware)."""

    start: date
    begin: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.begin <= at < self.end

    def count(self, moments: Iterable[datetime]) -> int:
        """How many of these moments lie in it."""
        return sum(self.holds(at) for at in moments)


def weeks(now: datetime, count: int) -> list[Week]:
    """The last so many weeks, the present one at the end."""
    today = now.astimezone(ZONE).date()
    monday = today - timedelta(days=today.weekday())
    return [_week(monday - WEEK * back) for back in reversed(range(count))]


def _week(start: date) -> Week:
    return Week(start, datetime.combine(start, time(), ZONE), datetime.combine(start + WEEK, time(), ZONE))
