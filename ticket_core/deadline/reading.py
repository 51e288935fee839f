"""Reads a data file that people write: every error is gathered with its place, so that all are told at once."""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ticket_core.errors import TicketError

LONGEST = 100_000  # characters; a rule pack has a few thousand
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the file. where: how its place is told, before a key (Chinese); what is wrong is added to `problems`.

    A reader of a value gives something of the right type also where the value is wrong: `refuse` comes at the end.
    """

    given: Mapping[str, Any]
    where: str = ""
    problems: list[str] = field(default_factory=list)

    def wrong(self, name: str, said: str) -> None:
        """One error of a key."""
        self.problems.append(f"{self.where}{name}：{said}")

    def only(self, known: Collection[str]) -> None:
        """An error for each key that nobody reads: a misspelt one would be passed over in silence."""
        for name in self.given:
            if name not in known:
                self.wrong(name, f"没有这一项；可写：{'、'.join(known)}")

    def text(self, name: str, most: int, *, optional: bool = False) -> str:
        """A text without space at its ends."""
        raw = self.given.get(name, "")
        if isinstance(raw, str) and len(raw) <= most and (raw.strip() or optional):
            return raw.strip()
        self.wrong(name, f"要写文字，最多 {most} 字")
        return ""

    def number(self, name: str, least: int, most: int, usual: int | None = None) -> int:
        """A whole number from least to most."""
        raw = self.given.get(name, usual)
        if type(raw) is int and least <= raw <= most:
            return raw
        self.wrong(name, f"要写 {least} 到 {most} 的整数")
        return least

    def day(self, name: str) -> date:
        """A date."""
        if found := as_day(self.given.get(name)):
            return found
        self.wrong(name, "要写日期，例如 2026-01-01")
        return date.max

    def items(self, name: str) -> list[Any]:
        """A list."""
        raw = self.given.get(name, [])
        if isinstance(raw, list):
            return raw
        self.wrong(name, "要写成方括号里的清单")
        return []

    def table(self, name: str, known: Sequence[str]) -> "Section":
        """A table in the table, with the keys that it may have."""
        raw = self.given.get(name, {})
        if not isinstance(raw, Mapping):
            self.wrong(name, f"要写成一节 [{name}]")
            raw = {}
        return self._inner(raw, f"{self.where}{name} 的 ", known)

    def tables(self, name: str, known: Sequence[str]) -> "list[Section]":
        """A list of tables, each with the keys that it may have."""
        raw = self.given.get(name, [])
        if not isinstance(raw, list) or not all(isinstance(one, Mapping) for one in raw):
            self.wrong(name, f"要写成若干节 [[{name}]]")
            return []
        return [self._inner(one, f"第 {number} 条 {name} 的 ", known) for number, one in enumerate(raw, 1)]

    def _inner(self, raw: Mapping[str, Any], where: str, known: Sequence[str]) -> "Section":
        inner = Section(raw, where, self.problems)
        inner.only(known)
        return inner

    def refuse(self, what: str) -> None:
        """Raises TicketError when anything is wrong. what: names the file (Chinese)."""
        if found := self.problems:
            more = f"；另有 {len(found) - SHOWN} 处" if len(found) > SHOWN else ""
            raise TicketError(f"{what}有 {len(found)} 处错误：{'；'.join(found[:SHOWN])}{more}")


def read(text: str, what: str) -> Section:
    """A TOML file. Raises TicketError that names the line."""
    if len(text) > LONGEST:
        raise TicketError(f"{what}最多 {LONGEST} 字，现在是 {len(text)} 字")
    try:
        return Section(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        where = f"第 {place[1]} 行第 {place[2]} 列" if place else "结尾"
        raise TicketError(f"{what}读不出来：{where}的写法不对，请对照 TOML 格式检查") from error


def as_day(raw: Any) -> date | None:
    """A date, as TOML has it or as text; None for what is none."""
    if type(raw) is date:
        return raw
    try:
        return date.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        return None
