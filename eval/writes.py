"""Acknowledged ticket writes a second: the one writer with group commit, and threads that commit each their own."""

import os
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from copilot import schema
from copilot.database import Database, connected
from eval.databases import databases
from eval.row import Row, quantile
from ticket_core import tickets
from ticket_core.by import By
from ticket_core.vocabulary import Role

CLIENTS = (1, 8, 100)
SECONDS = 5.0
FLOOR = 5.0  # times as many with group commit


@dataclass(slots=True)
class Speed:
    """What clients saw that each waited for one write before they asked for the next. waited: seconds of each."""

    waited: list[float] = field(default_factory=list)
    failed: int = 0
    took: float = 0.0

    @property
    def rate(self) -> float:
        """Acknowledged writes a second."""
        return len(self.waited) / self.took


async def section(_: Path) -> list[Row]:
    """The speeds of both ways on each database, side by side in one run."""
    rows = [Row("fsync of this disk, median", _fsync() * 1000, unit="ms")]
    with databases() as found:
        for kind, url in found.items():
            rows += compare(kind, url)
    return rows


def compare(kind: str, url: str, seconds: float = SECONDS) -> list[Row]:
    """Both ways on one empty database, with each number of clients."""
    database, rows = Database(url), list[Row]()
    schema.upgrade(database.engine)
    grouped(database, 8, seconds / 10)  # statements compiled, pages there
    for clients in CLIENTS:
        one, each = grouped(database, clients, seconds), alone(url, clients, seconds)
        for how, speed in (("one writer", one), ("each its own", each)):
            rows.append(Row(f"{kind}, {clients} clients, {how}: tickets a second", speed.rate))
            rows.append(Row(f"{kind}, {clients} clients, {how}: p99", quantile(speed.waited, 0.99) * 1000, unit="ms"))
        rows += [Row(f"{kind}, {clients} clients, each its own: refused as locked", each.failed)] if each.failed else []
        bar = (FLOOR, False) if clients == max(CLIENTS) else ()
        rows.append(Row(f"{kind}, {clients} clients: one writer, times as fast", one.rate / each.rate, *bar))
    database.close()
    return rows


def draft(session: Session) -> int:
    """The write that is measured: a draft with its journal entry and its place in the index."""
    by = By("wangli", Role.AGENT, datetime.now(UTC))
    return tickets.draft(session, by, calling_number="13852706021", agent="wangli")[0].id


def grouped(database: Database, clients: int, seconds: float) -> Speed:
    """Through the one writer. A client is a callback, so that next to nothing but the server is measured."""
    speed, over, began = Speed(), threading.Semaphore(0), time.monotonic()

    def ask() -> None:
        asked = time.monotonic()
        if asked - began < seconds:
            database.submit(draft).add_done_callback(lambda done: told(done, asked))
        else:
            over.release()

    def told(done: "Future[int]", asked: float) -> None:
        done.result()
        speed.waited.append(time.monotonic() - asked)
        ask()

    for _ in range(clients):
        ask()
    for _ in range(clients):
        over.acquire()
    speed.took = time.monotonic() - began
    return speed


def alone(url: str, clients: int, seconds: float) -> Speed:
    """Threads that commit a transaction for each write, on connections of their own set up as the product's are."""
    engine, speed, began = connected(url, pool_size=clients, max_overflow=0), Speed(), time.monotonic()

    def run() -> None:
        while (asked := time.monotonic()) - began < seconds:
            try:
                with engine.execution_options(writes=True).begin() as connection, Session(connection) as session:
                    draft(session)
                    session.commit()
                speed.waited.append(time.monotonic() - asked)
            except DBAPIError:  # SQLite: locked for longer than its timeout
                speed.failed += 1

    threads = [threading.Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    speed.took = time.monotonic() - began
    engine.dispose()
    return speed


def _fsync(times: int = 200) -> float:
    """Seconds that the disk under the databases takes to keep a page."""
    taken = []
    with TemporaryFile() as file:
        for _ in range(times):
            file.write(bytes(4096))
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return median(taken)
