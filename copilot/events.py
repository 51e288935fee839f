"""What a desk's socket says: the wire events. `ui/src/events.ts` is generated from this file."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from typing_extensions import TypeAliasType

Level = TypeAliasType("Level", Literal["ok", "slow", "down"])


class Value(BaseModel):
    """What an event carries: in TypeScript every field is there, default or not."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class Event(Value):
    """Every kept event has its place in the call's sequence, so that a desk can resume; a draft's `seq` is 0."""

    type: str
    call: str
    seq: int = 0


class Mark(Value):
    """A span of a text that was repaired, or that must be read back to the caller."""

    start: int
    end: int
    kind: Literal["repaired", "doubtful"]
    before: str = ""


class Heard(Event):
    """A draft or a final of one leg. The same `utterance` replaces what it said before."""

    type: Literal["heard"] = "heard"
    utterance: str
    leg: Literal["citizen", "agent"]
    start: float
    end: float
    text: str
    raw: str
    final: bool
    marks: list[Mark] = []


class Card(Value):
    """One cited answer. `score` is a calibrated 0–1."""

    article: str
    version: int
    title: str
    text: str
    score: float
    clause: str
    issuer: str
    region: str
    valid_to: str
    source: str
    why: dict[str, float] = {}


class Suggested(Event):
    """At most three cards, the main one first; empty when nothing reaches the threshold."""

    type: Literal["suggested"] = "suggested"
    cards: list[Card]


class Department(Value):
    """A department to dispatch to, its calibrated score and the catalogue line that says so."""

    name: str
    score: float
    basis: str


class Routed(Event):
    """Nature, matter and the ranking of departments so far. `question` decides between them when close."""

    type: Literal["routed"] = "routed"
    nature: str
    matter: list[str]
    departments: list[Department]
    question: str = ""


class Filled(Value):
    """A field's value and the words it came from."""

    name: str
    value: str
    utterance: str
    quote: str
    doubtful: bool = False


class Drafted(Event):
    """Every field that the conversation has filled so far."""

    type: Literal["drafted"] = "drafted"
    fields: list[Filled]


class Alerted(Event):
    """Danger to life or property in the caller's own words."""

    type: Literal["alerted"] = "alerted"
    kind: str
    number: str
    advice: str
    utterance: str
    quote: str


class Summarised(Event):
    """The rolling summary, extracted from what was said."""

    type: Literal["summarised"] = "summarised"
    text: str


class Ringing(Event):
    """A call waits for an answer."""

    type: Literal["ringing"] = "ringing"
    number: str
    title: str


class Answered(Event):
    """The agent took the call; `at` is an ISO time."""

    type: Literal["answered"] = "answered"
    at: str
    number: str


class Switched(Event):
    """The agent muted the own microphone or put the call on hold, or took that back; both states as they are now."""

    type: Literal["switched"] = "switched"
    muted: bool
    held: bool


class Transferred(Event):
    """The exchange was asked to connect the caller to this number."""

    type: Literal["transferred"] = "transferred"
    to: str


class Ended(Event):
    """The call is over and all finals are out."""

    type: Literal["ended"] = "ended"
    seconds: float


class Health(Event):
    """What works: "ok", "slow" or "down" for each part, with a sentence for the foot."""

    type: Literal["health"] = "health"
    speech: Level = "ok"
    search: Level = "ok"
    routing: Level = "ok"
    message: str = ""


WireEvent = Annotated[
    Heard
    | Suggested
    | Routed
    | Drafted
    | Alerted
    | Summarised
    | Ringing
    | Answered
    | Switched
    | Transferred
    | Ended
    | Health,
    Field(discriminator="type"),
]
WIRE: TypeAdapter[WireEvent] = TypeAdapter(WireEvent)
