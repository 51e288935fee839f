"""What the pages send and get about tickets."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, computed_field

from copilot.api.mask import masked
from ticket_core import workflow
from ticket_core.tables import Ticket

Version = Annotated[int, Field(ge=0, lt=2**31)]
TOLD = ("calling_number", "callback_number", "title", "content", "request", "answer", "summary")


class Evidence(BaseModel):
    """The words that a field came from."""

    utterance: str = ""
    quote: str = ""
    doubtful: bool = False


class Cited(BaseModel):
    """An article as it stood when it was taken."""

    article: str = Field(max_length=64)
    version: Version


class TicketOut(BaseModel):
    """A ticket as the pages show it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    number: str
    call_id: str | None
    state: str
    version: int
    calling_number: str
    citizen_name: str
    sex: str
    callback_number: str
    nature: str
    matter1: str
    matter2: str
    title: str
    content: str
    happened_at: str
    address: str
    district: str
    party_concerned: str
    request: str
    urgency: str
    department: str
    first_department: str
    basis: str
    due_at: datetime | None
    answer: str
    cited: list[Cited]
    summary: str
    agent: str
    created_at: datetime
    updated_at: datetime
    evidence: dict[str, Evidence]
    touched: list[str]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def state_label(self) -> str:
        """The state in Chinese."""
        return workflow.State(self.state).label


class EntryOut(BaseModel):
    """A line of the journal."""

    model_config = ConfigDict(from_attributes=True)

    seq: int
    at: datetime
    actor: str
    role: str
    action: str
    from_state: str
    to_state: str
    reason: str

    @computed_field  # type: ignore[prop-decorator]
    @property
    def label(self) -> str:
        """The action in Chinese."""
        return workflow.Action(self.action).label


class ActionOut(BaseModel):
    """A button that the table allows."""

    action: str
    label: str
    needs_reason: bool


class Detail(BaseModel):
    """One ticket, its journal and what may be done with it now."""

    ticket: TicketOut
    journal: list[EntryOut]
    actions: list[ActionOut]


class Page(BaseModel):
    """A page of tickets; `next` is the cursor of the page behind it."""

    items: list[TicketOut]
    next: str | None


class Edit(BaseModel):
    """Fields that a person changed or gives back to the copilot (`release`), and the version that they saw."""

    version: Version
    changes: dict[str, str] = Field({}, max_length=30)
    release: list[str] = Field([], max_length=30)


class Act(BaseModel):
    """Another move of the workflow table; `reason` where the table asks for one."""

    version: Version
    reason: str = Field("", max_length=500)


class Answer(BaseModel):
    """What the citizen was told, and out of which articles."""

    version: Version
    answer: str = Field("", max_length=5000)
    cited: list[Cited] = Field([], max_length=10)


class Dispatch(Answer):
    """Whom to dispatch to and why; what was answered already goes with it."""

    department: str = Field(max_length=100)
    basis: str = Field("", max_length=500)


def shape(ticket: Ticket) -> TicketOut:
    """A row as its own page shows it."""
    return TicketOut.model_validate(ticket)


def listed(ticket: Ticket) -> TicketOut:
    """A row as a list shows it: numbers masked, the words behind the fields left out."""
    out = shape(ticket)
    return out.model_copy(update={name: masked(getattr(out, name)) for name in TOLD} | {"evidence": {}})
