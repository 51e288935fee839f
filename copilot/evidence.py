"""Every field of a draft tied to the very words it came from."""

from collections.abc import Mapping, Sequence

from classifier.fields import Filled, Turn
from classifier.router import Routing
from copilot import events


def filled(found: Mapping[str, Filled], routing: Routing, turns: Sequence[Turn]) -> dict[str, events.Filled]:
    """What was extracted, and what the router concluded, by field name."""
    fields = {
        name: events.Filled(name=name, value=f.value, utterance=f.utterance, quote=f.quote, doubtful=f.doubtful)
        for name, f in found.items()
    }
    matter = dict(zip(("matter1", "matter2"), routing.matter, strict=False))
    for name, value in {"nature": routing.nature, **matter}.items():
        if value:
            fields[name] = _concluded(name, value, turns)
    return fields


def _concluded(name: str, value: str, turns: Sequence[Turn]) -> events.Filled:
    """The router read the whole talk; the citizen's first words stand for it."""
    first = next(turn for turn in turns if turn.leg == "citizen")
    return events.Filled(name=name, value=value, utterance=first.id, quote=first.text)
