"""Calls: simulate, answer, hold, mute, transfer, hang up; what was said, decided and recorded in them."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot import events, recording
from copilot.api.access import AgentIn, CallsIn, PartsIn, Who, WhoIn
from copilot.api.shapes import TicketOut, Version, shape
from copilot.calls import decided, new_info
from copilot.roles import scope_of
from copilot.tables import CallRow, CardDecision, EventRow
from telephony.replay import Replay
from telephony.samples import SAMPLES
from ticket_core.queries import visible as tickets_within
from ticket_core.tables import Ticket
from ticket_core.tickets import FILLED

router = APIRouter(prefix="/api")


class Sample(BaseModel):
    """A call that can be let in for training."""

    id: str
    title: str
    number: str


class Simulate(BaseModel):
    """Which sample; the first one when left out."""

    sample: str = Field("", max_length=64)


class Started(BaseModel):
    """The call's id."""

    call: str


class Current(BaseModel):
    """The call on one's desk; state: ringing, live, ended or lost, empty where there is no call."""

    call: str | None = None
    state: str = ""
    muted: bool = False
    held: bool = False


class Switch(BaseModel):
    """On or off."""

    on: bool


class Transfer(BaseModel):
    """The number to connect the caller to."""

    to: str = Field(pattern=r"^[0-9*#]{3,20}$")


class Decision(BaseModel):
    """What the agent did with a card; "withdrawn": took back what was done before."""

    decision: Literal["taken", "refused", "withdrawn"]
    version: Version
    reason: str = Field("", max_length=100)


class Decided(BaseModel):
    """A decision as it was kept."""

    article: str
    version: int
    decision: str
    reason: str
    at: datetime


class Condition(BaseModel):
    """How the parts of the copilot are; `message` is for the foot of the desk."""

    speech: events.Level
    search: events.Level
    routing: events.Level
    message: str


@router.get("/health")
async def health(user: WhoIn, calls: CallsIn) -> Condition:
    """How the parts are, whether or not there is a call."""
    return Condition.model_validate(calls.health(), from_attributes=True)


@router.get("/calls/samples")
async def samples(user: WhoIn) -> list[Sample]:
    """The sample calls."""
    return [Sample(id=s.id, title=s.title, number=s.number) for s in SAMPLES]


@router.post("/calls/simulate")
async def simulate(body: Simulate, user: AgentIn, calls: CallsIn) -> Started:
    """Let a sample call ring at one's own desk."""
    chosen = next((s for s in SAMPLES if body.sample in ("", s.id)), None)
    if chosen is None:
        raise HTTPException(404, f"没有这通示例来电；可选：{'、'.join(s.id for s in SAMPLES)}")
    info = new_info(chosen.number, "replay")
    await calls.ring(info, user.username, chosen.title, lambda: Replay(chosen.wav, info))
    return Started(call=info.id)


@router.get("/calls/current")
async def current(user: WhoIn, calls: CallsIn, parts: PartsIn) -> Current:
    """The call on one's desk: ringing, live, or the latest that is over with its ticket still a draft."""
    if call := calls.of(user.username):
        if desk := calls.live.get(call):
            return Current(call=call, state="live", muted=desk.talk.muted, held=desk.talk.held)
        return Current(call=call, state="ringing")

    unfinished = select(CallRow).join(Ticket).where(CallRow.agent == user.username, Ticket.state.in_(FILLED))
    newest = unfinished.order_by(CallRow.started_at.desc()).limit(1)
    row = await parts.database.read(lambda session: session.scalar(newest))
    return Current(call=row.id, state=row.state) if row else Current()


@router.post("/calls/{call}/answer", status_code=204)
async def answer(call: str, user: AgentIn, calls: CallsIn) -> None:
    """Take a ringing call."""
    await calls.answer(call, user.username)


@router.post("/calls/{call}/hangup", status_code=204)
async def hang_up(call: str, user: AgentIn, calls: CallsIn) -> None:
    """End the call."""
    await calls.hang_up(call, user.username)


@router.post("/calls/{call}/hold", status_code=204)
async def hold(call: str, body: Switch, user: AgentIn, calls: CallsIn) -> None:
    """While on hold nothing is heard or kept."""
    await calls.mine(call, user.username).switch(held=body.on)


@router.post("/calls/{call}/mute", status_code=204)
async def mute(call: str, body: Switch, user: AgentIn, calls: CallsIn) -> None:
    """While muted nothing of the agent is heard or kept."""
    await calls.mine(call, user.username).switch(muted=body.on)


