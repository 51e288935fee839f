"""Files on their way in: kept aside while a process of their own reads them, then compared, then gone.

A server that stops or is killed meanwhile leaves no import half read: its file is no longer held, and whoever sees
that says so on the import.
"""

import asyncio
import fcntl
import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO
from uuid import uuid4

from copilot.attachments import clean_name
from copilot.knowledge import imports
from copilot.knowledge.acts import Editor
from copilot.knowledge.alike import Beside
from copilot.knowledge.tables import ImportRow
from copilot.parts import Parts
from kb_index.article import KnowledgeError
from kb_index.importing import process

log = logging.getLogger(__name__)
AT_ONCE = 2  # files that are read at once
CHUNK = 1 << 20
TELL = 0.5  # seconds between two words about progress
BATCH = 20  # proposals compared between two looks at the clock
FORGOTTEN = timedelta(minutes=30)  # a file that another machine holds is waited for so long
STOPPED = "服务在读取时停止了，没有读完；请重新上传"
FAILED = "读取时出错了，没有读完；请重试，仍不行请联系管理员"


@dataclass(frozen=True, slots=True)
class Held:
    """A file that waits to be read. Its lock goes with the process that holds it."""

    path: Path
    lock: IO[bytes]
    sha256: str
    size: int

    def free(self) -> None:
        """Forget the file."""
        self.path.unlink(missing_ok=True)
        self.lock.close()


