"""Ticket fields out of what was said: each with the very words it came from, nothing that was not said."""

from collections.abc import Sequence

from classifier.localities import Localities, known
from classifier.matter import matter
from classifier.party import party_concerned
from classifier.phone import callback
from classifier.said import Filled, Said, Turn, talk
from classifier.watch import Watch
from classifier.when import happened_at
from classifier.where import where
from classifier.who import name, sex

__all__ = ["Filled", "Turn", "extract"]


def extract(
    turns: Sequence[Turn], *, calling_number: str = "", places: Localities | None = None, watch: Watch | None = None
) -> dict[str, Filled]:
    """Every field that the citizen's words fill, by the ticket's names; what was not said stays out.

    calling_number: the line's, used only where the citizen says so. places, watch: of the data files unless given.
    """
    said = talk(turns)
    caller = name(said, turns)
    time = happened_at(said)
    location = where(said, places or known())
    found: dict[str, Filled | None] = {
        "citizen_name": caller,
        "sex": sex(said, turns, caller),
        "callback_number": callback(said, calling_number),
        "happened_at": time,
        **location,
        "party_concerned": party_concerned(said),
        **matter(said, location.get("address"), time),
        "urgency": _urgency(said, watch or Watch()),
    }
    return {field: filled for field, filled in found.items() if filled is not None}


def _urgency(said: Sequence[Said], watch: Watch) -> Filled | None:
    """紧急 where the watch sees danger, and only there."""
    for one in said:
        if danger := watch.check(one.turn.text):
            return Filled("紧急", one.turn.id, danger.quote)
    return None
