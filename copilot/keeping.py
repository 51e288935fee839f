"""A call's events, numbered, committed and only then published; while the database fails they wait their turn."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from sqlalchemy import exc
from sqlalchemy.orm import Session

from copilot.conversation import Conversation
from copilot.database import Database
from copilot.events import Event
from copilot.tables import EventRow

log = logging.getLogger(__name__)
Also = Callable[[Session], object]
AWAY = (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.PendingRollbackError, exc.TimeoutError)
MOST = 2000
AGAIN, SLOWEST = 0.5, 10.0


class Keeper:
    """Keeps one call's events in order, whatever the database does.

    publish: tells the desk; an event that waits is told at once as well, unnumbered like a draft, so that the agent
    goes on seeing and being warned. well: told False when the database fails, True when all that waited is kept.
    """

    def __init__(
        self,
        database: Database,
        talk: Conversation,
        publish: Callable[[Event], Awaitable[None]],
        well: Callable[[bool], Awaitable[None]],
    ) -> None:
        self._database, self._talk, self._publish, self._well = database, talk, publish, well
        self._order = asyncio.Lock()
        self._waiting: deque[tuple[Event, Also | None]] = deque()
        self._catching_up: asyncio.Task[None] | None = None
        self._last_try = asyncio.Event()

    async def keep(self, event: Event, also: Also | None = None) -> None:
        """Number, commit, publish; returns then, or when the event waits. also: joins the transaction, may run twice.

        Raises what `also` raises.
        """
        async with self._order:
            event.seq = self._talk.seq + 1
            if self._waiting or not await self._stored(event, also):
                await self._put_off(event, also)
            else:
                self._talk.apply(event)
                await self._publish(event)

    async def settled(self) -> None:
        """Until nothing waits."""
        while self._catching_up is not None and not self._catching_up.done():
            await self._catching_up

    def give_up(self) -> None:
        """The server stops: what waits is tried once more, then lost."""
        self._last_try.set()

    async def _stored(self, event: Event, also: Also | None) -> bool:
        """Whether it is committed; an event whose commit went through unnoticed is none the worse for another."""

        def store(session: Session) -> None:
            session.merge(EventRow(call=event.call, seq=event.seq, type=event.type, body=event.model_dump(mode="json")))
            if also is not None:
                also(session)

        try:
            await self._database.write(store)
        except AWAY:
            return False
        return True

    async def _put_off(self, event: Event, also: Also | None) -> None:
        await self._publish(event.model_copy(update={"seq": 0}))
        if len(self._waiting) >= MOST:
            log.error("event lost", extra={"call": event.call, "type": event.type})
            return
        self._talk.apply(event)
        self._waiting.append((event, also))
        if len(self._waiting) == 1:
            self._catching_up = asyncio.create_task(self._catch_up(self._catching_up))

    async def _catch_up(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        log.error("database failed", extra={"call": self._waiting[0][0].call})
        await self._well(False)
        pause = AGAIN
        while self._waiting:
            if await self._next_kept():
                pause = AGAIN
            elif self._last_try.is_set():
                log.error("events lost", extra={"call": self._waiting[0][0].call, "count": len(self._waiting)})
                return
            else:
                await self._rest(pause)
                pause = min(pause * 2, SLOWEST)
        await self._well(True)

    async def _next_kept(self) -> bool:
        event, also = self._waiting[0]
        try:
            if not await self._stored(event, also):
                return False
            await self._publish(event)
        except Exception:
            log.exception("event not kept", extra={"call": event.call, "type": event.type})
        self._waiting.popleft()
        return True

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._last_try.wait(), seconds)
        except TimeoutError:
            pass
