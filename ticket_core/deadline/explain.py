"""Why something is due then: the computation, a line a step, in Chinese."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from ticket_core.deadline.calendar import ZONE, Calendar, spoken
from ticket_core.deadline.term import Matter, Row, Term
from ticket_core.deadline.worktime import Worktime


def term(
    version: str,
    name: str,
    row: Row,
    matter: Matter,
    start: datetime,
    at: datetime,
    amber: datetime,
    worktime: Worktime,
) -> tuple[str, ...]:
    """A term from its start to its end; each day that was passed over is named with its reason."""
    return (
        f"起算：{_moment(start)}",
        f"规则：{name}（{version}）第 {row.number} 条，{_scope(row)}{row.clock.label}期限 {row.term}",
        *_counting(start, at, row.term, worktime),
        f"黄灯：{_moment(amber)}（{row.amber}）",
        f"到期：{_moment(at)}",
    )


def pause(paused_at: datetime, resumed_at: datetime, passed: Term) -> str:
    """The line about a pause."""
    return f"暂停：{_moment(paused_at)}至{_moment(resumed_at)}，其间的 {passed}不计入期限"


def moved(due_at: datetime, at: datetime, amber: datetime, by: Term, said: str, worktime: Worktime) -> tuple[str, ...]:
    """A due moment that was put off; said: why."""
    counted = _counting(due_at, at, by, worktime) if by.amount else ()
    return (f"原到期：{_moment(due_at)}", said, *counted, f"黄灯：{_moment(amber)}", f"到期：{_moment(at)}")


def _moment(at: datetime) -> str:
    local = at.astimezone(ZONE)
    return f"{spoken(local.date())} {local:%H:%M}"


def _scope(row: Row) -> str:
    words = [word for wanted in row.wanted() for word in ["、".join(wanted)] if word]
    return " · ".join([*words, ""])


def _counting(start: datetime, end: datetime, term: Term, worktime: Worktime) -> tuple[str, ...]:
    if term.unit in ("hours", "minutes"):
        return (f"{term}按自然时间连续计算，节假日不停",)
    begun = worktime.begin(start) if term.unit == "working_days" else start
    shifted = () if begun == start else (f"收到时不在上班时间，从 {_moment(begun)} 上班起算",)
    return (*shifted, *_days(start, end, worktime.calendar))


def _days(start: datetime, end: datetime, calendar: Calendar) -> Iterator[str]:
    """A line for each run of days that were passed over, and for each make-up day."""
    first, last = start.astimezone(ZONE).date(), end.astimezone(ZONE).date()
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    for reason, run in groupby(days, calendar.reason):
        if reason != "工作日":
            held = list(run)
            until = f"至 {spoken(held[-1])}，共 {len(held)} 天" if len(held) > 1 else ""
            yield f"{'计入' if reason == '调休上班' else '跳过'}：{spoken(held[0])}{until}，{reason}"
