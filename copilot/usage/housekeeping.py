"""What is done about the use of the base by itself: calls caught up on, citations followed, gaps closed and found."""

import logging
from datetime import datetime, timedelta

from copilot.parts import Parts
from copilot.usage import after_call, citations, gap_work, gaps
from ticket_core.deadline import local_day

log = logging.getLogger(__name__)
HOUR = timedelta(hours=1)
LATELY = timedelta(days=7)  # calls that began before are looked through when the server starts, and then left alone


class Housekeeping:
    """Runs with every turn of the clockwork; what costs more comes by the hour and by the day."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._looked_at: datetime | None = None
        self._clustered_on = ""

    async def turn(self, now: datetime) -> None:
        """Do what is due. What fails is logged and tried again at its next time."""
        database = self._parts.database
        while await database.read(citations.behind):
            await database.write(lambda session: citations.follow(session, citations.BATCH))
        if await database.read(gaps.settle):  # most times there is nothing to write
            await database.write(gaps.settle)
        if self._looked_at is None or now - self._looked_at >= HOUR:
            since = self._looked_at and now - LATELY
            self._looked_at = now
            await after_call.catch_up(database, now, since)
        if self._clustered_on != local_day(now):
            self._clustered_on = local_day(now)
            try:
                await gap_work.run(self._parts, now)
            except Exception:
                log.exception("gaps not found")
