"""The calls of this process: ringing, answered, hung up, and found again after a restart."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot import events, recording
from copilot.conversation import Conversation
from copilot.desk import Desk
from copilot.desks import Desks
from copilot.parts import Parts
from copilot.tables import CallRow, CardDecision, EventRow
from copilot.usage import after_call
from telephony.base import CallInfo, Line, TelephonyError
from ticket_core import tickets
from ticket_core.by import By
from ticket_core.vocabulary import Role

log = logging.getLogger(__name__)
BUSY = "当前已有一通电话，请先挂断再接下一通"
IN_USE = "这通电话已经接入，同一通电话只能接入一路音频；请换一个通话编号"


class CallError(Exception):
    """A call that cannot do what was asked; the message says what is possible."""


@dataclass
class Ringing:
    """A call that waits for an answer; the line starts when it is taken."""

    info: CallInfo
    agent: str
    open: Callable[[], Line]
    seq: int


class Calls:
    """One call at a time for an agent."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.desks = Desks()
        self.live: dict[str, Desk] = {}
        self.ringing: dict[str, Ringing] = {}
        self._claimed: dict[str, str] = {}
        self._tasks: dict[str, tuple[asyncio.Task[None], Desk]] = {}

    async def recover(self) -> None:
        """Calls that a stopped server left open are marked lost; their words and draft stay."""

        def lose(session: Session) -> None:
            for row in session.scalars(select(CallRow).where(CallRow.state.in_(("live", "ringing")))):
                talk = _conversation(session, row.id)
                ended = events.Ended(call=row.id, seq=talk.seq + 1, seconds=round(talk.seconds, 1))
                session.add(_kept(ended))
                row.state, row.seconds = "lost", talk.seconds

        await self.parts.database.write(lose)

    async def ring(self, info: CallInfo, agent: str, title: str, open_line: Callable[[], Line]) -> None:
        """Let a call ring at an agent's desk. Raises CallError when the agent is busy or the id is in use."""
        with self._claim(info.id, agent):
            ringing = events.Ringing(call=info.id, number=info.calling_number, title=title)
            await self.parts.database.write(lambda session: _ring(session, info, agent, ringing))
            self.ringing[info.id] = Ringing(info, agent, open_line, ringing.seq)
        await self.parts.bus.publish(agent, ringing)

    async def resume(self, info: CallInfo, open_line: Callable[[], Line]) -> bool:
        """Go on with a call that a stopped server lost, on its new line. False: there is nothing to go on with."""
        row = await self.parts.database.read(lambda session: session.get(CallRow, info.id))
        if row is None or row.state != "lost" or row.ticket is None or info.id in self.live:
            return False
        ticket, agent = row.ticket, row.agent
        with self._claim(info.id, agent):
            talk = await self.parts.database.read(lambda session: _conversation(session, info.id))
            talk.seconds = max(talk.seconds, recording.seconds(self.parts.settings.data, info.id))
            await self._start(Desk(self.parts, open_line(), agent, ticket, talk), row.number)
        return True

    async def answer(self, call: str, agent: str) -> Desk:
        """Take a ringing call: opens its ticket draft and starts listening. Taken already: the same desk again."""
        if call in self.live and self.live[call].agent == agent:
            return self.live[call]
        waiting = self.ringing.get(call)
        if waiting is None or waiting.agent != agent:
            raise CallError("这通电话不在振铃，可能已被接听或已挂断")
        line = waiting.open()
        del self.ringing[call]
        with self._claim(call, agent):
            try:
                ticket = await self.parts.database.write(lambda session: _draft(session, waiting.info, agent))
            except BaseException:
                self.ringing[call] = waiting
                raise
            desk = Desk(self.parts, line, agent, ticket, Conversation(seq=waiting.seq))
            await self._start(desk, waiting.info.calling_number)
        return desk

    async def hang_up(self, call: str, agent: str) -> None:
        """End a live call, or refuse one that rings."""
        waiting = self.ringing.get(call)
        if waiting is None or waiting.agent != agent:
            await self.mine(call, agent).line.close()
            return
        del self.ringing[call]
        ended = events.Ended(call=call, seq=waiting.seq + 1, seconds=0)

        def end(session: Session) -> None:
            session.add(_kept(ended))
            session.get_one(CallRow, call).state = "ended"

        await self.parts.database.write(end)
        await self.parts.bus.publish(agent, ended)

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

    def free(self) -> str:
        """An agent with an open desk and no call. Raises CallError when there is none."""
        for agent in self.desks.agents():
            if self.of(agent) is None and agent not in self._claimed.values():
                return agent
        raise CallError("现在没有空闲的坐席：请坐席登录并打开坐席台，或在地址里用 agent= 指定坐席")

    def health(self) -> events.Health:
        """How the parts are, over all calls of this process."""
        seen = [desk.health for desk in self.live.values()]
        if self.parts.recognizer is None:
            seen.append(events.Health(call="", speech="down", message=self.parts.speech_error))
        order = {"ok": 0, "slow": 1, "down": 2}
        worst = {
            name: max((getattr(one, name) for one in seen), key=lambda level: order[level], default="ok")
            for name in ("speech", "search", "routing")
        }
        told = dict.fromkeys([*(one.message for one in seen), self.parts.bus.trouble])
        return events.Health.model_validate({"call": "", "message": "；".join(filter(None, told)), **worst})

    async def wait(self, call: str) -> None:
        """Until a call is over and all of it is kept."""
        if call in self._tasks:
            await asyncio.shield(self._tasks[call][0])

    async def close(self) -> None:
        """Hang up everything and wait for the finals; a database that fails still is not waited for."""
        for desk in tuple(self.live.values()):
            await desk.line.close()
        for _, desk in self._tasks.values():
            desk.keeper.give_up()
        await asyncio.gather(*(task for task, _ in self._tasks.values()), return_exceptions=True)

    @contextmanager
    def _claim(self, call: str, agent: str) -> Iterator[None]:
        """Nobody else takes this call or this agent while it is being set up."""
        if call in self.live or call in self.ringing or call in self._claimed:
            raise CallError(IN_USE)
        if self.of(agent) or agent in self._claimed.values():
            raise CallError(BUSY)
        self._claimed[call] = agent
        try:
            yield
        finally:
            del self._claimed[call]

    async def _start(self, desk: Desk, number: str) -> None:
        def live(session: Session) -> None:
            session.get_one(CallRow, desk.call).state = "live"

        await desk.emit(events.Answered(call=desk.call, at=datetime.now(UTC).isoformat(), number=number), live)
        self.live[desk.call] = desk
        self._tasks[desk.call] = (asyncio.create_task(self._run(desk), name=f"call {desk.call}"), desk)

    async def _run(self, desk: Desk) -> None:
        try:
            await self._talk(desk)
            await desk.keeper.settled()
            await self._look_through(desk.call)
        finally:
            self._tasks.pop(desk.call, None)

    async def _look_through(self, call: str) -> None:
        try:
            await after_call.look_through(self.parts.database, call, datetime.now(UTC))
        except Exception:
            log.exception("call not looked through", extra={"call": call})

    async def _talk(self, desk: Desk) -> None:
        try:
            try:
                await desk.run()
            finally:
                self.live.pop(desk.call, None)
            await desk.word()
        except TelephonyError as error:
            log.warning("line failed", extra={"call": desk.call, "kind": type(error).__name__})
        except Exception:
            log.exception("call failed", extra={"call": desk.call})


