"""The errors of a data file that people write, gathered so that all are told at once, each with its place."""

import re
import tomllib
from collections.abc import Collection, Mapping
from typing import Any

from ticket_core.errors import TicketError

LONGEST = 100_000  # characters; a rule pack has a few thousand
SHOWN = 20


class Problems:
    """Gathers what is wrong with a file; `what` names it (Chinese)."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._found: list[str] = []

    def add(self, where: str, said: str) -> None:
        """One error; where: the key or the row."""
        self._found.append(f"{where}：{said}")

    def unknown(self, given: Mapping[str, Any], known: Collection[str], where: str = "") -> None:
        """An error for each key that nobody reads: a misspelt one would be passed over in silence."""
        for name in given:
            if name not in known:
                self.add(f"{where}{name}", f"没有这一项；可写：{'、'.join(known)}")

    def refuse(self) -> None:
        """Raises TicketError when anything is wrong."""
        if self._found:
            more = f"；另有 {len(self._found) - SHOWN} 处" if len(self._found) > SHOWN else ""
            raise TicketError(f"{self._what}有 {len(self._found)} 处错误：{'；'.join(self._found[:SHOWN])}{more}")


def syntax(text: str, what: str) -> dict[str, Any]:
    """TOML read. Raises TicketError that names the line."""
    if len(text) > LONGEST:
        raise TicketError(f"{what}最多 {LONGEST} 字，现在是 {len(text)} 字")
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        where = f"第 {place[1]} 行第 {place[2]} 列" if place else "结尾"
        raise TicketError(f"{what}读不出来：{where}的写法不对，请对照 TOML 格式检查") from error
