"""The calls of this process: ringing, answered, hung up, and found again after a restart."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from copilot import events
from copilot.desk import Desk
from copilot.parts import Parts
from copilot.tables import CallRow, EventRow
from telephony.base import CallInfo, Line
from ticket_core import tickets

log = logging.getLogger(__name__)


class CallError(Exception):
    """A call that cannot do what was asked; the message says what is possible."""


@dataclass
class Ringing:
    """A call that waits for an answer; the line starts when it is taken."""

    info: CallInfo
    agent: str
    open: Callable[[], Line]


class Calls:
    """One call at a time for an agent."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.live: dict[str, Desk] = {}
        self.ringing: dict[str, Ringing] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def recover(self) -> None:
        """Calls that a stopped server left open are marked lost; their words and draft stay."""

        def lose(session: Session) -> None:
            for row in session.scalars(select(CallRow).where(CallRow.state.in_(("live", "ringing")))):
                last = session.scalar(select(func.max(EventRow.seq)).where(EventRow.call == row.id)) or 0
                ended = events.Ended(call=row.id, seq=last + 1, seconds=row.seconds)
                session.add(EventRow(call=row.id, seq=ended.seq, type="ended", body=ended.model_dump(mode="json")))
                row.state = "lost"

        await self.parts.database.write(lose)

    async def ring(self, info: CallInfo, agent: str, title: str, open_line: Callable[[], Line]) -> None:
        """Let a call ring at an agent's desk. Raises CallError when the agent is busy or the id is in use."""
        if info.id in self.live or info.id in self.ringing:
            raise CallError("这通电话已经接入，同一通电话只能接入一路音频；请换一个通话编号")
        if self.of(agent):
            raise CallError("当前已有一通电话，请先挂断再接下一通")
        event = events.Ringing(call=info.id, seq=1, number=info.calling_number, title=title)
        self.ringing[info.id] = Ringing(info, agent, open_line)

        def keep(session: Session) -> None:
            if session.get(CallRow, info.id) is not None:
                raise CallError("这个通话编号已经用过；请换一个通话编号")
            session.add(
                CallRow(
                    id=info.id,
                    agent=agent,
                    number=info.calling_number,
                    called=info.called_number,
                    source=info.source,
                    state="ringing",
                    title=title,
                    started_at=info.started_at,
                )
            )
            session.flush()
            session.add(EventRow(call=info.id, seq=1, type="ringing", body=event.model_dump(mode="json")))

        try:
            await self.parts.database.write(keep)
        except BaseException:
            self.ringing.pop(info.id, None)
            raise
        await self.parts.bus.publish(agent, event)

    async def answer(self, call: str, agent: str) -> Desk:
        """Take a ringing call: opens its ticket draft and starts listening."""
        waiting = self.ringing.get(call)
        if waiting is None or waiting.agent != agent:
            raise CallError("这通电话不在振铃，可能已被接听或已挂断")
        del self.ringing[call]
        info = waiting.info

        def draft(session: Session) -> str:
            ticket, _ = tickets.draft(
                session,
                call_id=info.id,
                calling_number=info.calling_number,
                called_number=info.called_number,
                agent=agent,
            )
            session.flush()
            row = session.get_one(CallRow, call)
            row.state, row.ticket = "live", str(ticket.id)
            return str(ticket.id)

        ticket = await self.parts.database.write(draft)
        desk = Desk(self.parts, waiting.open(), agent, ticket, seq=1)
        self.live[call] = desk
        await desk.emit(events.Answered(call=call, at=datetime.now(UTC).isoformat(), number=info.calling_number))
        self._tasks[call] = asyncio.create_task(self._run(desk), name=f"call {call}")
        return desk

    async def hang_up(self, call: str, agent: str) -> None:
        """End a live call, or refuse one that rings."""
        if call in self.ringing and self.ringing[call].agent == agent:
            del self.ringing[call]
            ended = events.Ended(call=call, seq=2, seconds=0)

            def end(session: Session) -> None:
                session.add(EventRow(call=call, seq=2, type="ended", body=ended.model_dump(mode="json")))
                session.execute(update(CallRow).where(CallRow.id == call).values(state="ended"))

            await self.parts.database.write(end)
            await self.parts.bus.publish(agent, ended)
            return
        await self.mine(call, agent).line.close()

    def mine(self, call: str, agent: str) -> Desk:
        """The agent's live call."""
        desk = self.live.get(call)
        if desk is None or desk.agent != agent:
            raise CallError("这通电话已经结束；工单仍可继续填写")
        return desk

    def of(self, agent: str) -> str | None:
        """The call that an agent has, ringing or live."""
        for call, desk in self.live.items():
            if desk.agent == agent:
                return call
        return next((call for call, waiting in self.ringing.items() if waiting.agent == agent), None)

    async def wait(self, call: str) -> None:
        """Until a call is over and all of it is kept."""
        task = self._tasks.get(call)
        if task is not None:
            await asyncio.shield(task)

    async def close(self) -> None:
        """Hang up everything and wait for the finals."""
        for desk in tuple(self.live.values()):
            await desk.line.close()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _run(self, desk: Desk) -> None:
        try:
            await desk.run()
        except Exception:
            log.exception("call failed", extra={"call": desk.call})
        finally:
            self.live.pop(desk.call, None)
            self._tasks.pop(desk.call, None)


def new_info(number: str, source: str, called: str = "12345") -> CallInfo:
    """A call that starts now, under a new id."""
    return CallInfo(uuid4().hex[:16], number, called, source, datetime.now(UTC))
