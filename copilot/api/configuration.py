"""Configuration, as an administrator sees, publishes and undoes it; and what of it every desk reads."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from copilot.api.access import PartsIn, Who, WhoIn, allow
from copilot.api.once import Once, once
from copilot.api.shapes import Version
from copilot.configuration import Configured, versions
from copilot.configuration.bodies import Column
from copilot.configuration.kinds import Kind
from copilot.configuration.versions import ConfigurationError, local_date
from copilot.tables import Configuration
from ticket_core.deadline.calendar import Calendar
from ticket_core.deadline.term import Matter
from ticket_core.errors import TicketError
from ticket_core.vocabulary import Clock

router = APIRouter(prefix="/api", tags=["配置"])
AdminIn = Annotated[Who, Depends(allow("configure"))]
KindName = Annotated[str, Path(max_length=40)]
Label = Annotated[str, Field(max_length=50)]


class VersionOut(BaseModel):
    """A version: who published it, when, why, and the day from which it holds."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    effective_from: date
    author: str
    at: datetime
    note: str
    undoes: int | None


class KindOut(BaseModel):
    """A kind with the version in force; version 0: what ships with the product."""

    kind: str
    label: str
    version: int
    newest: int
    effective_from: date | None
    author: str
    at: datetime | None


class KindDetail(BaseModel):
    """A kind to edit. body: of the newest version, as text (TOML or JSON); columns: of its table or form.

    newest: what to send back as base_version; current: the version in force, None where it is the shipped one.
    """

    kind: str
    label: str
    newest: int
    current: VersionOut | None
    body: str
    format: Literal["toml", "json"]
    shape: Literal["text", "form", "rows"]
    columns: list[Column]
    takes_effect: str
    versions: list[VersionOut]


class BodyOut(BaseModel):
    """The body of one version, as text."""

    kind: str
    version: int
    body: str
    format: Literal["toml", "json"]


class Publish(BaseModel):
    """A new version. base_version: the newest one that was seen; body: text, or the table or form itself."""

    base_version: Version
    body: str | list[Any] | dict[str, Any]
    effective_from: date | None = None
    note: str = Field("", max_length=500)


class Undo(BaseModel):
    """The newest version, which is to be taken back, and why."""

    version: Version
    note: str = Field("", max_length=500)


class Trial(BaseModel):
    """A moment to compute a due time from. body: a draft of a rule pack; empty: what is in force at the start."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"clock": "handle", "nature": "投诉", "start": "2026-09-30T16:00:00+08:00"}}
    )

    body: str = ""
    clock: Clock
    nature: Label = ""
    urgency: Label = ""
    line: Label = "12345"
    kind: Label = ""
    start: AwareDatetime


class TrialOut(BaseModel):
    """When it would be due, when its light turns amber, and the computation, a line a step."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    amber_at: datetime
    why: list[str]


class YearOut(BaseModel):
    """A year of the built-in calendar. known: whether its holidays are; days: those that are not what their weekday
    says, with why.
    """

    year: int
    known: bool
    days: dict[date, str]


class PhraseOut(BaseModel):
    """A sentence that agents put in with one key."""

    model_config = ConfigDict(from_attributes=True)

    title: str
    text: str


class DepartmentOut(BaseModel):
    """A department of the tree; parent: empty at the top."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    level: str
    parent: str
    district: str


class MatterOut(BaseModel):
    """A matter of the dispatch catalogue, two levels."""

    model_config = ConfigDict(from_attributes=True)

    matter1: str
    matter2: str


@router.get("/phrases")
async def phrases(user: WhoIn, parts: PartsIn) -> list[PhraseOut]:
    """The agents' phrases."""
    return [PhraseOut.model_validate(one) for one in parts.configured.phrases(datetime.now(UTC))]


@router.get("/tags")
async def tags(user: WhoIn, parts: PartsIn) -> list[str]:
    """The tags that may be put on tickets."""
    return [tag.name for tag in parts.configured.tags(datetime.now(UTC))]


@router.get("/departments")
async def departments(user: WhoIn, parts: PartsIn) -> list[DepartmentOut]:
    """Every department that can be given a ticket, with where it stands in the tree."""
    found = parts.configured.active_departments(datetime.now(UTC))
    return [DepartmentOut.model_validate(one) for one in found.values()]


@router.get("/matters")
async def matters(user: WhoIn, parts: PartsIn) -> list[MatterOut]:
    """Every matter of the dispatch catalogue."""
    return [MatterOut.model_validate(line) for line in parts.configured.lines(datetime.now(UTC))]


@router.get("/configuration")
async def index(user: AdminIn, parts: PartsIn) -> list[KindOut]:
    """Every kind with the version in force."""
    today = local_date(datetime.now(UTC))

    def find(session: Session) -> list[KindOut]:
        return [_kind(session, kind, today) for kind in parts.configured.kinds.values()]

    return await parts.database.read(find)


