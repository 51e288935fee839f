"""A rule pack out of TOML; one that is wrong is refused with every error and its place."""

import re
from collections.abc import Sequence
from datetime import time
from typing import Any, get_args

from ticket_core.deadline import calendar
from ticket_core.deadline.calendar import Calendar
from ticket_core.deadline.reading import Section, read
from ticket_core.deadline.rules import Alert, Limits, Rules
from ticket_core.deadline.term import Amber, Row, Term, Unit
from ticket_core.deadline.worktime import Hours, Worktime
from ticket_core.vocabulary import Clock, State

UNITS: tuple[Unit, ...] = get_args(Unit)
MOST: dict[Unit, int] = {"working_days": 250, "working_hours": 1000, "hours": 2400, "minutes": 10_000}
LIMITS = ("returns", "extensions", "reworks", "callback_attempts", "callback_days")
CONDITIONS: dict[str, tuple[str, ...]] = {
    "nature": ("咨询", "求助", "投诉", "举报", "建议", "表扬"),
    "urgency": ("普通", "紧急"),
    "line": (),  # any number
    "kind": ("个人", "企业", "匿名"),
}
TERMED = tuple(clock for clock in Clock if clock != Clock.REVIEW)  # a person chooses when a pended ticket is reviewed
ALERTED = (Clock.SIGN, Clock.CONTACT, Clock.HANDLE)  # while a department has the ticket, it can be urged
TERM = ("clock", *CONDITIONS, *UNITS, "amber_share", "amber_days")
ALERT = ("clock", "days", "action", "level")
SINGLE = ("version", "name", "note", "effective_from", "office_hours", "paused_in")
OPTIONAL = ("extension_days", "archive_days", "close_hours")
KEYS = (*SINGLE, *OPTIONAL, "limits", "amber", "term", "alert")
WHOLE_DAY: Hours = ((time(9), time(17)),)


def parse(text: str, holidays: Calendar | None = None) -> Rules:
    """A rule pack; holidays: those that ship with the product where none are given.

    Raises TicketError that names every error with its place.
    """
    top = read(text, "时限规则")
    top.only(KEYS)
    limits = top.table("limits", LIMITS)
    amber = _amber(top.table("amber", ("share", "days")), Amber(), "", MOST["working_days"])
    rules = Rules(
        version=_version(top),
        name=top.text("name", 50),
        note=top.text("note", 2000, optional=True),
        effective_from=top.day("effective_from"),
        limits=Limits(**{name: limits.number(name, 0, 20) for name in LIMITS}),
        alerts=tuple(filter(None, map(_alert, top.tables("alert", ALERT)))),
        rows=_rows(top, amber),
        amber=amber,
        worktime=Worktime(holidays or calendar.shipped(), _hours(top)),
        paused_in=_states(top),
        extension_days=top.number("extension_days", 0, 250, 0),
        archive_days=top.number("archive_days", 0, 3650, 7),
        close_hours=top.number("close_hours", 0, 2400, 24),
    )
    if not top.problems:
        _check_order(top, rules.rows)
    top.refuse("时限规则")
    return rules


def _version(top: Section) -> str:
    version = top.text("version", 50)
    if version and not re.fullmatch(r"[\w.-]+", version):
        top.wrong("version", "只能用字母、数字、点和短横，例如 yangzhou-2026")
    return version


def _states(top: Section) -> frozenset[State]:
    known, given = [state.value for state in State], top.items("paused_in")
    if any(one not in known for one in given):
        top.wrong("paused_in", f"只能写状态名：{'、'.join(known)}")
    return frozenset(State(one) for one in given if one in known)


def _hours(top: Section) -> Hours:
    spans = [_span(one) for one in top.items("office_hours")]
    good = [span for span in spans if span]
    ends = [moment for span in good for moment in span]
    if good and len(good) == len(spans) and ends == sorted(set(ends)):
        return tuple(good)
    top.wrong("office_hours", '要按先后写上班时间，例如 ["08:30-12:00", "14:00-18:00"]')
    return WHOLE_DAY


