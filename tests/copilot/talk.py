"""A call on given parts, without a server: its desk, its line and what the desk is told."""

import asyncio
from contextlib import asynccontextmanager

from copilot.calls import Calls, new_info
from telephony.websocket import AudioFormat, WebSocketLine

SECOND = bytes(16_000)


@asynccontextmanager
async def live(parts, agent="wangli"):
    """A call that is answered, its line, and what its desk hears."""
    calls, info = Calls(parts), new_info("13852706021", "websocket")
    line = WebSocketLine(info, AudioFormat())
    async with parts.bus.subscribe(agent) as mailbox:
        await calls.ring(info, agent, "", lambda: line)
        yield await calls.answer(info.id, agent), line, mailbox
        await line.close()
        await calls.wait(info.id)


async def until(mailbox, kind):
    """The next event of a kind."""
    async with asyncio.timeout(30):
        while (event := await mailbox.get()).type != kind:
            pass
    return event


async def until_over(mailbox):
    """Every event up to the end of the call."""
    async with asyncio.timeout(30):
        while (event := await mailbox.get()).type != "ended":
            yield event
