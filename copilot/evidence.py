"""Every field of a draft tied to the very words it came from."""

from collections.abc import Iterator, Mapping, Sequence

from classifier.fields import Filled, Turn
from classifier.router import Routing
from copilot import events


def filled(found: Mapping[str, Filled], routing: Routing, turns: Sequence[Turn]) -> dict[str, events.Filled]:
    """What was extracted, and what the router concluded, by field name."""
    fields = {
        name: events.Filled(name=name, value=f.value, utterance=f.utterance, quote=f.quote, doubtful=f.doubtful)
        for name, f in found.items()
    }
    for name, value, quote in _conclusions(routing):
        if value:
            where = _where(quote, turns)
            fields[name] = events.Filled(name=name, value=value, utterance=where, quote=quote if where else "")
    return fields


def _conclusions(routing: Routing) -> Iterator[tuple[str, str, str]]:
    """Field, value and the words that decided it."""
    quotes = routing.quotes
    yield "nature", routing.nature, quotes.get("nature", "")
    for name, value in zip(("matter1", "matter2"), routing.matter, strict=False):
        yield name, value, quotes.get("matter", "")
    if routing.departments:
        yield "department", routing.departments[0].name, quotes.get("department", "")


def _where(quote: str, turns: Sequence[Turn]) -> str:
    """The utterance in which the citizen said it last; empty where no single one holds it."""
    said = [turn.id for turn in turns if turn.leg == "citizen" and quote and quote in turn.text]
    return said[-1] if said else ""
