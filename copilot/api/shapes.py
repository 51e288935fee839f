"""What the pages send and get about tickets."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, computed_field, create_model
from sqlalchemy import inspect

from copilot.masking import masked, masked_name, masked_number
from ticket_core import vocabulary
from ticket_core.inputs import Input
from ticket_core.tables import NEVER, Ticket

Version = Annotated[int, Field(ge=0, lt=2**31)]
TOLD = ("calling_number", "callback_number", "title", "content", "request", "answer", "reply", "summary")
WRITTEN = ("address", "party_concerned", "happened_at", "basis", "route", "plan")
IDENTITY = ("citizen_name", "calling_number", "callback_number")


class Evidence(BaseModel):
    """The words that a field came from."""

    utterance: str = ""
    quote: str = ""
    doubtful: bool = False


class Cited(BaseModel):
    """An article as it stood when it was taken."""

    article: str = Field(max_length=64)
    version: Version


class Attempt(BaseModel):
    """A callback that was tried."""

    at: datetime
    day: str
    actor: str
    outcome: str
    reason: str = ""


OWN_SHAPE: dict[str, Any] = {
    "cited": list[Cited],
    "callbacks": list[Attempt],
    "evidence": dict[str, Evidence],
    "opinions": dict[str, str],
    "step_due_at": datetime | None,
    "step_amber_at": datetime | None,
}


def _columns() -> dict[str, Any]:
    """A ticket's columns with their types, each in its own shape where it holds more than one value."""
    types: dict[str, Any] = {}
    for column in inspect(Ticket).columns:
        held = list[str] if column.type.python_type is dict else column.type.python_type
        types[column.key] = (OWN_SHAPE.get(column.key, held | None if column.nullable else held), ...)
    return types


_Columns = create_model("_Columns", __config__=ConfigDict(from_attributes=True), **_columns())


class TicketOut(_Columns):  # type: ignore[misc, valid-type]
    """A ticket as the pages show it: every column of the table, its state in Chinese, its light."""

    light: str = ""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def state_label(self) -> str:
        """The state in Chinese."""
        return vocabulary.State(self.state).label


class EntryOut(BaseModel):
    """A line of the journal."""

    model_config = ConfigDict(from_attributes=True)

    seq: int
    at: datetime
    actor: str
    role: str
    department: str
    action: str
    from_state: str
    to_state: str
    reason: str
    rule_version: str
    changes: dict[str, Any]
    details: dict[str, Any]
    name: str = ""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def label(self) -> str:
        """The action in Chinese."""
        return vocabulary.Action(self.action).label


class ActionOut(BaseModel):
    """A button that the table allows; needs, takes: inputs that must, that may be given."""

    action: str
    label: str
    needs: list[str]
    takes: list[str]


class InputOut(BaseModel):
    """How an input is asked for."""

    label: str
    kind: str
    most: int
    choices: list[str]


class ClockOut(BaseModel):
    """A time limit of the ticket. done_at: when it was kept or missed; why: how it was computed, line by line."""

    clock: str
    label: str
    due_at: datetime
    light: str
    done_at: datetime | None
    why: list[str]


class RelatedOut(BaseModel):
    """Another ticket and how it belongs to this one."""

    id: int
    number: str
    title: str
    state: str
    state_label: str
    relation: str


class AttachmentOut(BaseModel):
    """A file of the ticket. closed: it may be had once a reason is given for asking who the citizen is."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    media_type: str
    size: int
    at: datetime
    closed: bool = False


class Detail(BaseModel):
    """One ticket, its journal and what may be done with it now. masked: whether the citizen's identity is hidden."""

    ticket: TicketOut
    journal: list[EntryOut]
    actions: list[ActionOut]
    editable: list[str]
    clocks: list[ClockOut]
    related: list[RelatedOut]
    attachments: list[AttachmentOut]
    masked: bool
    inputs: dict[str, InputOut]
    fields: dict[str, InputOut]


class Page(BaseModel):
    """A page of tickets; `next` is the cursor of the page behind it."""

    items: list[TicketOut]
    next: str | None


class QueueOut(BaseModel):
    """A queue of this role. capped: there are at least `total`."""

    name: str
    label: str
    total: int
    capped: bool
    red: int
    amber: int


class New(BaseModel):
    """A draft without a call: at the counter, by letter, or on the same matter as an earlier ticket."""

    model_config = ConfigDict(json_schema_extra={"example": {"channel": "counter", "fields": {"content": "路灯不亮"}}})

    channel: str = Field("counter", max_length=16, pattern="^[a-z_]+$")
    calling_number: str = Field("", max_length=254)
    fields: dict[str, Any] = Field({}, max_length=40)
    linked_to: Annotated[int, Field(ge=1, lt=2**31)] | None = None


