"""What happens by itself: a loop that does what timers are due for, whatever the database does meanwhile."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from copilot import anchors
from copilot.parts import Parts
from ticket_core import sweep

log = logging.getLogger(__name__)
BATCH = 25  # timers a write: people's writes come in between


def _now() -> datetime:
    return datetime.now(UTC)


class Clockwork:
    """Sweeps when it starts and then every `settings.sweep_seconds`; several servers may do so at once."""

    def __init__(self, parts: Parts, now: Callable[[], datetime] = _now) -> None:
        self._parts, self._now = parts, now
        self._stop, self._over = asyncio.Event(), asyncio.Event()
        self._over.set()

    async def run(self) -> None:
        """Until `close`. What fails is logged and tried again at the next turn."""
        self._over.clear()
        try:
            while not self._stop.is_set():
                try:
                    await self.turn()
                except Exception:
                    log.exception("timers wait")
                await self._rest()
        finally:
            self._over.set()

    async def turn(self) -> int:
        """Do all that is due now, and what comes due by it; how much was done. Once a day, note the journal's head."""
        folder, now, total = self._parts.settings.data, self._now(), 0
        await self._parts.database.read(lambda session: anchors.note(folder, session, now))
        while done := await self._pass():
            total += done
        return total

    async def close(self) -> None:
        """Finish the write under way, then end `run`."""
        self._stop.set()
        await self._over.wait()

    async def _pass(self) -> int:
        now, done = self._now(), 0
        ids = await self._parts.database.read(lambda session: sweep.due(session, now))
        for start in range(0, len(ids), BATCH):
            if self._stop.is_set():
                break
            done += await self._sweep(now, ids[start : start + BATCH])
        return done

    async def _sweep(self, now: datetime, ids: list[int]) -> int:
        book = await asyncio.to_thread(self._parts.rules)
        return await self._parts.database.write(lambda session: sweep.sweep(session, now, book, ids))

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), self._parts.settings.sweep_seconds)
        except TimeoutError:
            pass
