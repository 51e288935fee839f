"""The bus of several servers: Redis tells the others, what it misses while it is away is read in the database."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from copilot.bus import QUEUE, Mailbox, MemoryBus
from copilot.events import WIRE, Event

log = logging.getLogger(__name__)
PREFIX = "copilot:desk:"
ALL = "copilot:behind"
OUTBOX = 10_000
AGAIN = 0.5
PATIENCE = 5.0
AWAY = "Redis 连不上：本机通话不受影响，其他服务器的坐席会晚些收到更新"
TROUBLES = (RedisError, OSError, TimeoutError)


class RedisBus:
    """Desks of this process hear at once; those of others through Redis publish/subscribe, one channel an agent."""

    def __init__(self, url: str, size: int = QUEUE) -> None:
        self._redis: Any = Redis.from_url(url, socket_connect_timeout=PATIENCE, health_check_interval=10)
        self._local = MemoryBus(size)
        self._me = uuid4().hex
        self._outbox: deque[tuple[str, Event]] = deque()
        self._waiting = asyncio.Event()
        self._lost = False
        self._troubles: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self.well, self.away = asyncio.Event(), asyncio.Event()

    @property
    def trouble(self) -> str:
        """Empty while Redis can be reached."""
        return AWAY if self.away.is_set() else ""

    async def publish(self, agent: str, event: Event) -> None:
        """Hand the event to the desks here, and to Redis in the background."""
        self._start()
        await self._local.publish(agent, event)
        if len(self._outbox) >= OUTBOX:
            self._outbox.clear()
            self._lost = True
        self._outbox.append((agent, event))
        self._waiting.set()

    @asynccontextmanager
    async def subscribe(self, agent: str) -> AsyncIterator[Mailbox]:
        """A mailbox for as long as the desk is open."""
        self._start()
        async with self._local.subscribe(agent) as mailbox:
            yield mailbox

    async def close(self) -> None:
        """Leave Redis."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()

    def _start(self) -> None:
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._send()), asyncio.create_task(self._listen())]

    async def _send(self) -> None:
        while True:
            await self._waiting.wait()
            try:
                await asyncio.wait_for(self._flush(), PATIENCE)
                self._note("send", well=True)
            except TROUBLES:
                self._note("send", well=False)
                self._lost = True
                await asyncio.sleep(AGAIN)

    async def _flush(self) -> None:
        if self._lost:
            self._outbox.clear()
            await self._redis.publish(ALL, self._me)
            self._lost = False
        while self._outbox:
            agent, event = self._outbox.popleft()
            body = {"from": self._me, "event": event.model_dump(mode="json")}
            await self._redis.publish(PREFIX + agent, json.dumps(body, ensure_ascii=False))
        self._waiting.clear()

    async def _listen(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.psubscribe(PREFIX + "*", ALL)
                    await self._hear(channel)
            except TROUBLES:
                self._note("listen", well=False)
            await asyncio.sleep(AGAIN)

    async def _hear(self, channel: PubSub) -> None:
        async for message in channel.listen():
            if message["type"] == "psubscribe":
                self._local.fall_behind()
                self._note("listen", well=True)
            elif message["type"] == "pmessage":
                await self._take(message["channel"].decode(), message["data"])

    async def _take(self, channel: str, data: bytes) -> None:
        if channel == ALL:
            self._local.fall_behind()
            return
        body = json.loads(data)
        if body["from"] != self._me:
            await self._local.publish(channel.removeprefix(PREFIX), WIRE.validate_python(body["event"]))

    def _note(self, what: str, well: bool) -> None:
        if well:
            self._troubles.discard(what)
        elif what not in self._troubles:
            log.warning("redis away", extra={"what": what})
            self._troubles.add(what)
        now, before = (self.away, self.well) if self._troubles else (self.well, self.away)
        now.set()
        before.clear()
