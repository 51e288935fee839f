"""The desk's socket: every event of an agent's calls, resumed by sequence number."""

import asyncio
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect

from copilot.api.access import session_key, signed_in_still, socket_user
from copilot.calls import Calls
from copilot.desks import OpenDesk
from copilot.feed import Feed
from copilot.parts import Parts

router = APIRouter(prefix="/api")
SIGNED_OUT = 4401
LOOK_AGAIN = 5.0  # seconds


@router.websocket("/desk")
async def desk(
    socket: WebSocket,
    call: Annotated[str, Query(max_length=64)] = "",
    after: Annotated[int, Query(ge=0)] = 0,
) -> None:
    """The desk's events. `call` and `after`: go on with a call behind that sequence number."""
    user = await socket_user(socket)
    await socket.accept()
    if user is None:
        await socket.close(SIGNED_OUT, "请重新登录")
        return
    parts: Parts = socket.state.parts
    calls: Calls = socket.state.calls
    with calls.desks.open(user.username, user.role, session_key(socket)) as opened:
        async with parts.bus.subscribe(user.username) as mailbox:
            feed = Feed(parts.database, mailbox, user.username, call, after)
            work = [_send(socket, feed), _receive(socket), _over(parts, opened)]
            tasks = [asyncio.create_task(one) for one in work]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    if opened.closed.is_set():
        await socket.close(SIGNED_OUT, "已退出登录")


async def _over(parts: Parts, desk: OpenDesk) -> None:
    """Until the session is over: here, or on another server, which cannot reach this desk."""
    while not desk.closed.is_set() and await signed_in_still(parts, desk.session):
        with suppress(TimeoutError):
            await asyncio.wait_for(desk.closed.wait(), LOOK_AGAIN)
    desk.closed.set()


async def _send(socket: WebSocket, feed: Feed) -> None:
    async for event in feed:
        await socket.send_text(event.model_dump_json())


async def _receive(socket: WebSocket) -> None:
    """Until the page is gone; it has nothing to say."""
    try:
        while True:
            await socket.receive()
    except (WebSocketDisconnect, RuntimeError):
        return
