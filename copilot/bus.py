"""Carries wire events from calls to desks: in memory, or Redis when there are several machines."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from copilot.events import Event

QUEUE = 512


class Mailbox:
    """One desk's queue. A desk that cannot keep up loses its oldest events and catches up from the database."""

    def __init__(self, size: int = QUEUE) -> None:
        self._queue: asyncio.Queue[Event] = asyncio.Queue(size)

    def put(self, event: Event) -> None:
        """Never waits."""
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(event)

    async def get(self) -> Event:
        """The oldest event."""
        return await self._queue.get()


class Bus(Protocol):
    """Publish to an agent; every open desk of that agent hears it."""

    async def publish(self, agent: str, event: Event) -> None: ...

    def subscribe(self, agent: str) -> AbstractAsyncContextManager[Mailbox]: ...


class MemoryBus:
    """The bus of one process."""

    def __init__(self) -> None:
        self._desks: defaultdict[str, set[Mailbox]] = defaultdict(set)

    async def publish(self, agent: str, event: Event) -> None:
        """Hand the event to every open desk of the agent."""
        for mailbox in tuple(self._desks[agent]):
            mailbox.put(event)

    @asynccontextmanager
    async def subscribe(self, agent: str) -> AsyncIterator[Mailbox]:
        """A mailbox for as long as the desk is open."""
        mailbox = Mailbox()
        self._desks[agent].add(mailbox)
        try:
            yield mailbox
        finally:
            self._desks[agent].discard(mailbox)