class Intake:
    """Reads files that were sent, a few at a time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._folder = parts.settings.data / "imports"
        self._most = parts.settings.import_mb
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def receive(self, file: BinaryIO, name: str, by: Editor) -> ImportRow:
        """Keep a file aside and begin to read it. Raises KnowledgeError where it is empty or too large."""
        held = await asyncio.to_thread(self._hold, file)
        try:
            told = (clean_name(name), held.path.name, held.sha256, held.size, by)
            row = await self._parts.database.write(lambda session: imports.begin(session, *told))
        except BaseException:
            held.free()
            raise
        task = asyncio.create_task(self._read(row, held, by), name="import")
        self._tasks[row.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(row.id, None))
        return row

    async def stop(self, number: int) -> None:
        """Give up the reading of one import, where this server reads it."""
        if task := self._tasks.get(number):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def close(self) -> None:
        """Give up what is being read; each import says so."""
        for number in list(self._tasks):
            await self.stop(number)

    async def sweep(self, now: datetime) -> None:
        """Refuse what nobody reads any more, because the server that did was killed; forget files of no import."""
        for number, file, since in await self._parts.database.read(imports.abandoned):
            if number not in self._tasks and await asyncio.to_thread(self._is_left, file, since, now):
                await self._parts.database.write(partial(imports.refuse, number=number, why=STOPPED))
                (self._folder / file).unlink(missing_ok=True)
        await asyncio.to_thread(self._clear, now)

    def _hold(self, file: BinaryIO) -> Held:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / uuid4().hex
        size, digest = 0, hashlib.sha256()
        lock = path.open("wb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            while chunk := file.read(CHUNK):
                size += len(chunk)
                if size > self._most << 20:
                    raise KnowledgeError(f"文件太大，一次最多导入 {self._most} MB；请分成几个文件再上传")
                digest.update(chunk)
                lock.write(chunk)
            if not size:
                raise KnowledgeError("文件是空的；请重新选择")
            lock.flush()
        except BaseException:
            path.unlink(missing_ok=True)
            lock.close()
            raise
        return Held(path, lock, digest.hexdigest(), size)

    async def _read(self, row: ImportRow, held: Held, by: Editor) -> None:
        why = ""
        try:
            async with self._turn:
                await self._through(Reading(self._parts, row.id, by), held.path, row.name)
        except KnowledgeError as refused:
            why = str(refused)
        except asyncio.CancelledError:
            why = STOPPED
        except Exception:
            log.exception("an import failed", extra={"number": row.id})
            why = FAILED
        finally:
            held.free()
        if why:
            await self._parts.database.write(partial(imports.refuse, number=row.id, why=why))

    async def _through(self, reading: "Reading", path: Path, name: str) -> None:
        async for told in process.told(path, name):
            await reading.hear(told)
        await reading.compare()
        await self._parts.database.write(reading.finish)

    def _is_left(self, file: str, since: datetime, now: datetime) -> bool:
        """Whether no process holds a file; of one that is not in our folder, whether it takes too long."""
        with _opened(self._folder / file) as lock:
            if lock is None:
                return now - since > FORGOTTEN
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return False
            return True

    def _clear(self, now: datetime) -> None:
        for path in self._folder.glob("*"):
            with suppress(FileNotFoundError):
                old = now.timestamp() - path.stat().st_mtime > FORGOTTEN.total_seconds()
                if old and self._is_left(path.name, now, now):
                    path.unlink()


class Reading:
    """One file while it is read: what came out of it so far."""

    def __init__(self, parts: Parts, number: int, by: Editor) -> None:
        self._parts, self._number, self._by = parts, number, by
        self._found: list[dict[str, Any]] = []
        self._items: list[imports.Item] = []
        self._refused: list[dict[str, str]] = []
        self._report: dict[str, Any] = {"notes": []}
        self._told = 0.0

    async def hear(self, told: dict[str, Any]) -> None:
        """One object of the process that reads."""
        match told:
            case {"done": done, "total": total}:
                await self._tell("读取", done, total)
            case {"row": _}:
                self._found.append(told)
            case {"where": where, "why": why}:
                self._refused.append({"where": where, "why": why})
            case {"note": note}:
                self._report["notes"].append(note)
            case {"kind": kind, "label": label}:
                self._report |= {"kind": kind, "kind_label": label}

    async def compare(self) -> None:
        """Hold each proposal to the rules and beside the others."""
        beside = Beside(self._parts.index)
        for start in range(0, len(self._found), BATCH):
            await self._tell("比对", start, len(self._found))
            await asyncio.to_thread(self._batch, beside, self._found[start : start + BATCH])

    def finish(self, session: Any) -> None:
        """Write what came of it. Raises nothing: where all of it is refused, the import is."""
        report = {**self._report, "refused": self._refused}
        if self._items:
            imports.finish(session, self._number, self._items, report)
        else:
            imports.refuse(session, self._number, "没有一条可以导入，原因见下", report)

    def _batch(self, beside: Beside, found: list[dict[str, Any]]) -> None:
        for one in found:
            article = imports.as_article(self._owned(one["row"]))
            problem = self._foreign(article.issuer) or self._parts.database.read_now(
                partial(imports.check, article=article)
            )
            if problem:
                self._refused.append({"where": one["where"], "why": problem})
                continue
            number = len(self._items) + 1
            self._items.append(
                {
                    "n": number,
                    "where": one["where"],
                    "row": imports.proposal(article),
                    "notes": one["notes"],
                    "findings": beside.add(number, article),
                    "seen": 1,
                    "article": "",
                    "version": 0,
                }
            )

    def _owned(self, row: dict[str, Any]) -> dict[str, Any]:
        """A department's proposals are its own where they name nobody."""
        return {**row, "issuer": row["issuer"] or self._by.department or ""}

    def _foreign(self, issuer: str) -> str:
        own = self._by.department
        return f"部门是“{issuer}”，您只能导入“{own}”的内容" if own is not None and issuer != own else ""

    async def _tell(self, stage: str, done: int, total: int) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._told >= TELL:
            self._told = now
            await self._parts.database.write(
                lambda session: imports.progressed(session, self._number, stage, done, total)
            )


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes] | None]:
    """A file, None where it is not there."""
    try:
        file = os.fdopen(os.open(path, os.O_RDWR), "r+b")
    except (FileNotFoundError, IsADirectoryError):
        yield None
        return
    with file:
        yield file
