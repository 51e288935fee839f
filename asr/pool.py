"""A bounded number of decodes at once: finals before drafts, the citizen before the agent."""

import heapq
import itertools
import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)
Job = Callable[[], None]


class Pool:
    """Worker threads over a priority queue. Lower numbers go first."""

    def __init__(self, workers: int) -> None:
        self._jobs: list[tuple[int, int, Job]] = []
        self._order = itertools.count()
        self._ready = threading.Condition()
        self._running = 0
        self._open = True
        self._threads = [threading.Thread(target=self._work, name=f"decode-{n}", daemon=True) for n in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(self, priority: int, job: Job) -> None:
        """Queue a job; it must not raise."""
        with self._ready:
            heapq.heappush(self._jobs, (priority, next(self._order), job))
            self._ready.notify_all()

    def waiting(self, below: int) -> int:
        """How many jobs with a priority number under `below` wait."""
        with self._ready:
            return sum(priority < below for priority, _, _ in self._jobs)

    def drain(self) -> None:
        """Wait until nothing is queued and nothing runs."""
        with self._ready:
            self._ready.wait_for(lambda: not self._jobs and not self._running)

    def close(self) -> None:
        """Finish what is queued, then stop."""
        with self._ready:
            self._open = False
            self._ready.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._ready:
                while not self._jobs:
                    if not self._open:
                        return
                    self._ready.wait()
                job = heapq.heappop(self._jobs)[2]
                self._running += 1
            try:
                job()
            except Exception:
                log.exception("decode failed")
            with self._ready:
                self._running -= 1
                self._ready.notify_all()
