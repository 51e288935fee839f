"""The lines in: an exchange's or a browser's audio over a WebSocket becomes a call."""

import asyncio
import json
import logging
import secrets
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from sqlalchemy.exc import SQLAlchemyError

from copilot.api.access import socket_user
from copilot.calls import CallError, Calls, new_info
from copilot.parts import Parts
from telephony.base import CallInfo, TelephonyError
from telephony.websocket import EXAMPLE, Send, WebSocketLine, check_event, parse_metadata

log = logging.getLogger(__name__)
router = APIRouter(prefix="/api")
REFUSED, NOT_ALLOWED, SIGNED_OUT = 4400, 4403, 4401
BEGIN = 10
NO_DATABASE = "数据库暂不可用，这通电话没有接入；请用话机接听、手工记录，并请管理员检查数据库"
IN_URL = ("call_id", "calling_number", "called_number", "format", "rate", "channels")


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a line comes from. agent: whose desk it rings at; empty: whoever is free. send: None without exchange."""

    agent: str
    source: str
    title: str
    unnamed: str
    send: Send | None


@router.websocket("/line/browser")
async def browser_line(socket: WebSocket) -> None:
    """The browser's microphone as a call on one's own desk."""
    user = await socket_user(socket)
    await socket.accept()
    if user is None or "calls" not in user.may:
        await socket.close(SIGNED_OUT, "请用坐席账号登录后再试讲")
        return
    await _call(socket, Caller(user.username, "browser", "试讲", "试讲", None))


@router.websocket("/line/stream")
async def exchange_line(socket: WebSocket, agent: str = "", token: str = "") -> None:
    """What mod_audio_stream sends: metadata as text, then binary audio; the format may stand in the address, too."""
    await socket.accept()
    if not _allowed(socket, token):
        await _refuse(socket, "接入令牌不对，请检查 COPILOT_LINE_TOKEN", NOT_ALLOWED)
        return
    await _call(socket, Caller(agent, "websocket", "来电", "未知号码", socket.send_text))


async def _call(socket: WebSocket, caller: Caller) -> None:
    calls: Calls = socket.state.calls
    line: WebSocketLine | None = None
    try:
        line, first = await _open(socket, caller)
        await _connect(calls, line, caller)
        await socket.send_text(json.dumps({"type": "accepted", "call": line.info.id}))
        await _pump(socket, line, first)
    except (TelephonyError, CallError) as error:
        await _refuse(socket, str(error))
    except SQLAlchemyError:
        log.exception("call not taken in")
        await _refuse(socket, NO_DATABASE)
    except (WebSocketDisconnect, RuntimeError):
        pass  # the other side is gone, which is how calls end
    finally:
        if line is not None:
            await line.hangup()
            await _stop_ringing(calls, line)


async def _open(socket: WebSocket, caller: Caller) -> tuple[WebSocketLine, bytes]:
    """The line, and the audio that came before any metadata."""
    url = {key: socket.query_params[key] for key in IN_URL if key in socket.query_params}
    try:
        message = await asyncio.wait_for(_receive(socket), BEGIN)
    except TimeoutError:
        raise TelephonyError(f"{BEGIN} 秒内没有收到音频格式说明，请先发 {EXAMPLE}") from None
    audio = message.get("bytes")
    if audio is not None and not url:
        raise TelephonyError(f"第一帧要是说明音频格式的 JSON 文本，例如 {EXAMPLE}；或在地址里写 ?call_id=…&rate=8000")
    who, form = parse_metadata("{}" if audio is not None else message["text"], url)
    made = new_info(who.get("calling_number", caller.unnamed), caller.source, who.get("called_number", "12345"))
    info = CallInfo(who.get("call_id", made.id), made.calling_number, made.called_number, made.source, made.started_at)
    return WebSocketLine(info, form, caller.send), audio or b""


async def _connect(calls: Calls, line: WebSocketLine, caller: Caller) -> None:
    """Go on with a call that was lost, else ring; a browser's call is taken by who speaks."""
    if await calls.resume(line.info, lambda: line):
        return
    await calls.ring(line.info, caller.agent or calls.free(), caller.title, lambda: line)
    if caller.source == "browser":
        await calls.answer(line.info.id, caller.agent)


async def _pump(socket: WebSocket, line: WebSocketLine, first: bytes) -> None:
    """Feed the line until either side hangs up."""
    over = asyncio.create_task(line.over.wait())
    feeding = asyncio.create_task(_feed(socket, line, first))
    try:
        await asyncio.wait((over, feeding), return_when=asyncio.FIRST_COMPLETED)
        if not feeding.done():
            await socket.send_text(json.dumps({"type": "disconnect"}))
            await socket.close(1000, "坐席已挂断")
    finally:
        over.cancel()
        feeding.cancel()
        await asyncio.gather(over, feeding, return_exceptions=True)
    if not feeding.cancelled():
        feeding.result()


async def _feed(socket: WebSocket, line: WebSocketLine, first: bytes) -> None:
    parts: Parts = socket.state.parts
    idle = parts.settings.line_idle_seconds
    await line.feed(first)
    while True:
        try:
            message = await asyncio.wait_for(_receive(socket), idle)
        except TimeoutError:
            raise TelephonyError(f"{idle:g} 秒没有收到音频，通话已结束；已听到的内容都已保存") from None
        if message.get("bytes") is None:
            check_event(message["text"])
        else:
            await line.feed(message["bytes"])


async def _receive(socket: WebSocket) -> dict[str, Any]:
    message: dict[str, Any] = dict(await socket.receive())
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    return message


async def _stop_ringing(calls: Calls, line: WebSocketLine) -> None:
    """The caller gave up before anybody answered."""
    waiting = calls.ringing.get(line.info.id)
    if waiting is not None and waiting.info is line.info:
        await calls.hang_up(line.info.id, waiting.agent)


async def _refuse(socket: WebSocket, message: str, code: int = REFUSED) -> None:
    try:
        await socket.send_text(json.dumps({"type": "error", "message": message}, ensure_ascii=False))
        await socket.close(code)
    except (RuntimeError, WebSocketDisconnect):
        pass


def _allowed(socket: WebSocket, token: str) -> bool:
    """By token where one is set, else from this machine alone; a page of another site never."""
    parts: Parts = socket.state.parts
    wanted = parts.settings.line_token
    if wanted:
        given = token or socket.headers.get("authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(given.encode(), wanted.encode())
    return "origin" not in socket.headers and socket.client is not None and _loopback(socket.client.host)


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
