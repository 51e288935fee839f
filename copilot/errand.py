"""A job that runs soon and one at a time: asked for again while it runs, it runs once more."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


class Errand:
    """Coalesces requests, so that a slow job lags behind by itself at most. A job that raises is logged and over."""

    def __init__(self, job: Callable[[], Awaitable[None]]) -> None:
        self._job = job
        self._due: float | None = None
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def ask(self, due: float = 0.0) -> None:
        """Run the job at `due` (the loop's clock; now when it is past), instead of what was asked before."""
        self._due = due
        self._moved.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def done(self) -> None:
        """Run what was asked for without waiting for its time; returns when nothing is left to do."""
        if self._task is not None and not self._task.done():
            if self._due is not None:
                self.ask()
            await self._task

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        while self._due is not None:
            if (wait := self._due - clock()) > 0:
                self._moved.clear()
                try:
                    await asyncio.wait_for(self._moved.wait(), wait)
                except TimeoutError:
                    pass
                continue
            self._due = None
            try:
                await self._job()
            except Exception:
                log.exception("errand failed")