class Edit(BaseModel):
    """Fields that a person changed or gives back to the copilot (`release`), and the version that they saw."""

    model_config = ConfigDict(json_schema_extra={"example": {"version": 3, "changes": {"title": "夜间施工噪声"}}})

    version: Version
    changes: dict[str, Any] = Field({}, max_length=40)
    release: list[str] = Field([], max_length=40)


class Act(BaseModel):
    """A move of the workflow table with its inputs, and the version that was seen."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"version": 5, "inputs": {"department": "邗江区城市管理局", "basis": "派单目录：夜间施工噪声"}}
        }
    )

    version: Version
    inputs: dict[str, Any] = Field({}, max_length=20)


class Seen(BaseModel):
    """A ticket and the version that was seen."""

    id: Annotated[int, Field(ge=1, lt=2**31)]
    version: Version


class Bulk(BaseModel):
    """One move on many tickets."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"action": "approve", "inputs": {}, "tickets": [{"id": 7, "version": 3}]}}
    )

    action: vocabulary.Action
    inputs: dict[str, Any] = Field({}, max_length=20)
    tickets: list[Seen] = Field(min_length=1, max_length=100)


class Outcome(BaseModel):
    """What became of one ticket; problem: why it was refused."""

    id: int
    number: str
    done: bool
    problem: str = ""


class Outcomes(BaseModel):
    """What became of each ticket."""

    items: list[Outcome]


class Unmask(BaseModel):
    """Why a confidential citizen's identity is needed; it is kept in the journal."""

    model_config = ConfigDict(json_schema_extra={"example": {"version": 9, "reason": "上门核实需要联系诉求人"}})

    version: Version
    reason: str = Field(max_length=500)


class Identity(BaseModel):
    """Who a confidential citizen is."""

    citizen_name: str
    calling_number: str
    callback_number: str


def shape(ticket: Ticket, now: datetime, hidden: bool = False) -> TicketOut:
    """A row as its own page shows it. hidden: without the citizen's identity."""
    out: TicketOut = TicketOut.model_validate(ticket)
    update: dict[str, Any] = {"light": light(ticket.step_due_at, ticket.step_amber_at, now)}
    if ticket.step_due_at == NEVER:
        update |= {"step_due_at": None, "step_amber_at": None}
    shown = _updated(out, update)
    return mask(shown, veil(ticket)) if hidden else shown


def listed(ticket: Ticket, now: datetime, hidden: bool = False) -> TicketOut:
    """A row as a list shows it: numbers masked, the words behind the fields left out."""
    out = shape(ticket, now, hidden)
    told = {name: masked(getattr(out, name)) for name in TOLD}
    return _updated(out, told | {"evidence": {}})


def mask(out: TicketOut, hide: Callable[[str], str]) -> TicketOut:
    """Without the name and the numbers of the citizen, wherever they stand. hide: see `veil`."""
    told = {field: hide(getattr(out, field)) for field in (*TOLD, *WRITTEN)}
    tried = [one.model_copy(update={"reason": hide(one.reason)}) for one in out.callbacks]
    name = masked_name(out.citizen_name)
    return _updated(out, told | {"citizen_name": name, "callbacks": tried, "evidence": {}, "summary": ""})


def veil(ticket: Ticket) -> Callable[[str], str]:
    """What hides the citizen's name and numbers, and any other number, in a text."""
    shown = {number: masked_number(number) for number in (ticket.calling_number, ticket.callback_number) if number}
    if len(ticket.citizen_name) > 1:
        shown[ticket.citizen_name] = masked_name(ticket.citizen_name)

    def hide(text: str) -> str:
        for words, instead in shown.items():
            text = text.replace(words, instead)
        return masked(text)

    return hide


def veiled(value: Any, hide: Callable[[str], str]) -> Any:
    """A value of JSON with every text in it hidden."""
    if isinstance(value, Mapping):
        return {name: veiled(item, hide) for name, item in value.items()}
    if isinstance(value, list):
        return [veiled(item, hide) for item in value]
    return hide(value) if isinstance(value, str) else value


def _updated(out: TicketOut, values: Mapping[str, Any]) -> TicketOut:
    copy: TicketOut = out.model_copy(update=values)
    return copy


def light(due: datetime, amber: datetime, now: datetime) -> str:
    """red: overdue; amber: nearly; green: in good time; empty: nothing is awaited."""
    if due == NEVER:
        return ""
    return "red" if due < now else "amber" if amber <= now else "green"


def asked(registry: Mapping[str, Input]) -> dict[str, InputOut]:
    """A registry of inputs for the page."""
    return {
        name: InputOut(label=one.label, kind=one.kind, most=one.most, choices=list(one.choices))
        for name, one in registry.items()
    }
