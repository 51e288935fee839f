"""The whole product without its web: recordings go in as calls, the desk's events come out with their times."""

import asyncio
import math
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from asr import weights
from copilot import parts
from copilot.calls import Calls, new_info
from copilot.events import Ended, Event
from copilot.parts import Parts, Say
from copilot.settings import Settings
from telephony.replay import Replay

NUMBER = "13800000000"


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as a desk saw it; at: seconds since the call was answered."""

    at: float
    event: Event


class Pipeline:
    """All parts on a fresh database."""

    def __init__(self, built: Parts) -> None:
        self.parts, self._calls = built, Calls(built)

    async def play(self, path: Path, realtime: bool, number: str = NUMBER) -> list[Seen]:
        """One call to its end. realtime: at its own speed; else as fast as every word can be heard in full.

        Raises TelephonyError for a file that is no recording.
        """
        info = new_info(number, "replay")
        line = Replay(path, info, 1.0) if realtime else Replay(path, info, math.inf, self._caught_up)
        seen: list[Seen] = []
        async with self.parts.bus.subscribe(info.id) as mailbox:
            await self._calls.ring(info, info.id, "", lambda: line)
            await self._calls.answer(info.id, info.id)
            began = time.monotonic()
            while not seen or not isinstance(seen[-1].event, Ended):
                event = await mailbox.get()
                seen.append(Seen(time.monotonic() - began, event))
        await self._calls.wait(info.id)
        return seen

    async def _caught_up(self, _: float) -> None:
        """Hold the replay until no decode waits, so that nothing is heard in haste."""
        await asyncio.sleep(0)
        if self.parts.recognizer is not None:
            await self.parts.recognizer.idle()


@asynccontextmanager
async def pipeline(say: Say = lambda _: None, settings: Settings | None = None) -> AsyncIterator[Pipeline]:
    """A pipeline with the engine of the settings, by default on a database that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings or Settings(data=Path(folder))
        if settings.engine == "whisper":
            weights.install("whisper-base", settings.models)
        built = parts.build(settings, say)
        try:
            yield Pipeline(built)
        finally:
            await built.close()
