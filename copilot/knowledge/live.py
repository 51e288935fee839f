"""The index that everybody searches: it follows the journal, and another can take its place while they do."""

import asyncio
import fcntl
import hashlib
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.orm import Session

from copilot.database import Database
from copilot.knowledge import finding, follow
from copilot.knowledge.follow import Progress
from copilot.knowledge.tables import KnowledgeEntry
from copilot.settings import Settings
from kb_index.article import Article
from kb_index.encoders import base as encoders
from kb_index.encoders.base import Encoder
from kb_index.search.index import Index

Mark = tuple[str, datetime] | None
log = logging.getLogger(__name__)
LOOK = 0.3  # seconds until a change on another server shows here
FOLDERS = 64


class Live:
    """Holds the current index; searches take it once and keep it. What changes it here calls `follow` after its commit.

    home: where indexes are kept; None: in memory alone. encoder, reranker: by which names the index's were chosen.
    """

    def __init__(self, database: Database, index: Index, home: "Home | None" = None, encoder: str = "") -> None:
        self._database, self._index = database, index
        self.home, self.encoder, self.reranker = home, encoder, ""
        self._turn = threading.Lock()
        self._mark: Mark = None
        self._stop, self._over = asyncio.Event(), asyncio.Event()
        self._over.set()

    @property
    def index(self) -> Index:
        """What is searched now."""
        return self._index

    @property
    def articles(self) -> Mapping[str, Article]:
        """The live articles by id."""
        return self._index.articles

    def follow(self) -> int:
        """Apply what was committed since; how many entries. Where it is another journal than before, all of it."""
        with self._turn:
            head, mark = self._database.read_now(self._look)
            if head < self._index.position or mark != (self._mark or mark):
                moved = follow.reconcile(self._database, self._index)
            elif head > self._index.position:
                moved = follow.catch_up(self._database, self._index)
            else:
                moved = 0
            if moved or self._mark is None:
                self._mark = self._database.read_now(self._look)[1]
            return moved

    def settled(self) -> Index:
        """The index, once it followed."""
        self.follow()
        return self._index

    def _look(self, session: Session) -> tuple[int, Mark]:
        """The journal's head, and the entry at which the index stands: a base that was put back has another there."""
        entry = session.get(KnowledgeEntry, self._index.position)
        return finding.head(session), (entry.article, entry.at) if entry else None

    def replace(self, index: Index) -> Index:
        """Search with another index from now on, which has caught up; the one before, for the caller to close."""
        with self._turn:
            follow.catch_up(self._database, index)
            before, self._index, self._mark = self._index, index, None
        return before

    async def run(self, also: Callable[[], Awaitable[None]]) -> None:
        """Follow what other servers do, until `close`. also: done each time. What fails is logged once, tried again."""
        self._over.clear()
        failing = False
        try:
            while not self._stop.is_set():
                try:
                    await asyncio.to_thread(self.follow)
                    await also()
                    failing = False
                except Exception:
                    if not failing:
                        log.exception("index waits")
                    failing = True
                await self._rest()
        finally:
            self._over.set()

    async def close(self) -> None:
        """Stop following."""
        self._stop.set()
        await self._over.wait()

    def shut(self) -> None:
        """Let go of the files."""
        self._index.close()
        if self.home is not None:
            self.home.leave()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), LOOK)
        except TimeoutError:
            pass


class Home:
    """A folder of indexes that no other process writes to, as long as this one lives."""

    def __init__(self, settings: Settings) -> None:
        self._base = _base(settings)
        self.folder, self._lock = self._take()

    def of(self, encoder: Encoder) -> Path:
        """Where the index of an encoder is kept."""
        return self.folder / encoders.folder_name(encoder.name)

    def leave(self) -> None:
        """Let another process have it."""
        os.close(self._lock)

    def _take(self) -> tuple[Path, int]:
        for number in range(1, FOLDERS + 1):
            folder = self._base / str(number)
            folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return folder, lock
            except OSError:
                os.close(lock)
        raise OSError(f"{self._base} 下已有 {FOLDERS} 个进程在用检索索引，请先停掉不用的服务")


def in_use(settings: Settings) -> list[Path]:
    """The folders that running servers keep their indexes of this database in, on this machine."""
    return [folder for folder in sorted(_base(settings).glob("*")) if folder.is_dir() and _locked(folder / "lock")]


def _base(settings: Settings) -> Path:
    url = make_url(settings.sqlalchemy_url).render_as_string(hide_password=True)
    return settings.cache / "index" / hashlib.sha256(url.encode()).hexdigest()[:12]


def _locked(path: Path) -> bool:
    if not path.exists():
        return False
    lock = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False


def open_live(settings: Settings, database: Database, encoder: Encoder, name: str, progress: Progress) -> Live:
    """The index of this process, as it was kept and brought to what the database holds now.

    name: by which the encoder was chosen. progress hears how many articles that it lacked are in.
    """
    home = Home(settings)
    try:
        index = Index.open(home.of(encoder), encoder)
        follow.reconcile(database, index, progress)
    except BaseException:
        home.leave()
        raise
    return Live(database, index, home, name)