def new_info(number: str, source: str, called: str = "12345") -> CallInfo:
    """A call that starts now, under a new id."""
    return CallInfo(uuid4().hex[:16], number, called, source, datetime.now(UTC))


def _kept(event: events.Event) -> EventRow:
    return EventRow(call=event.call, seq=event.seq, type=event.type, body=event.model_dump(mode="json"))


def _ring(session: Session, info: CallInfo, agent: str, ringing: events.Ringing) -> None:
    """A new call, or one that was lost before anybody took it."""
    row = session.get(CallRow, info.id)
    if row is not None and (row.state != "lost" or row.ticket is not None):
        raise CallError("这个通话编号已经用过；请换一个通话编号")
    if row is None:
        row = CallRow(id=info.id, started_at=info.started_at, seconds=0.0)
        session.add(row)
    row.agent, row.title, row.state = agent, ringing.title, "ringing"
    row.number, row.called, row.source = info.calling_number, info.called_number, info.source
    session.flush()
    ringing.seq = _conversation(session, info.id).seq + 1
    session.add(_kept(ringing))


def _draft(session: Session, info: CallInfo, agent: str) -> int:
    ticket, _ = tickets.draft(
        session,
        By(agent, Role.AGENT, datetime.now(UTC)),
        call_id=info.id,
        calling_number=info.calling_number,
        called_number=info.called_number,
        agent=agent,
    )
    session.get_one(CallRow, info.id).ticket = ticket.id
    return ticket.id


def _conversation(session: Session, call: str) -> Conversation:
    """The conversation as it was kept, with the cards that were refused."""
    bodies = session.scalars(select(EventRow.body).where(EventRow.call == call).order_by(EventRow.seq))
    talk = Conversation.of(events.WIRE.validate_python(body) for body in bodies)
    talk.panel.refused = {row.article for row in decided(session, call) if row.decision == "refused"}
    return talk


def decided(session: Session, call: str) -> list[CardDecision]:
    """What the agent did with each card in the end, in the order in which it was done."""
    newest = select(func.max(CardDecision.id)).where(CardDecision.call == call).group_by(CardDecision.article)
    return list(session.scalars(select(CardDecision).where(CardDecision.id.in_(newest)).order_by(CardDecision.id)))