@router.post("/configuration/deadlines/trial")
async def trial(asked: Trial, user: AdminIn, parts: PartsIn) -> TrialOut:
    """Compute a due time, by the rules in force or by a draft of them; nothing is kept."""
    rules = parts.configured.rules(asked.start, asked.body)
    matter = Matter(asked.nature, asked.urgency, asked.line, asked.kind)
    return TrialOut.model_validate(rules.due(asked.clock, matter, asked.start))


@router.get("/calendar/{year}")
async def year_of(year: Annotated[int, Path(ge=2000, lt=2100)], user: AdminIn) -> YearOut:
    """The holidays and make-up days of a year as the product knows them, without what an administrator set."""
    try:
        return YearOut(year=year, known=True, days=Calendar().special(year))
    except TicketError:
        return YearOut(year=year, known=False, days={})


@router.get("/configuration/{kind}")
async def detail(kind: KindName, user: AdminIn, parts: PartsIn) -> KindDetail:
    """One kind with its newest body and its history."""
    configured = parts.configured
    found = _known(configured, kind)
    return await parts.database.read(lambda session: _detail(session, configured, found))


@router.get("/configuration/{kind}/{version}")
async def body_of(
    kind: KindName, version: Annotated[int, Path(ge=0, lt=2**31)], user: AdminIn, parts: PartsIn
) -> BodyOut:
    """The body of a version; 0: what ships with the product."""
    found = _known(parts.configured, kind)

    def find(session: Session) -> BodyOut:
        try:
            body = parts.configured.body(session, kind, version)
        except ConfigurationError as error:
            raise HTTPException(404, str(error)) from None
        return BodyOut(kind=kind, version=version, body=_as_text(found, body), format=_format(found))

    return await parts.database.read(find)


@router.post("/configuration/{kind}", status_code=201)
async def publish(kind: KindName, body: Publish, user: AdminIn, parts: PartsIn, request: Once) -> VersionOut:
    """Publish a version that holds from a day on, today where none is named. With an error nothing is changed."""
    found, at = _known(parts.configured, kind), datetime.now(UTC)
    given, day = _given(found, body.body), body.effective_from or local_date(at)

    def keep(session: Session) -> VersionOut:
        parts.configured.check(session, kind, given, day)
        row = versions.publish(
            session,
            kind,
            given,
            seen=body.base_version,
            effective_from=day,
            note=body.note,
            author=user.username,
            at=at,
        )
        return VersionOut.model_validate(row)

    answer = await parts.database.write(once(request, VersionOut, keep))
    parts.configured.forget()
    return answer


@router.post("/configuration/{kind}/undo")
async def undo(kind: KindName, body: Undo, user: AdminIn, parts: PartsIn, request: Once) -> VersionOut:
    """Take back the newest version: what held before holds again, as a version of its own."""
    _known(parts.configured, kind)
    at = datetime.now(UTC)

    def keep(session: Session) -> VersionOut:
        earlier = versions.before(session, kind, body.version, lambda: parts.configured.shipped(kind))
        parts.configured.check(session, kind, earlier, local_date(at))
        row = versions.undo(session, kind, body.version, earlier, note=body.note, author=user.username, at=at)
        return VersionOut.model_validate(row)

    answer = await parts.database.write(once(request, VersionOut, keep))
    parts.configured.forget()
    return answer


def _known(configured: Configured, kind: str) -> Kind:
    try:
        return configured.kind(kind)
    except ConfigurationError as error:
        raise HTTPException(404, str(error)) from None


def _kind(session: Session, kind: Kind, today: date) -> KindOut:
    row = versions.current(session, kind.name, today)
    return KindOut(
        kind=kind.name,
        label=kind.label,
        version=row.version if row else 0,
        newest=versions.newest(session, kind.name),
        effective_from=row.effective_from if row else None,
        author=row.author if row else "",
        at=row.at if row else None,
    )


def _detail(session: Session, configured: Configured, kind: Kind) -> KindDetail:
    rows: Sequence[Configuration] = versions.history(session, kind.name)
    current = versions.current(session, kind.name, local_date(datetime.now(UTC)))
    return KindDetail(
        kind=kind.name,
        label=kind.label,
        newest=rows[0].version if rows else 0,
        current=VersionOut.model_validate(current) if current else None,
        body=_as_text(kind, rows[0].body if rows else configured.shipped(kind.name)),
        format=_format(kind),
        shape=kind.shape,
        columns=list(kind.columns),
        takes_effect=kind.takes_effect,
        versions=[VersionOut.model_validate(row) for row in rows],
    )


def _format(kind: Kind) -> Literal["toml", "json"]:
    return "toml" if kind.shape == "text" else "json"


def _as_text(kind: Kind, body: Any) -> str:
    return str(body) if kind.shape == "text" else json.dumps(body, ensure_ascii=False, indent=1)


def _given(kind: Kind, body: Any) -> Any:
    """The body as it is kept. Raises ConfigurationError for a text that is no JSON where a table or form is wanted."""
    if kind.shape == "text" or not isinstance(body, str):
        return body
    try:
        return json.loads(body)
    except ValueError as error:
        raise ConfigurationError(f"内容不是 JSON：{error}") from None
