"""Every field of a draft tied to the very words it came from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.fields import Filled, Turn
from classifier.router import Routing
from copilot import events
from copilot.tables import EventRow


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


def by_name(fields: Iterable[events.Filled]) -> dict[str, dict[str, Any]]:
    """The fields as tickets take them: name -> value, utterance, quote, doubtful."""
    return {field.name: field.model_dump(exclude={"name"}) for field in fields}


def last_filled(session: Session, call: str | None) -> dict[str, dict[str, Any]]:
    """What the copilot filled last out of a call's words; empty where nothing was said."""
    drafted = select(EventRow.body).where(EventRow.call == call, EventRow.type == "drafted")
    body = session.scalar(drafted.order_by(EventRow.seq.desc()).limit(1))
    return by_name(events.Drafted.model_validate(body).fields) if body else {}


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
