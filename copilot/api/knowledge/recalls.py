"""Recalls over HTTP: who was told what a wrong article said, what to tell them now, and how each callback went."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, computed_field
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot import export
from copilot.api.access import PartsIn, Who, allow
from copilot.api.detail import names_of
from copilot.tables import CallRow
from copilot.usage import recalls
from copilot.usage.recalls import OUTCOMES, How, State
from copilot.usage.tables import Recall, RecallItem
from kb_index.article import Article
from ticket_core.deadline import ZONE
from ticket_core.tables import Ticket

router = APIRouter(prefix="/api/knowledge")
RecallIn = Annotated[Who, Depends(allow("recall"))]
Number = Annotated[int, Path(ge=1, lt=2**31)]
COLUMNS = (
    ("状态", "诉求人", "电话", "工单编号", "引用版本", "引用方式", "当时告知", "告知时间", "坐席")
    + ("回访记录", "说明", "办理人", "办理时间")
)  # fmt: skip


class Choice(BaseModel):
    """How a callback can go."""

    name: str
    label: str


class Attempt(BaseModel):
    """A try to reach someone."""

    at: datetime
    actor: str
    outcome: str
    note: str


class ItemOut(BaseModel):
    """Someone to be called. number: where; told: what they were told then."""

    id: int
    call: str | None
    ticket: int | None
    ticket_number: str
    number: str
    citizen: str
    version: int
    how: list[str]
    how_labels: list[str]
    told: str
    told_at: datetime
    agent: str
    agent_name: str
    state: str
    attempts: list[Attempt]
    reason: str
    done_by: str
    done_at: datetime | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def state_label(self) -> str:
        """The state in Chinese."""
        return State(self.state).label


class RecallOut(BaseModel):
    """A recall and how far it is. open: someone is still to be called."""

    id: int
    article: str
    title: str
    version: int
    since: int
    reason: str
    opened_by: str
    opened_by_name: str
    opened_at: datetime
    counts: dict[str, int]
    total: int
    open: bool


class RightNow(BaseModel):
    """What is right instead, to be told."""

    article: str
    version: int
    title: str
    text: str


class RecallDetail(RecallOut):
    """A recall with everyone to be called. right_now: None where nothing took the article's place yet."""

    right_now: RightNow | None
    outcomes: list[Choice]
    items: list[ItemOut]


class DoneIn(BaseModel):
    """How a callback went; note: what else there is to say, the reason where none is needed."""

    outcome: str = Field(max_length=20)
    note: str = Field("", max_length=500)


@router.get("/recalls")
async def index(user: RecallIn, parts: PartsIn) -> list[RecallOut]:
    """Every recall, the newest first."""

    def find(session: Session) -> list[RecallOut]:
        rows = session.scalars(select(Recall).order_by(Recall.id.desc())).all()
        states = recalls.counts(session, [row.id for row in rows])
        names = names_of(session, {row.opened_by for row in rows})
        return [RecallOut(**_head(row, states[row.id], names)) for row in rows]

    return await parts.database.read(find)


@router.get("/recalls/{recall}")
async def read(recall: Number, user: RecallIn, parts: PartsIn) -> RecallDetail:
    """One recall with everyone to be called, those still waiting first."""

    def find(session: Session) -> RecallDetail:
        row, items = _found(session, recall), _items(session, recall)
        names = names_of(session, {row.opened_by, *(item.agent for item in items), *_actors(items)})
        return RecallDetail(
            **_head(row, recalls.counts(session, [row.id])[row.id], names),
            right_now=_right(recalls.right_now(session, row.article)),
            outcomes=[Choice(name=name, label=label) for name, label in OUTCOMES.items()],
            items=list(_shown(session, items, names)),
        )

    return await parts.database.read(find)


@router.post("/recalls/{recall}/items/{item}/done")
async def done(recall: Number, item: Number, body: DoneIn, user: RecallIn, parts: PartsIn) -> ItemOut:
    """Keep how a callback went."""
    now = datetime.now(UTC)
    limits = parts.rules().at(now).limits

    def keep(session: Session) -> ItemOut:
        _found(session, recall)
        row = recalls.record(session, recall, item, body.outcome, body.note, user.username, now, limits)
        session.flush()
        (shown,) = _shown(session, [row], names_of(session, {row.agent, *_actors([row])}))
        return shown

    return await parts.database.write(keep)


@router.get("/recalls/{recall}/export", response_class=StreamingResponse)
async def as_csv(recall: Number, user: RecallIn, parts: PartsIn) -> StreamingResponse:
    """The list for a spreadsheet."""

    def lines(session: Session) -> list[list[export.Cell]]:
        _found(session, recall)
        items = _items(session, recall)
        names = names_of(session, {item.agent for item in items} | set(_actors(items)))
        return [_line(item, names) for item in _shown(session, items, names)]

    found = await parts.database.read(lines)
    name = f"recall-{recall}-{datetime.now(ZONE):%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    content = export.csv_chunks(found, columns=COLUMNS)
    return StreamingResponse(content, media_type="text/csv; charset=utf-8", headers=headers)


def _found(session: Session, recall: int) -> Recall:
    row = session.get(Recall, recall)
    if row is None:
        raise HTTPException(404, "没有这次召回，可能编号有误")
    return row


def _items(session: Session, recall: int) -> list[RecallItem]:
    waiting = RecallItem.state == State.TO_CALL.value
    query = select(RecallItem).where(RecallItem.recall == recall).order_by(waiting.desc(), RecallItem.id)
    return list(session.scalars(query))


def _actors(items: Iterable[RecallItem]) -> Iterator[str]:
    for item in items:
        yield item.done_by
        yield from (attempt["actor"] for attempt in item.attempts)


def _head(row: Recall, states: Mapping[State, int], names: Mapping[str, str]) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in RecallOut.model_fields if hasattr(Recall, name)}
    return own | {
        "opened_by_name": names.get(row.opened_by, row.opened_by),
        "counts": {state.value: count for state, count in states.items()},
        "total": sum(states.values()),
        "open": states[State.TO_CALL] > 0,
    }


def _right(article: Article | None) -> RightNow | None:
    if article is None:
        return None
    return RightNow(article=article.id, version=article.version, title=article.title, text=article.body)


def _shown(session: Session, items: Iterable[RecallItem], names: Mapping[str, str]) -> Iterator[ItemOut]:
    for item in items:
        ticket = session.get(Ticket, item.ticket) if item.ticket else None
        call = session.get(CallRow, item.call) if item.call else None
        own = {name: getattr(item, name) for name in ItemOut.model_fields if hasattr(RecallItem, name)}
        yield ItemOut(
            **own | {"attempts": [{**one, "actor": names.get(one["actor"], one["actor"])} for one in item.attempts]},
            ticket_number=ticket.number if ticket else "",
            number=(ticket and (ticket.callback_number or ticket.calling_number)) or (call.number if call else ""),
            citizen=ticket.citizen_name if ticket else "",
            how_labels=[How(one).label for one in item.how],
            agent_name=names.get(item.agent, item.agent),
        )


def _line(item: ItemOut, names: Mapping[str, str]) -> list[export.Cell]:
    tried = [f"{one.at.astimezone(ZONE):%Y-%m-%d %H:%M} {one.outcome} {one.note}".strip() for one in item.attempts]
    cells: tuple[object, ...] = (
        *(item.state_label, item.citizen, item.number, item.ticket_number, item.version, item.how_labels, item.told),
        *(item.told_at, item.agent_name, tried, item.reason, names.get(item.done_by, item.done_by), item.done_at),
    )
    return [export.cell(one) for one in cells]
