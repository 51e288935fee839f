"""Working days and time limits out of a rule pack."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar

from ticket_core.errors import TicketError

HERE = Path(__file__).parent / "data"
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Rules:
    """A rule pack. terms: working days by nature."""

    version: str
    terms: dict[str, int]
    urgent_hours: int

    def due(self, nature: str, urgency: str, start: datetime) -> datetime:
        """When a ticket dispatched at `start` (aware) is due. Raises TicketError past the known holiday years."""
        local = start.astimezone(ZONE)
        if urgency == "紧急":
            return local + timedelta(hours=self.urgent_hours)
        return add_working_days(local, self.terms.get(nature, self.terms["other"]))

    def explain(self, nature: str, urgency: str, start: datetime) -> str:
        """Why it is due then."""
        due = self.due(nature, urgency, start)
        begun = start.astimezone(ZONE)
        term = (
            f"紧急件 {self.urgent_hours} 小时"
            if urgency == "紧急"
            else f"{self.terms.get(nature, self.terms['other'])} 个工作日"
        )
        rule = f"{nature or '其他'}类{term}（{self.version}）"
        return f"{begun:%Y-%m-%d %H:%M} 派单，{rule}，应于 {due:%Y-%m-%d %H:%M} 前办结"


def load(name: str = "yangzhou-2026") -> Rules:
    """A rule pack by name. Raises TicketError when it is missing or wrong."""
    path = HERE / f"{name}.toml"
    try:
        pack = tomllib.loads(path.read_text("utf8"))
        terms = {nature: int(days) for nature, days in pack["term"].items()}
        return Rules(str(pack["version"]), {"other": terms["other"], **terms}, int(pack["urgent"]["hours"]))
    except (OSError, tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise TicketError(f"时限规则 {name} 读不出来（{error}）；请检查 {path.name}") from error


def add_working_days(start: datetime, days: int) -> datetime:
    """The same time of day, `days` working days on; make-up days count."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= working(day)
    return day


def working(day: datetime) -> bool:
    """Whether that day is worked in China. Raises TicketError for a year whose holidays are not known."""
    try:
        return bool(chinese_calendar.is_workday(day.date()))
    except NotImplementedError as error:
        raise TicketError(f"{day.year} 年的节假日安排还没有录入，无法计算期限；请管理员补充节假日表") from error
