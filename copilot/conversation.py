"""What a call has come to so far: the fold of its kept events, live and after a restart alike."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from classifier.fields import Turn
from copilot import events
from copilot.suggest import Panel


@dataclass
class Conversation:
    """Grows by `apply` alone, so that a call found again in the database goes on where it stopped."""

    seq: int = 0
    seconds: float = 0.0
    turns: list[Turn] = field(default_factory=list)
    starts: dict[str, float] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=lambda: {"citizen": 0, "agent": 0})
    panel: Panel = field(default_factory=Panel)
    routed: events.Routed | None = None
    fields: dict[str, events.Filled] = field(default_factory=dict)
    alerted: set[str] = field(default_factory=set)
    summary: str = ""
    muted: bool = False
    held: bool = False

    @classmethod
    def of(cls, kept: Iterable[events.WireEvent]) -> "Conversation":
        """The conversation after these events, in order."""
        talk = cls()
        for event in kept:
            talk.apply(event)
        return talk

    def apply(self, event: events.Event) -> None:
        """Take in a kept event."""
        self.seq = event.seq
        match event:
            case events.Heard():
                self._heard(event)
            case events.Suggested():
                self.panel.cards = event.cards
            case events.Routed():
                self.routed = event
            case events.Drafted():
                self.fields = {found.name: found for found in event.fields}
            case events.Alerted():
                self.alerted.add(event.kind)
            case events.Summarised():
                self.summary = event.text
            case events.Switched():
                self.muted, self.held = event.muted, event.held
            case events.Ended():
                self.seconds = max(self.seconds, event.seconds)

    def words(self, leg: str) -> str:
        """Everything that a leg has said."""
        return "。".join(turn.text for turn in self.turns if turn.leg == leg)

    def _heard(self, event: events.Heard) -> None:
        self.seconds = max(self.seconds, event.end)
        self.said[event.leg] = max(self.said[event.leg], int(event.utterance[1:]))
        if not event.text:
            return
        doubtful = tuple((mark.start, mark.end) for mark in event.marks if mark.kind == "doubtful")
        self.starts[event.utterance] = event.start
        self.turns.append(Turn(event.utterance, event.leg, event.text, doubtful))
        self.turns.sort(key=lambda turn: self.starts[turn.id])
