"""Carries wire events from calls to desks: in memory, or by Redis as well where there are several servers."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from copilot.events import Event

QUEUE = 512


class Behind(Exception):
    """Events were left out; the desk must read them in the database."""


class Mailbox:
    """One desk's queue. What a slow desk misses it is told to catch up on; drafts are just left out."""

    def __init__(self, size: int = QUEUE) -> None:
        self._size = size
        self._events: deque[Event] = deque()
        self._ready = asyncio.Event()
        self._behind = False

    def put(self, event: Event) -> None:
        """Never waits."""
        if len(self._events) < self._size:
            self._events.append(event)
            self._ready.set()
        elif event.seq:
            self.fall_behind()

    def fall_behind(self) -> None:
        """Drop what waits: all of it, and what was lost before, is in the database."""
        self._events.clear()
        self._behind = True
        self._ready.set()

    async def get(self) -> Event:
        """The oldest event. Raises Behind, once, where events were left out."""
        await self._ready.wait()
        if self._behind:
            self._behind = False
            self._settle()
            raise Behind
        event = self._events.popleft()
        self._settle()
        return event

    def _settle(self) -> None:
        if not self._events:
            self._ready.clear()


class Bus(Protocol):
    """Publish to an agent, after the commit; every open desk of that agent hears it. `trouble`: Chinese, or empty."""

    @property
    def trouble(self) -> str: ...

    async def publish(self, agent: str, event: Event) -> None:
        """Never waits for a desk or a network."""

    def subscribe(self, agent: str) -> AbstractAsyncContextManager[Mailbox]: ...

    async def close(self) -> None: ...


class MemoryBus:
    """The bus of one process."""

    trouble = ""

    def __init__(self, size: int = QUEUE) -> None:
        self._size = size
        self._desks: defaultdict[str, set[Mailbox]] = defaultdict(set)

    async def publish(self, agent: str, event: Event) -> None:
        """Hand the event to every open desk of the agent."""
        for mailbox in tuple(self._desks.get(agent, ())):
            mailbox.put(event)

    @asynccontextmanager
    async def subscribe(self, agent: str) -> AsyncIterator[Mailbox]:
        """A mailbox for as long as the desk is open."""
        mailbox = Mailbox(self._size)
        self._desks[agent].add(mailbox)
        try:
            yield mailbox
        finally:
            self._desks[agent].discard(mailbox)
            if not self._desks[agent]:
                del self._desks[agent]

    def fall_behind(self) -> None:
        """Every desk must catch up."""
        for mailboxes in self._desks.values():
            for mailbox in mailboxes:
                mailbox.fall_behind()

    async def close(self) -> None:
        """Nothing to stop."""
