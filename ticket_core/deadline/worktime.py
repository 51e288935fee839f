"""Counting in working days and in office hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile

from ticket_core.deadline.calendar import ZONE, Calendar

Hours = tuple[tuple[time, time], ...]
LAST = datetime(9999, 1, 1, tzinfo=ZONE)  # never reached: the calendar refuses long before


@dataclass(frozen=True, slots=True)
class Worktime:
    """The working days of a calendar, each with the same office hours: spans in order, of local time.

    Moments in and out are aware; they come out in local time.
    """

    calendar: Calendar
    hours: Hours

    def begin(self, at: datetime) -> datetime:
        """Where days are counted from: a moment on a day off, or before the office opens, counts as the next opening.

        An evening after hours keeps its time, so that nobody gains a day by sending it late.
        """
        local = at.astimezone(ZONE)
        opening = self.hours[0][0]
        if self.calendar.working(local.date()):
            return max(local, _on(local.date(), opening))
        return _on(self.calendar.next_working(local.date()), opening)

    def later(self, at: datetime, days: int) -> datetime:
        """The same time of day, so many working days after where `at` counts from."""
        begun = self.begin(at)
        day = begun.date()
        for _ in range(days):
            day = self.calendar.next_working(day)
        return _on(day, begun.timetz().replace(tzinfo=None))

    def earlier(self, at: datetime, days: int) -> datetime:
        """The same time of day, so many working days before."""
        local = at.astimezone(ZONE)
        day = local.date()
        while days > 0:
            day -= timedelta(days=1)
            days -= self.calendar.working(day)
        return _on(day, local.timetz().replace(tzinfo=None))

    def days(self, start: datetime, end: datetime) -> int:
        """Working days that went by between two moments, as `later` counts them."""
        day, last = self.begin(start).date(), self.begin(end).date()
        passed = 0
        while day < last:
            day = self.calendar.next_working(day)
            passed += 1
        return passed

    def daily(self) -> timedelta:
        """How long the office is open on a working day."""
        some = date(2000, 1, 1)
        return sum((_on(some, closes) - _on(some, opens) for opens, closes in self.hours), timedelta())

    def open_for(self, start: datetime, end: datetime) -> timedelta:
        """How long the office was open between two moments."""
        spans = takewhile(lambda span: span[0] < end, self._spans(start, end))
        return sum((min(closes, end) - max(opens, start) for opens, closes in spans), timedelta())

    def after(self, start: datetime, open_time: timedelta) -> datetime:
        """When the office has been open for so long since `start`."""
        for opens, closes in self._spans(start, LAST):
            begun = max(opens, start.astimezone(ZONE))
            if closes - begun >= open_time:
                return begun + open_time
            open_time -= closes - begun
        raise AssertionError("office hours never end")

    def _spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The spans of office hours that end after `start`, on days up to that of `end`."""
        day, last = start.astimezone(ZONE).date(), end.astimezone(ZONE).date()
        while day <= last:
            if self.calendar.working(day):
                for opens, closes in self.hours:
                    if _on(day, closes) > start:
                        yield _on(day, opens), _on(day, closes)
            day += timedelta(days=1)


def _on(day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZONE)
