"""Reads a rule pack out of TOML; what is wrong is told all at once, each with its place."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any, get_args

from ticket_core import calendar
from ticket_core.calendar import Calendar
from ticket_core.problems import Problems, syntax
from ticket_core.rules import Alert, Limits, Rules
from ticket_core.term import Amber, Row, Term, Unit
from ticket_core.vocabulary import Clock, State
from ticket_core.worktime import Worktime

UNITS: tuple[Unit, ...] = get_args(Unit)
MOST: dict[Unit, int] = {"working_days": 250, "working_hours": 1000, "hours": 2400, "minutes": 10_000}
LIMITS = {"returns": 20, "extensions": 20, "reworks": 20, "callback_attempts": 20, "callback_days": 20}
SINGLE = {"extension_days": (0, 250, 0), "archive_days": (0, 3650, 7), "close_hours": (0, 2400, 24)}
CONDITIONS: dict[str, tuple[str, ...]] = {
    "nature": ("咨询", "求助", "投诉", "举报", "建议", "表扬"),
    "urgency": ("普通", "紧急"),
    "line": (),  # any number of digits
    "kind": ("个人", "企业", "匿名"),
}
TERMED = tuple(clock for clock in Clock if clock != Clock.REVIEW)  # a person chooses when a pended ticket is reviewed
ALERTED = (Clock.SIGN, Clock.CONTACT, Clock.HANDLE)  # while a department has the ticket, it can be urged
TOP = ("version", "name", "note", "effective_from", "office_hours", "paused_in", *SINGLE)
TABLES = ("limits", "amber", "term", "alert")
ROW = ("clock", *CONDITIONS, *UNITS, "amber_share", "amber_days")


def parse(text: str, holidays: Calendar | None = None) -> Rules:
    """A rule pack; holidays: those that ship with the product where none are given.

    Raises TicketError that names every error with its place.
    """
    return _Reader(syntax(text, "时限规则"), holidays or calendar.shipped()).rules()


class _Reader:
    """Reads one pack and remembers what is wrong with it."""

    def __init__(self, pack: Mapping[str, Any], holidays: Calendar) -> None:
        self._pack, self._holidays = pack, holidays
        self._problems = Problems("时限规则")

    def rules(self) -> Rules:
        self._problems.unknown(self._pack, (*TOP, *TABLES))
        read = Rules(
            version=self._version(),
            name=self._text("name", 50),
            note=self._text("note", 2000, optional=True),
            effective_from=self._effective(),
            limits=Limits(**{name: self._limit(name, most) for name, most in LIMITS.items()}),
            alerts=self._alerts(),
            rows=self._rows(),
            worktime=Worktime(self._holidays, self._hours()),
            paused_in=frozenset(self._states()),
            **{
                name: self._number(self._pack, name, least, most, "", usual)
                for name, (least, most, usual) in SINGLE.items()
            },
        )
        self._check_order(read.rows)
        self._problems.refuse()
        return read

    def _version(self) -> str:
        version = self._text("version", 50)
        if version and not re.fullmatch(r"[\w.\-]+", version):
            self._problems.add("version", "只能用字母、数字、点和短横，例如 yangzhou-2026")
        return version

    def _text(self, name: str, most: int, optional: bool = False) -> str:
        raw = self._pack.get(name, "")
        if not isinstance(raw, str) or len(raw) > most or not (raw.strip() or optional):
            self._problems.add(name, f"要写文字，最多 {most} 字")
            return ""
        return raw.strip()

    def _effective(self) -> date:
        raw = self._pack.get("effective_from")
        if type(raw) is not date:
            self._problems.add("effective_from", "要写生效日期（不加引号），例如 2026-01-01")
            return date.max
        return raw

    def _limit(self, name: str, most: int) -> int:
        return self._number(self._table("limits", tuple(LIMITS)), name, 0, most, "limits.")

    def _table(self, name: str, known: Sequence[str]) -> Mapping[str, Any]:
        raw = self._pack.get(name, {})
        if not isinstance(raw, Mapping):
            self._problems.add(name, f"要写成一节 [{name}]")
            return {}
        return raw

    def _number(
        self, given: Mapping[str, Any], name: str, least: int, most: int, where: str, usual: int | None = None
    ) -> int:
        raw = given.get(name, usual)
        if type(raw) is not int or not least <= raw <= most:
            self._problems.add(f"{where}{name}", f"要写 {least} 到 {most} 的整数")
            return least
        return raw

    def _states(self) -> list[State]:
        raw = self._pack.get("paused_in", [])
        known = [state.value for state in State]
        if not isinstance(raw, list) or any(one not in known for one in raw):
            self._problems.add("paused_in", f"只能写状态名：{'、'.join(known)}")
            return []
        return [State(one) for one in raw]

    def _hours(self) -> tuple[tuple[time, time], ...]:
        raw = self._pack.get("office_hours")
        spans = [_span(one) for one in raw] if isinstance(raw, list) else []
        ends = [moment for span in spans if span for moment in span]
        if not spans or None in spans or ends != sorted(set(ends)):
            self._problems.add("office_hours", '要按先后写上班时间，例如 ["08:30-12:00", "14:00-18:00"]')
            return ((time(9), time(17)),)
        return tuple(span for span in spans if span)

    def _amber(self, given: Mapping[str, Any], where: str, usual: Amber, term: Term | None = None) -> Amber:
        """amber_share or amber_days of a row; share or days of the pack."""
        prefix = "amber_" if term else ""
        share, days = given.get(f"{prefix}share"), given.get(f"{prefix}days")
        if share is None and days is None:
            return usual
        if share is not None and days is not None:
            self._problems.add(where, f"{prefix}share 和 {prefix}days 只写一个")
        elif days is None and type(share) in (int, float) and 0 < float(share or 0) < 1:
            return Amber(float(share or 0))
        elif share is None and type(days) is int and 1 <= days < self._most_days(term):
            return Amber(usual.share, days)
        else:
            self._problems.add(where, f"{prefix}share 要大于 0 小于 1，或 {prefix}days 为少于期限的整工作日数")
        return usual

    @staticmethod
    def _most_days(term: Term | None) -> int:
        """A light can turn days before only where the term is counted in more days than that."""
        if term is None:
            return MOST["working_days"]
        return term.amount if term.unit == "working_days" else 0

    def _rows(self) -> tuple[Row, ...]:
        usual = self._amber(self._table("amber", ("share", "days")), "amber", Amber())
        rows = [self._row(number, raw, usual) for number, raw in self._list("term", ROW)]
        return tuple(row for row in rows if row)

    def _list(self, name: str, known: Sequence[str]) -> list[tuple[int, Mapping[str, Any]]]:
        raw = self._pack.get(name, [])
        if not isinstance(raw, list) or not all(isinstance(one, Mapping) for one in raw):
            self._problems.add(name, f"要写成若干节 [[{name}]]")
            return []
        for number, one in enumerate(raw, 1):
            self._problems.unknown(one, known, f"第 {number} 条 {name} 的 ")
        return list(enumerate(raw, 1))

    def _row(self, number: int, raw: Mapping[str, Any], usual: Amber) -> Row | None:
        where = f"第 {number} 条 term"
        clock, term = self._clock(raw, where, TERMED), self._term(raw, where)
        wanted = [self._condition(raw, name, where) for name in CONDITIONS]
        if clock is None or term is None:
            return None
        return Row(number, clock, term, self._amber(raw, where, usual, term), *wanted)

    def _clock(self, raw: Mapping[str, Any], where: str, known: Sequence[Clock]) -> Clock | None:
        name = raw.get("clock")
        if name not in [clock.value for clock in known]:
            choices = "、".join(f"{clock.value}（{clock.label}）" for clock in known)
            self._problems.add(where, f"clock 没有“{name}”；可写：{choices}")
            return None
        return Clock(name)

    def _term(self, raw: Mapping[str, Any], where: str) -> Term | None:
        given = [unit for unit in UNITS if unit in raw]
        if len(given) != 1:
            self._problems.add(where, f"期限要写一个且只写一个：{'、'.join(UNITS)}")
            return None
        return Term(self._number(raw, given[0], 1, MOST[given[0]], f"{where} 的 "), given[0])

    def _condition(self, raw: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
        given, known = raw.get(name, []), CONDITIONS[name]
        values = [given] if isinstance(given, str) else given
        if not isinstance(values, list) or not all(_fits(one, known) for one in values):
            self._problems.add(where, f"{name} 可写：{'、'.join(known) or '号码，例如 12315'}")
            return ()
        return tuple(values)

    def _check_order(self, rows: Sequence[Row]) -> None:
        """Each clock must have a term for every ticket, and no row may stand behind one that takes all."""
        for clock in TERMED:
            catching = [row.number for row in rows if row.clock == clock and not any(row.wanted())]
            if not catching:
                self._problems.add("term", f"“{clock.label}”（{clock.value}）缺少一条不带条件的期限，放在该类最后")
            for row in rows:
                if catching and row.clock == clock and row.number > catching[0]:
                    self._problems.add(f"第 {row.number} 条 term", f"排在不带条件的第 {catching[0]} 条之后，永远用不到")

    def _alerts(self) -> tuple[Alert, ...]:
        alerts = [self._alert(number, raw) for number, raw in self._list("alert", ("clock", "days", "action", "level"))]
        return tuple(alert for alert in alerts if alert)

    def _alert(self, number: int, raw: Mapping[str, Any]) -> Alert | None:
        where = f"第 {number} 条 alert"
        clock, days = self._clock(raw, where, ALERTED), self._number(raw, "days", -30, 90, f"{where} 的 ")
        action = raw.get("action")
        if clock is None or action not in ("urge", "supervise"):
            if clock:
                self._problems.add(where, "action 可写：urge（催办）、supervise（督办）")
            return None
        if action == "urge":
            return Alert(clock, days, "urge")
        return Alert(clock, days, "supervise", self._number(raw, "level", 1, 3, f"{where} 的 "))


def _span(raw: Any) -> tuple[time, time] | None:
    try:
        opens, closes = (time.fromisoformat(part.strip()) for part in raw.split("-"))
    except (AttributeError, ValueError):
        return None
    return (opens, closes) if opens.tzinfo is None is closes.tzinfo else None


def _fits(one: Any, known: tuple[str, ...]) -> bool:
    return one in known if known else isinstance(one, str) and one.isascii() and one.isdigit()
