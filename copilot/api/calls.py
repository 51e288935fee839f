"""Calls: simulate, answer, hold, hang up, play back; the desk's socket and the lines in."""

import asyncio
import io
import json
import math
import wave
from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Literal

from fastapi import APIRouter, HTTPException, Response, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.api.access import AgentIn, CallsIn, PartsIn, Who, WhoIn, socket_user
from copilot.api.tickets import TicketOut, shape
from copilot.bus import Mailbox
from copilot.calls import CallError, Calls, new_info
from copilot.parts import Parts
from copilot.tables import CallRow, CardDecision, EventRow
from telephony.base import CallInfo, TelephonyError
from telephony.replay import Replay
from telephony.samples import SAMPLES
from telephony.websocket import WebSocketLine, parse_metadata
from ticket_core.tables import Ticket

router = APIRouter(prefix="/api")


class Sample(BaseModel):
    """A call that can be let in for training."""

    id: str
    title: str
    number: str


class Simulate(BaseModel):
    """Which sample; the next one when left out."""

    sample: str = ""


class Started(BaseModel):
    """The call's id."""

    call: str | None


class Switch(BaseModel):
    """On or off."""

    on: bool


class Decision(BaseModel):
    """What the agent did with a card."""

    decision: Literal["taken", "refused"]
    version: int
    reason: str = Field("", max_length=100)


@router.get("/calls/samples")
async def samples(user: WhoIn) -> list[Sample]:
    """The sample calls."""
    return [Sample(id=s.id, title=s.title, number=s.number) for s in SAMPLES]


@router.post("/calls/simulate")
async def simulate(body: Simulate, user: AgentIn, calls: CallsIn) -> Started:
    """Let a sample call ring at one's own desk."""
    chosen = next((s for s in SAMPLES if s.id == body.sample), None) if body.sample else SAMPLES[0]
    if chosen is None:
        raise HTTPException(404, f"没有这通示例来电；可选：{'、'.join(s.id for s in SAMPLES)}")
    info = new_info(chosen.number, "replay")
    await calls.ring(info, user.username, chosen.title, lambda: Replay(chosen.wav, info))
    return Started(call=info.id)


@router.get("/calls/current")
async def current(user: WhoIn, calls: CallsIn, parts: PartsIn) -> Started:
    """The call on one's desk: ringing, live, or over with its ticket still a draft."""
    if call := calls.of(user.username):
        return Started(call=call)

    def last(session: Session) -> str | None:
        newest = select(CallRow).where(CallRow.agent == user.username).order_by(CallRow.started_at.desc()).limit(1)
        row = session.scalar(newest)
        if row is None or not row.ticket:
            return None
        ticket = session.get(Ticket, _key(row.ticket))
        return row.id if ticket is not None and str(ticket.state) == "draft" else None

    return Started(call=await parts.database.read(last))


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
    calls.mine(call, user.username).held = body.on


@router.post("/calls/{call}/mute", status_code=204)
async def mute(call: str, body: Switch, user: AgentIn, calls: CallsIn) -> None:
    """While muted nothing of the agent is heard or kept."""
    calls.mine(call, user.username).muted = body.on


@router.get("/calls/{call}/ticket")
async def call_ticket(call: str, user: WhoIn, parts: PartsIn) -> TicketOut:
    """The ticket that the call fills."""

    def load(session: Session) -> TicketOut | None:
        row = session.get(CallRow, call)
        if row is None or not row.ticket or (user.role == "agent" and row.agent != user.username):
            return None
        return shape(session.get_one(Ticket, _key(row.ticket)))

    found = await parts.database.read(load)
    if found is None:
        raise HTTPException(404, "这通电话还没有工单，请先接听")
    return found


@router.post("/calls/{call}/cards/{article}", status_code=204)
async def decide(call: str, article: str, body: Decision, user: AgentIn, calls: CallsIn, parts: PartsIn) -> None:
    """Keep that a card was taken or refused; a refused one does not come back in this call."""
    if call in calls.live and body.decision == "refused":
        calls.live[call].talk.refused.add(article)

    def keep(session: Session) -> None:
        row = session.get(CallRow, call)
        if row is None or row.agent != user.username:
            raise HTTPException(404, "没有这通电话")
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


@router.get("/calls/{call}/audio")
async def audio(
    call: str,
    user: WhoIn,
    parts: PartsIn,
    leg: Literal["citizen", "agent"] = "citizen",
    start: float = 0,
    end: float = 0,
) -> Response:
    """A stretch of one leg as WAV, 8 kHz; seconds from the start of the call."""
    row = await parts.database.read(lambda session: session.get(CallRow, call))
    if row is None or (user.role == "agent" and row.agent != user.username):
        raise HTTPException(404, "没有这通电话的录音")
    if not (math.isfinite(start) and math.isfinite(end) and 0 <= start):
        raise HTTPException(422, "起止时间要是不小于零的秒数")
    path = parts.settings.data / "recordings" / f"{row.id}.{leg}.pcm"

    def cut() -> bytes:
        if not path.exists():
            raise HTTPException(404, "没有这通电话的录音")
        first = int(start * 8000) * 2
        with path.open("rb") as file:
            file.seek(first)
            return file.read(max(0, int(end * 8000) * 2 - first) if end > start else -1)

    pcm = await asyncio.to_thread(cut)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(pcm)
    return Response(out.getvalue(), media_type="audio/wav")