def _span(raw: Any) -> tuple[time, time] | None:
    found = re.fullmatch(r"(\d\d:\d\d) *- *(\d\d:\d\d)", raw) if isinstance(raw, str) else None
    try:
        return (time.fromisoformat(found[1]), time.fromisoformat(found[2])) if found else None
    except ValueError:
        return None


def _amber(given: Section, usual: Amber, prefix: str, days_below: int) -> Amber:
    """A share of the term, or working days before its end, less than it has."""
    names = [name for name in (f"{prefix}share", f"{prefix}days") if name in given.given]
    if not names:
        return usual
    value = given.given[names[0]]
    if len(names) == 2:
        given.wrong(names[1], f"与 {names[0]} 只写一个")
    elif names[0].endswith("days") and type(value) is int and 1 <= value < days_below:
        return Amber(usual.share, value)
    elif names[0].endswith("share") and type(value) in (int, float) and 0 < value < 1:
        return Amber(float(value))
    else:
        given.wrong(names[0], "share 要大于 0 小于 1；days 要写整数，并少于期限的工作日数")
    return usual


def _rows(top: Section, usual: Amber) -> tuple[Row, ...]:
    rows = [_row(number, given, usual) for number, given in enumerate(top.tables("term", TERM), 1)]
    return tuple(filter(None, rows))


def _row(number: int, given: Section, usual: Amber) -> Row | None:
    clock, term = _clock(given, TERMED), _term(given)
    wanted = [_condition(given, name) for name in CONDITIONS]
    if clock is None or term is None:
        return None
    days = term.amount if term.unit == "working_days" else 0
    return Row(number, clock, term, _amber(given, usual, "amber_", days), *wanted)


def _clock(given: Section, known: Sequence[Clock]) -> Clock | None:
    name = given.given.get("clock")
    for clock in known:
        if clock.value == name:
            return clock
    given.wrong("clock", f"没有“{name}”；可写：{'、'.join(f'{clock.value}（{clock.label}）' for clock in known)}")
    return None


def _term(given: Section) -> Term | None:
    units = [unit for unit in UNITS if unit in given.given]
    if len(units) == 1:
        return Term(given.number(units[0], 1, MOST[units[0]]), units[0])
    given.wrong("期限", f"要写一个且只写一个：{'、'.join(UNITS)}")
    return None


def _condition(given: Section, name: str) -> tuple[str, ...]:
    raw, known = given.given.get(name, []), CONDITIONS[name]
    values = [raw] if isinstance(raw, str) else raw
    if isinstance(values, list) and all(_among(one, known) for one in values):
        return tuple(values)
    given.wrong(name, f"可写：{'、'.join(known) or '号码，例如 12315'}")
    return ()


def _among(one: Any, known: tuple[str, ...]) -> bool:
    return one in known if known else isinstance(one, str) and one.isascii() and one.isdigit()


def _alert(given: Section) -> Alert | None:
    clock, days, action = _clock(given, ALERTED), given.number("days", -30, 90), given.given.get("action")
    if action == "supervise":
        level = given.number("level", 1, 3)
        return Alert(clock, days, "supervise", level) if clock else None
    if action != "urge" or "level" in given.given:
        given.wrong("action", "可写：urge（催办，不写 level）、supervise（督办，level 写 1 到 3）")
    return Alert(clock, days, "urge") if clock else None


def _check_order(top: Section, rows: Sequence[Row]) -> None:
    """Each clock must have a term for every ticket, and no row may stand behind one that takes all."""
    for clock in TERMED:
        mine = [row for row in rows if row.clock == clock]
        catching = [row.number for row in mine if not any(row.wanted())]
        if not catching:
            top.wrong("term", f"“{clock.label}”（{clock.value}）缺少一条不带条件的期限，放在该类最后")
        for row in mine:
            if catching and row.number > catching[0]:
                top.wrong(f"第 {row.number} 条 term", f"排在不带条件的第 {catching[0]} 条之后，永远用不到")
