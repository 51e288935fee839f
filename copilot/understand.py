"""What a citizen's words come to: the fields they fill, where they belong, and a summary; spoken or written alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from classifier.fields import Turn, extract
from classifier.router import Router, Routing
from classifier.summary import summarise
from copilot import events
from copilot.evidence import filled


@dataclass(frozen=True, slots=True)
class Understood:
    """fields: by the ticket's names, each with the words it came from."""

    routing: Routing
    fields: dict[str, events.Filled]
    summary: str


def understand(router: Router, turns: Sequence[Turn], calling_number: str = "") -> Understood:
    """Read what was said so far; takes tens of milliseconds of one core."""
    found = extract(turns, calling_number=calling_number)
    routing = router.route("。".join(turn.text for turn in turns if turn.leg == "citizen"))
    return Understood(routing, filled(found, routing, turns), summarise(turns, found))


def written(text: str) -> list[Turn]:
    """A text as the citizen's turns, a line each."""
    lines = filter(None, map(str.strip, text.splitlines()))
    return [Turn(f"w{number}", "citizen", line) for number, line in enumerate(lines, 1)]


def departments(routing: Routing) -> list[events.Department]:
    """The ranking as the pages show it."""
    return [events.Department(name=d.name, score=round(d.score, 3), basis=d.basis) for d in routing.departments]