@router.websocket("/desk")
async def desk(socket: WebSocket, call: str = "", after: int = 0) -> None:
    """The desk's events. `after` and `call`: resume a call behind that sequence number."""
    user = await socket_user(socket)
    await socket.accept()
    if user is None:
        await socket.close(4401, "请重新登录")
        return
    parts: Parts = socket.state.parts
    async with parts.bus.subscribe(user.username) as mailbox:
        for body in await missed(parts, user, call, after):
            await socket.send_json(body)
        sender = asyncio.create_task(_send(socket, mailbox))
        try:
            while True:
                await socket.receive_text()
        except (WebSocketDisconnect, KeyError, RuntimeError):
            pass
        finally:
            sender.cancel()


async def missed(parts: Parts, user: Who, call: str, after: int) -> Sequence[dict[str, object]]:
    """The kept events of a call behind `after`, in order."""
    rows = (
        select(EventRow.body)
        .join(CallRow, CallRow.id == EventRow.call)
        .where(EventRow.call == call, EventRow.seq > after, CallRow.agent == user.username)
        .order_by(EventRow.seq)
    )
    return await parts.database.read(lambda session: session.scalars(rows).all())


async def _send(socket: WebSocket, mailbox: Mailbox) -> None:
    while True:
        event = await mailbox.get()
        await socket.send_text(event.model_dump_json())


@router.websocket("/line/browser")
async def browser_line(socket: WebSocket) -> None:
    """The browser's microphone as a call on one's own desk."""
    user = await socket_user(socket)
    await socket.accept()
    if user is None:
        await socket.close(4401, "请重新登录")
        return
    await _line(socket, user.username, "试讲", answer_now=True)


@router.websocket("/line/stream")
async def exchange_line(socket: WebSocket, agent: str = "", token: str = "") -> None:
    """What mod_audio_stream sends: metadata as text, then binary audio. `agent`: whose desk it rings at."""
    parts: Parts = socket.state.parts
    given = token or socket.headers.get("authorization", "").removeprefix("Bearer ")
    local = socket.client is not None and _loopback(socket.client.host)
    await socket.accept()
    if (parts.settings.line_token and given != parts.settings.line_token) or not (parts.settings.line_token or local):
        await socket.close(4403, "接入令牌不对")
        return
    await _line(socket, agent or "wangli", "来电", answer_now=False)


async def _line(socket: WebSocket, agent: str, title: str, answer_now: bool) -> None:
    calls: Calls = socket.state.calls
    info: CallInfo | None = None
    try:
        first = await asyncio.wait_for(socket.receive(), 10)
        if first.get("text") is None:
            raise TelephonyError('第一帧必须是说明音频格式的 JSON 文本，例如 {"format":"L16","rate":8000,"channels":2}')
        meta, form = parse_metadata(first["text"])
        info = new_info(meta.get("calling_number", "") or "试讲", "browser" if answer_now else "websocket")
        if call_id := meta.get("call_id", ""):
            info = CallInfo(
                call_id, info.calling_number, meta.get("called_number", "") or "12345", info.source, info.started_at
            )
        line = WebSocketLine(info, form)
        await calls.ring(info, agent, title, lambda: line)
        await socket.send_text(json.dumps({"type": "accepted", "call": info.id}))
        if answer_now:
            await calls.answer(info.id, agent)
        await _pump(socket, line)
    except (TelephonyError, CallError) as error:
        await _refuse(socket, str(error))
    except TimeoutError:
        await _refuse(socket, "10 秒内没有收到音频格式说明")
    except (WebSocketDisconnect, RuntimeError):
        pass
    finally:
        if info is not None and info.id in calls.ringing:
            await calls.hang_up(info.id, agent)


async def _pump(socket: WebSocket, line: WebSocketLine) -> None:
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if message.get("bytes") is None:
                raise TelephonyError("这里应当是音频（二进制帧），收到的却是文本")
            line.feed(message["bytes"])
    finally:
        line.hangup()


async def _refuse(socket: WebSocket, message: str) -> None:
    try:
        await socket.send_text(json.dumps({"type": "error", "message": message}, ensure_ascii=False))
        await socket.close(4400)
    except RuntimeError:
        pass


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _key(ticket: str) -> int:
    return int(ticket)
