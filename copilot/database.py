"""Engines, and the one writer: every change goes through one thread that commits what waits together."""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.orm import Session

from ticket_core.journal import LOCK

T = TypeVar("T")
# a name of its own for each would have every one compiled and prepared anew; of one name the newest is meant
SAVEPOINTS = {
    "do_savepoint": ("SAVEPOINT work",),
    "do_release_savepoint": ("RELEASE SAVEPOINT work",),
    "do_rollback_to_savepoint": ("ROLLBACK TO SAVEPOINT work", "RELEASE SAVEPOINT work"),
}


class Database:
    """Reads run in worker threads; writes queue for one writer with group commit (many savepoints, one fsync)."""

    def __init__(self, url: str, batch: int = 256) -> None:
        self.engine = connected(url)
        self._queue: queue.Queue[tuple[Callable[[Session], Any], Future[Any]] | None] = queue.Queue(maxsize=10_000)
        self._batch = batch
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run `work` in the writer; returns after the commit. What `work` raises undoes it alone and comes back."""
        return await asyncio.wrap_future(self.submit(work))

    def submit(self, work: Callable[[Session], T]) -> "Future[T]":
        """The same for callers without a loop."""
        done: Future[T] = Future()
        self._queue.put((work, done))
        return done

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` with a session of its own in a worker thread; nothing it does is committed."""
        return await asyncio.to_thread(self.read_now, work)

    def read_now(self, work: Callable[[Session], T]) -> T:
        """The same, here and now."""
        with Session(self.engine, expire_on_commit=False) as session:
            return work(session)

    def close(self) -> None:
        """Commit what waits, then stop."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        self.engine.dispose()

    def _run(self) -> None:
        stop = False
        while not stop:
            items = [self._queue.get()]
            while len(items) < self._batch and not self._queue.empty():
                items.append(self._queue.get_nowait())
            stop = None in items
            self._commit([item for item in items if item is not None])

    def _commit(self, items: "list[tuple[Callable[[Session], Any], Future[Any]]]") -> None:
        wanted = [item for item in items if item[1].set_running_or_notify_cancel()]
        done: list[tuple[Future[Any], Any]] = []
        try:
            with self.engine.execution_options(writes=True).begin() as connection:
                _take_turns(connection)
                for work, future in wanted:
                    done += _try(connection, work, future)
        except Exception as error:
            for _, future in wanted:
                if not future.done():
                    future.set_exception(error)
            return
        for future, result in done:
            future.set_result(result)


def connected(url: str, **pool: Any) -> Engine:
    """An engine whose connections are set as the product needs. Execution option `writes`: to begin as a writer."""
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=_options(url), **pool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _pragmas)
        event.listen(engine, "begin", _begin)
    for name, statements in SAVEPOINTS.items():
        setattr(engine.dialect, name, partial(_each, statements))
    return engine


def _each(statements: Sequence[str], connection: Connection, _: str) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def _take_turns(connection: Connection) -> None:
    """Servers on one PostgreSQL write in turn, as the journal asks of them: asked later, two could wait in a ring."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        connection.execution_options(in_turn=True)


def _try(connection: Connection, work: Callable[[Session], T], future: "Future[T]") -> "list[tuple[Future[T], T]]":
    """Run a work in a savepoint and a session of its own: it sees what is committed or was done before it, no more."""
    try:
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            result = work(session)
            session.commit()
        return [(future, result)]
    except Exception as error:
        future.set_exception(error)
        return []


def _options(url: str) -> dict[str, Any]:
    """A PostgreSQL that does not answer is an error within five seconds, also where its network is gone."""
    return {"connect_timeout": 5, "tcp_user_timeout": 5000} if url.startswith("postgresql") else {}


def _pragmas(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # else sqlite3 lets every savepoint be a transaction with an fsync of its own
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # a writer that began by reading could not write once another process has
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")
