"""The pages of tickets over HTTP on a small database and on a large one: what the archive costs."""

import json
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import uvicorn
from sqlalchemy import func, select

from copilot import parts as parts_module
from copilot.api.access import SAMPLE_PASSWORD
from copilot.app import create_app
from copilot.parts import Parts
from copilot.settings import Settings
from eval import many
from eval.databases import sqlite
from eval.row import Row, quantile
from ticket_core import journal
from ticket_core.tables import Ticket

Progress = Callable[[int, int], None]
SMALL, LARGE = 10_000, 100_000
ROUNDS = 40
APART, MOST = 2.0, 200.0  # the large one's p95 beside the small one's; milliseconds
LISTS = {  # user -> addresses
    "queue": {
        "sunjuan": ("queue=all", "queue=all&sort=due", "queue=late&sort=due", "queue=review&sort=updated"),
        "chenjie": ("queue=unsigned&sort=due", "queue=dispatch&sort=urgent"),
        "hanjiang": ("sort=due", "sort=newest"),
        "wangli": ("queue=mine", "queue=drafts&sort=updated"),
    },
    "search": {
        "sunjuan": tuple(f"q={quote(q)}" for q in ("夜间施工", "翠岗小区 电梯", "文昌西路 油烟 邗江区", "1385")),
        "chenjie": (
            f"q={quote('拖欠工资')}&state=in_progress&sort=due",
            f"q={quote('史可法路')}&nature=%E6%8A%95%E8%AF%89",
        ),
        "hanjiang": (f"q={quote('育才小学')}", f"q={quote('没有这句话')}"),
    },
}
COUNTED = ("sunjuan", "chenjie", "hanjiang", "wangli")


@dataclass(frozen=True, slots=True)
class Measured:
    """A page on one database; milliseconds."""

    p50: float
    p95: float


async def section(_: Path) -> list[Row]:
    """A small database and one ten times as large; `python -m eval tickets --scale` takes any."""
    return scaled(LARGE)


def scaled(large: int, progress: Progress = lambda done, total: None) -> list[Row]:
    """Both databases made, measured and gone."""
    with sqlite() as small, sqlite() as other:
        for url, total in ((small, SMALL), (other, large)):
            fill(url, total, progress)
        return compare(small, other, progress)


def fill(url: str, total: int, progress: Progress = lambda done, total: None) -> None:
    """Make tickets in an empty database. Raises ValueError where there are some."""
    database = parts_module.open_database(Settings(database_url=url))
    try:
        many.make(database.engine, total, datetime.now(UTC), progress)
    finally:
        database.close()


def compare(small: str, large: str, progress: Progress = lambda done, total: None) -> list[Row]:
    """Every kind of page on two databases, and the verification of the larger one's journal."""
    with TemporaryDirectory() as folder:
        built = parts_module.build(Settings(data=Path(folder), engine="scripted", encoder="none"))
        (few, total_few), (lots, total_lots) = (pages(built, url) for url in (small, large))
        built.database.close()
    rows = []
    for kind, there in lots.items():
        what = f"{kind} page, {total_lots} tickets"
        rows.append(Row(f"{what}: p50", there.p50, unit="ms"))
        rows.append(Row(f"{what}: p95", there.p95, MOST, unit="ms"))
        rows.append(Row(f"{what}: p95 beside {total_few} tickets", there.p95 / few[kind].p95, APART, unit="×"))
    return [*rows, *verified(large, progress)]


def pages(built: Parts, url: str) -> tuple[dict[str, Measured], int]:
    """Kind of page -> its times over HTTP; how many tickets there are."""
    database = parts_module.open_database(Settings(database_url=url))
    ids = database.read_now(
        lambda session: session.scalars(select(Ticket.id).order_by(func.random()).limit(ROUNDS)).all()
    )
    total = database.read_now(lambda session: session.scalar(select(func.max(Ticket.id)))) or 0
    asked = {
        kind: [(user, f"/api/tickets?{one}") for user, some in by.items() for one in some] for kind, by in LISTS.items()
    }
    asked["counts"] = [(user, "/api/tickets/queues") for user in COUNTED]
    asked["detail"] = [("sunjuan", f"/api/tickets/{number}") for number in ids]
    with served(replace(built, database=database)) as port, ExitStack() as lines:
        desks = {user: Desk(lines.enter_context(closing(_line(port))), user) for user in COUNTED}
        found = {kind: _times(desks, some) for kind, some in asked.items()}
    database.close()
    return found, total


def verified(url: str, progress: Progress) -> list[Row]:
    """The whole journal verified."""
    database = parts_module.open_database(Settings(database_url=url))
    began = time.monotonic()
    flaw = database.read_now(lambda session: journal.verify(session, None, progress))
    took, (entries, _) = time.monotonic() - began, database.read_now(journal.head)
    database.close()
    return [
        Row(f"journal of {entries} entries verified", took, unit="s"),
        Row("journal entries verified a second", entries / took),
        Row("flaws found in it", flaw is not None, 0),
    ]


class Desk:
    """A person who is signed in, on one connection."""

    def __init__(self, line: HTTPConnection, user: str) -> None:
        self._line = line
        body = json.dumps({"username": user, "password": SAMPLE_PASSWORD})
        self._line.request("POST", "/api/session", body, {"content-type": "application/json"})
        answer = self._line.getresponse()
        answer.read()
        self._cookie = (answer.headers["set-cookie"] or "").split(";")[0]

    def get(self, address: str) -> float:
        """Milliseconds until the answer was read. Raises OSError for one that is no 200."""
        began = time.perf_counter()
        self._line.request("GET", address, headers={"cookie": self._cookie})
        answer = self._line.getresponse()
        answer.read()
        if answer.status != 200:
            raise OSError(f"{address} answered {answer.status}")
        return (time.perf_counter() - began) * 1000


def _line(port: int) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", port, timeout=60)


def _times(desks: dict[str, Desk], asked: list[tuple[str, str]]) -> Measured:
    """In a random order that is always the same, after each was asked once."""
    chance = random.Random(1)
    rounds = max(1, ROUNDS * 4 // len(asked)) if len(asked) < ROUNDS else 4
    for user, address in asked:
        desks[user].get(address)
    taken = [desks[user].get(address) for user, address in chance.sample(asked * rounds, len(asked) * rounds)]
    return Measured(quantile(taken, 0.5), quantile(taken))


@contextmanager
def served(parts: Parts) -> Iterator[int]:
    """The port of a real server of these parts."""
    app = create_app(parts.settings, parts)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="on", timeout_keep_alive=600))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()
