"""What happens by itself: a loop that does what timers are due for, whatever the database does meanwhile."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime

from copilot import anchors
from copilot.knowledge import dates, upkeep
from copilot.knowledge.jobs import Jobs
from copilot.labelling import collect
from copilot.parts import Parts
from copilot.usage.housekeeping import Housekeeping
from ticket_core import sweep

log = logging.getLogger(__name__)
BATCH = 25  # timers a write: people's writes come in between


def _now() -> datetime:
    return datetime.now(UTC)


class Clockwork:
    """Sweeps when it starts and then every `settings.sweep_seconds`; several servers may do so at once.

    jobs: where the nightly audit runs; None: it is not done.
    """

    def __init__(self, parts: Parts, now: Callable[[], datetime] = _now, jobs: Jobs | None = None) -> None:
        self._parts, self._now, self._jobs = parts, now, jobs
        self._night: date | None = None
        self._usage = Housekeeping(parts)
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
        total += await self._keep_base(now)
        await self._usage.turn(now)
        await collect.nightly(self._parts, now)
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

    async def _keep_base(self, now: datetime) -> int:
        """Let articles expire and come due; at night begin the audit, which goes on beside the timers."""
        parts, total = self._parts, 0
        while done := await parts.database.write(lambda session: dates.turn(session, now)):
            total += done
        if total:
            await asyncio.to_thread(parts.live.follow)
        night = await asyncio.to_thread(upkeep.night, parts, now)
        self._night = self._night or night  # an index that was just opened has been brought in step
        if night > self._night and self._jobs is not None and self._jobs.running is None:
            self._night = night
            self._jobs.start("audit", lambda progress: upkeep.audit_live(parts, True, progress))
        return total

    async def _sweep(self, now: datetime, ids: list[int]) -> int:
        book = await asyncio.to_thread(self._parts.rules)
        return await self._parts.database.write(lambda session: sweep.sweep(session, now, book, ids))

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), self._parts.settings.sweep_seconds)
        except TimeoutError:
            pass
