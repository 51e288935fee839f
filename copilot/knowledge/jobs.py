"""Long work on the base, one at a time: how far it is can be asked, and closing stops it where it can be stopped."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from kb_index.article import KnowledgeError

log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]
Work = Callable[[Progress], dict[str, Any]]
LABELS = {"audit": "校验", "import": "整库导入", "encoder": "更换编码器", "reranker": "更换重排模型"}
KEPT = 20


class Stopped(Exception):
    """The server stops; what was done so far stays where the work keeps it."""


@dataclass(slots=True)
class Job:
    """A work and how far it is; result: what it came to; error: in Chinese."""

    id: int
    kind: str
    state: Literal["running", "done", "failed"] = "running"
    done: int = 0
    total: int = 0
    error: str = ""
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What it is, in Chinese."""
        return LABELS[self.kind]


class Jobs:
    """Those of this server, the newest last; forgotten when it stops."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self, kind: str, work: Work) -> Job:
        """Begin a work in a thread. Raises KnowledgeError while another runs."""
        if running := self.running:
            raise KnowledgeError(f"“{running.label}”还在进行，请等它完成后再试")
        job = Job(self._jobs[-1].id + 1 if self._jobs else 1, kind)
        self._jobs = [*self._jobs[1 - KEPT :], job]
        self._task = asyncio.create_task(self._run(job, work))
        return job

    @property
    def running(self) -> Job | None:
        """The one under way."""
        return next((job for job in self._jobs if job.state == "running"), None)

    def find(self, number: int) -> Job | None:
        """One by its number."""
        return next((job for job in self._jobs if job.id == number), None)

    def last(self, kind: str) -> Job | None:
        """The newest of a kind."""
        return next((job for job in reversed(self._jobs) if job.kind == kind), None)

    async def close(self) -> None:
        """Stop what runs, where it next says how far it is."""
        self._stopping = True
        if self._task is not None:
            await self._task

    async def _run(self, job: Job, work: Work) -> None:
        def progress(done: int, total: int) -> None:
            job.done, job.total = done, total
            if self._stopping:
                raise Stopped

        try:
            job.result = await asyncio.to_thread(work, progress)
            job.state = "done"
        except Stopped:
            job.state, job.error = "failed", "服务停止，没有做完"
        except KnowledgeError as error:
            job.state, job.error = "failed", str(error)
        except Exception:
            log.exception("knowledge job failed", extra={"kind": job.kind})
            job.state, job.error = "failed", "没有做完，详情见服务日志；请稍后重试"