@router.post("/calls/{call}/transfer", status_code=204)
async def transfer(call: str, body: Transfer, user: AgentIn, calls: CallsIn) -> None:
    """Have the exchange connect the caller to another number."""
    await calls.mine(call, user.username).transfer(body.to)


@router.get("/calls/{call}/ticket")
async def call_ticket(call: str, user: WhoIn, parts: PartsIn) -> TicketOut:
    """The ticket that the call fills."""

    def load(session: Session) -> TicketOut:
        row = visible(session, call, user)
        if row.ticket is None:
            raise HTTPException(404, "这通电话还没有工单，请先接听")
        return shape(session.get_one(Ticket, row.ticket), datetime.now(UTC))

    return await parts.database.read(load)


@router.get("/calls/{call}/utterances")
async def utterances(call: str, user: WhoIn, parts: PartsIn) -> list[events.Heard]:
    """Everything that was said in a call, in the order in which it was said."""

    def load(session: Session) -> list[events.Heard]:
        visible(session, call, user)
        kept = select(EventRow.body).where(EventRow.call == call, EventRow.type == "heard")
        heard = [events.Heard.model_validate(body) for body in session.scalars(kept)]
        return sorted((one for one in heard if one.text), key=lambda one: (one.start, one.seq))

    return await parts.database.read(load)


@router.post("/calls/{call}/cards/{article}", status_code=204)
async def decide(call: str, article: str, body: Decision, user: AgentIn, calls: CallsIn, parts: PartsIn) -> None:
    """Keep what was done with a card; a refused one does not come back in this call unless that is withdrawn."""
    if article not in parts.articles:
        raise HTTPException(404, f"热线百科里没有 {article[:64]}，可能已下架")

    def keep(session: Session) -> None:
        own(session, call, user)
        session.add(
            CardDecision(
                call=call,
                article=article,
                version=body.version,
                decision=body.decision,
                reason=body.reason,
                agent=user.username,
                at=datetime.now(UTC),
            )
        )

    await parts.database.write(keep)
    if desk := calls.live.get(call):
        await (desk.refuse(article) if body.decision == "refused" else desk.readmit(article))


@router.get("/calls/{call}/decisions")
async def decisions(call: str, user: WhoIn, parts: PartsIn) -> list[Decided]:
    """What was done with each card of a call in the end, in order."""

    def load(session: Session) -> list[Decided]:
        visible(session, call, user)
        return [Decided.model_validate(row, from_attributes=True) for row in decided(session, call)]

    return await parts.database.read(load)


@router.get("/calls/{call}/audio")
async def audio(
    call: str,
    user: WhoIn,
    parts: PartsIn,
    leg: Literal["citizen", "agent"] = "citizen",
    start: Annotated[float, Query(ge=0, le=86_400, allow_inf_nan=False)] = 0,
    end: Annotated[float, Query(ge=0, le=86_400, allow_inf_nan=False)] = 86_400,
) -> Response:
    """A stretch of one leg as WAV, 8 kHz; seconds from the start of the call."""
    row = await parts.database.read(lambda session: visible(session, call, user))
    try:
        wav = await recording.cut(parts.settings.data, row.id, leg, start, end)
    except FileNotFoundError:
        raise HTTPException(404, "没有这通电话的录音") from None
    return Response(wav, media_type="audio/wav", headers={"Cache-Control": "private, no-store"})


def visible(session: Session, call: str, user: Who) -> CallRow:
    """A call that this user may hear, or 404: an agent the own ones, a team leader the team's, a department those of
    its tickets whose citizen is not confidential.
    """
    row = session.get(CallRow, call)
    if row is None or not _within(session, row, user):
        raise HTTPException(404, "没有这通电话，可能编号有误")
    return row


def _within(session: Session, row: CallRow, user: Who) -> bool:
    scope = scope_of(session, user)
    if scope.departments is not None:
        ticket = session.get(Ticket, row.ticket) if row.ticket else None
        return ticket is not None and not ticket.confidential and tickets_within(ticket, scope)
    return scope.agents is None or row.agent in scope.agents


def own(session: Session, call: str, user: Who) -> CallRow:
    """The user's own call, or 404."""
    row = session.get(CallRow, call)
    if row is None or row.agent != user.username:
        raise HTTPException(404, "没有这通电话，可能编号有误")
    return row
