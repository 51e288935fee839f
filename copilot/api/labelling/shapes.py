"""What the labelling page sends and gets."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Path
from pydantic import BaseModel, Field

from copilot.api.access import Who, allow
from copilot.labelling import queues
from copilot.labelling.queues import Given, Known, Needs
from copilot.labelling.tables import Label, LabelItem
from copilot.parts import Parts
from ticket_core.deadline import ZONE

Annotator = Annotated[Who, Depends(allow("label"))]
Adjudicator = Annotated[Who, Depends(allow("adjudicate"))]
ItemId = Annotated[int, Path(ge=1, lt=2**31)]
QueueName = Annotated[str, Field(max_length=16)]


class QueueOut(BaseModel):
    """A queue and what waits in it for this person; what stands in it as a whole is for adjudicators."""

    name: str
    label: str
    hint: str
    waiting: int
    assigned: int
    done_today: int
    open: int | None = None
    disputed: int | None = None
    settled: int | None = None


class Collected(BaseModel):
    """How many items came in, by queue."""

    added: dict[str, int]
    at: datetime


class Next(BaseModel):
    """How many items of which queue; empty: of every one."""

    queue: QueueName = ""
    count: int = Field(20, ge=1, le=50)


class ItemIds(BaseModel):
    """Items in hand."""

    items: list[Annotated[int, Field(ge=1, lt=2**31)]] = Field(max_length=200)


class ChoiceOut(BaseModel):
    """An answer; see `copilot.labelling.queues.Choice`."""

    value: str
    label: str
    key: str
    needs: Needs
    ask: str
    suggestions: list[str]


class Clip(BaseModel):
    """Where the sound of an utterance is, and how long."""

    address: str
    seconds: float


class LabelIn(BaseModel):
    """A label; which of the other fields is wanted is told by the choice."""

    choice: str = Field(max_length=200)
    text: str = Field("", max_length=1000)
    article: str = Field("", max_length=64)
    slice: int = Field(-1, ge=-1, lt=10_000)
    matter1: str = Field("", max_length=50)
    matter2: str = Field("", max_length=50)
    department: str = Field("", max_length=100)

    def given(self) -> Given:
        """As labelling takes it."""
        return Given(**self.model_dump(include=set(LabelIn.model_fields)))


class Mine(LabelIn):
    """One's own label."""


class Settle(LabelIn):
    """A ruling, with its reason."""

    reason: str = Field("", max_length=500)


class ItemOut(BaseModel):
    """An item as an annotator sees it; masked. mine: the own label, if there is one or was."""

    id: int
    queue: str
    question: str
    choices: list[ChoiceOut]
    text: str
    context: dict[str, Any]
    clip: Clip | None
    mine: Mine | None = None
    assigned: bool = False
    leased_until: datetime | None = None


class Done(BaseModel):
    """How far one is in this queue."""

    done_today: int
    remaining: int


class WorkOut(BaseModel):
    """Somebody's work in a queue; seconds and items an hour as the server measured them."""

    who: str
    name: str
    queue: str
    items: int
    seconds: float
    per_hour: float | None


class KappaOut(BaseModel):
    """Agreement, κ and its 95 % interval; None where undefined or too little was labelled to tell."""

    pairs: int
    agreed: float | None
    kappa: float | None
    low: float | None
    high: float | None


class ClassOut(KappaOut):
    """κ of one class against the others."""

    value: str
    label: str


class PeopleOut(KappaOut):
    """κ of two people."""

    a: str
    b: str


class AgreementOut(KappaOut):
    """Agreement in a queue. enough: there are pairs enough to tell; distance: of corrections, 0-1."""

    queue: str
    label: str
    enough: bool
    distance: float | None
    classes: list[ClassOut]
    people: list[PeopleOut]


class LabelOut(LabelIn):
    """A label without whose it is. label: the choice in Chinese; title: of the article."""

    label: str
    title: str = ""


class DisputeOut(BaseModel):
    """An item that two people see differently."""

    item: ItemOut
    labels: list[LabelOut]


class AnnotatorOut(BaseModel):
    """Who may label, and what they have in hand."""

    username: str
    name: str
    held: int
    assigned: int


class Assign(BaseModel):
    """So many items of a queue for somebody, or given back to whoever comes next."""

    queue: QueueName
    annotator: str = Field(max_length=64)
    count: int = Field(ge=1, le=500)
    release: bool = False


class Assigned(BaseModel):
    """How many."""

    assigned: int


def today(now: datetime) -> datetime:
    """When the day began at the hotline."""
    return now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def known(parts: Parts) -> Known:
    """What a label may name now."""
    return Known(parts.articles, parts.departments(), {(one.matter1, one.matter2) for one in parts.catalogue.lines})


def shown(item: LabelItem, mine: Label | None = None) -> ItemOut:
    """An item as its annotator sees it. mine: their place."""
    where = item.body.get("clip")
    return ItemOut(
        id=item.id,
        queue=item.queue,
        question=queues.queue(item.queue).question,
        choices=[ChoiceOut.model_validate(asdict(one)) for one in queues.choices(item.queue, item.body)],
        text=item.body["text"],
        context=item.body.get("context", {}),
        clip=Clip(address=f"/api/labelling/items/{item.id}/clip", seconds=where["end"] - where["start"])
        if where
        else None,
        mine=own(mine.value) if mine is not None and mine.value else None,
        assigned=mine is not None and mine.assigned,
        leased_until=mine.leased_until if mine is not None and mine.at is None else None,
    )


def own(value: dict[str, Any]) -> Mine:
    """A label as it was kept."""
    return Mine.model_validate({name: value[name] for name in LabelIn.model_fields if name in value})
