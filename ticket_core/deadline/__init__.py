"""Deadlines: the rule packs that ship with the product, and the names that the others use."""

from pathlib import Path

from ticket_core.deadline import calendar
from ticket_core.deadline.calendar import ZONE, Calendar, local_day
from ticket_core.deadline.pack import parse
from ticket_core.deadline.rules import Alert, Due, Limits, Rulebook, Rules
from ticket_core.deadline.term import Matter
from ticket_core.errors import TicketError

HERE = Path(__file__).parent / "data"
DEFAULT = "yangzhou-2026"


def load(name: str = DEFAULT) -> Rules:
    """A shipped rule pack by its name, with the shipped holidays. Raises TicketError when it is missing or wrong."""
    known = sorted(path.stem for path in HERE.glob("*.toml") if path != calendar.SHIPPED)
    if name not in known:
        raise TicketError(f"没有时限规则“{name}”；随产品提供的有：{'、'.join(known)}")
    return parse((HERE / f"{name}.toml").read_text("utf8"))


def shipped(name: str = DEFAULT) -> Rulebook:
    """The book of a site that has published nothing of its own: one pack."""
    return Rulebook((load(name),))


__all__ = [
    "DEFAULT",
    "ZONE",
    "Alert",
    "Calendar",
    "Due",
    "Limits",
    "Matter",
    "Rulebook",
    "Rules",
    "load",
    "local_day",
    "parse",
    "shipped",
]
