"""Which days are worked in China: the package's years, and a table that overrides them or adds a year."""

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar

from ticket_core.deadline.reading import Section, as_day, read
from ticket_core.errors import TicketError

ZONE = ZoneInfo("Asia/Shanghai")
SHIPPED = Path(__file__).parent / "data" / "holidays.toml"
WEEKDAYS = "一二三四五六日"
WORKDAY, WEEKEND = "工作日", "周末"
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
}


def local_day(at: datetime) -> str:
    """The day of an aware moment where the hotline is, as YYYY-MM-DD."""
    return at.astimezone(ZONE).date().isoformat()


def spoken(day: date) -> str:
    """A day as people say it, with its weekday."""
    return f"{day:%Y-%m-%d}（周{WEEKDAYS[day.weekday()]}）"


@dataclass(frozen=True, slots=True)
class Calendar:
    """overrides: day -> worked or not, before all else. years: those that the overrides hold completely, so that every
    other day of theirs is worked from Monday to Friday.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def working(self, day: date) -> bool:
        """Whether that day is worked. Raises TicketError for a year whose holidays are not known."""
        if (said := self.overrides.get(day)) is not None:
            return said
        if day.year in self.years:
            return day.weekday() < 5
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError as error:
            raise TicketError(
                f"{day.year} 年的节假日安排还没有录入，算不出期限；请管理员在“配置—节假日”补录该年安排后再办"
            ) from error

    def reason(self, day: date) -> str:
        """Why that day is worked or not (Chinese). Raises TicketError like `working`."""
        if self.working(day):
            return "调休上班" if day.weekday() >= 5 else WORKDAY
        if day in self.overrides:
            return "节假日表定为休息"
        name = None if day.year in self.years else chinese_calendar.get_holiday_detail(day)[1]
        return NAMES.get(name, "节假日") if name else WEEKEND

    def special(self, year: int) -> dict[date, str]:
        """The days of a year that are not what their weekday says, with why. Raises TicketError like `working`."""
        days = (date(year, 1, 1) + timedelta(days=n) for n in range(365 + isleap(year)))
        return {day: reason for day in days if (reason := self.reason(day)) not in (WORKDAY, WEEKEND)}

    def over(self, base: "Calendar") -> "Calendar":
        """This table laid over another one."""
        return Calendar({**base.overrides, **self.overrides}, base.years | self.years)

    def next_working(self, day: date) -> date:
        """The first worked day after that one."""
        day += timedelta(days=1)
        while not self.working(day):
            day += timedelta(days=1)
        return day


def parse(text: str) -> Calendar:
    """A holiday table out of TOML: years = [2027], off = ["2027-01-01"], work = ["2027-02-06"].

    Raises TicketError that names every error with its place.
    """
    table = read(text, "节假日表")
    table.only(("years", "off", "work"))
    years, off, work = _years(table), _days(table, "off"), _days(table, "work")
    for day in sorted(off & work):
        table.wrong(f"{day}", "既在 off 又在 work，请只留一处")
    table.refuse("节假日表")
    return Calendar({**dict.fromkeys(off, False), **dict.fromkeys(work, True)}, years)


def shipped() -> Calendar:
    """The table that ships with the product."""
    return parse(SHIPPED.read_text("utf8"))


def _years(table: Section) -> frozenset[int]:
    years = [year for year in table.items("years") if type(year) is int and 2000 <= year < 2100]
    if len(years) < len(table.items("years")):
        table.wrong("years", "要写年份，例如 years = [2027]")
    return frozenset(years)


def _days(table: Section, name: str) -> set[date]:
    found = {str(one): as_day(one) for one in table.items(name)}
    for said, day in found.items():
        if day is None:
            table.wrong(name, f"“{said[:20]}”不是日期，要写成 2027-01-01")
    return {day for day in found.values() if day}
