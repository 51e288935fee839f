"""What must hold when things go wrong: writers killed in the middle, one ticket dispatched by ten people at once."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot import schema
from copilot.database import Database
from eval.databases import databases
from eval.row import Row
from ticket_core import deadline, journal, moves, tickets
from ticket_core.by import By
from ticket_core.tables import JournalEntry, Ticket
from ticket_core.vocabulary import Action, Role

KILLS, WRITES, CLIENTS, DISPATCHERS = 20, 1000, 8, 10
BOOK = deadline.shipped()

# The writing half of a server, one life after another (forked, since the imports take seconds): it keeps every
# request once under its key and says so after the commit.
LIVES = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pydantic import BaseModel
from copilot.api.once import Sent, once
from copilot.database import Database
from ticket_core import tickets
from ticket_core.by import By
from ticket_core.vocabulary import Role

class Made(BaseModel):
    number: str

def keep(database, key):
    def work(session):
        by = By("wangli", Role.AGENT, datetime.now(UTC))
        return Made(number=tickets.draft(session, by, calling_number=key, agent="wangli")[0].number)
    made = database.submit(once(Sent(key, "wangli", key), Made, work)).result()
    os.write(1, f"{key} {made.number}\\n".encode())

def live(keys):
    database = Database(sys.argv[1])
    with ThreadPoolExecutor(int(sys.argv[2])) as pool:
        list(pool.map(lambda key: keep(database, key), keys))
    database.close()

for line in sys.stdin:
    if (writer := os.fork()) == 0:
        live(line.split())
        os._exit(0)
    os.write(1, f"born {writer}\\n".encode())
    os.waitpid(writer, 0)
    os.write(1, b"dead 0\\n")
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts of writes after all the lives. whole: the journal verifies and agrees with the tickets."""

    killed: int
    acknowledged: int
    lost: int
    doubled: int
    without_entry: int
    whole: bool


async def section(_: Path) -> list[Row]:
    """Both, on each database."""
    rows = []
    with databases() as found:
        for kind, url in found.items():
            rows += _told(kind, killed(url))
            what = f"{kind}, {DISPATCHERS} dispatches at once: more or fewer than one won, by"
            rows.append(Row(what, abs(raced(url) - 1), 0))
    return rows


def killed(url: str, kills: int = KILLS, writes: int = WRITES) -> Outcome:
    """kill -9 of the writer that often while so many writes are acknowledged, on a database that is empty or new.

    Whatever was not acknowledged is sent again under its key, as a client would.
    """
    database = Database(url)
    schema.upgrade(database.engine)
    keys, kept, done = [f"k{n}" for n in range(writes)], dict[str, str](), 0
    with _lives(url) as process:
        while left := [key for key in keys if key not in kept]:
            most = writes // (kills + 1) if done < kills else writes + 1
            kept |= _live(process, left, most)
            done += most <= writes
    try:
        return database.read_now(lambda session: _found(session, kept, done))
    finally:
        database.close()


def raced(url: str) -> int:
    """How many of ten dispatches of one ticket at the same moment were accepted."""
    database = Database(url)
    schema.upgrade(database.engine)
    number, version = database.submit(_waiting).result()
    together = threading.Barrier(DISPATCHERS)

    def dispatch(client: int) -> BaseException | None:
        def work(session: Session) -> None:
            given = {"department": f"第{client}单位", "basis": "三定规定"}
            by = _by(f"d{client}", Role.DISPATCHER, version)
            moves.act(session, session.get_one(Ticket, number), Action.DISPATCH, by, given, BOOK)

        together.wait()
        return database.submit(work).exception()

    with ThreadPoolExecutor(DISPATCHERS) as pool:
        told = list(pool.map(dispatch, range(DISPATCHERS)))
    database.close()
    return told.count(None)


def _told(kind: str, found: Outcome) -> list[Row]:
    what = f"{kind}, {found.killed} × kill -9 in {found.acknowledged} writes"
    bad = {"lost": found.lost, "doubled": found.doubled, "without their entry": found.without_entry}
    rows = [Row(f"{what}: {name}", count, 0) for name, count in bad.items()]
    return [*rows, Row(f"{what}: journal whole", found.whole, 1, False)]


@contextmanager
def _lives(url: str) -> Iterator["subprocess.Popen[str]"]:
    """Writers on a database, one after another."""
    command = [sys.executable, "-c", LIVES, url, str(CLIENTS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin
        process.stdin.close()


def _live(process: "subprocess.Popen[str]", keys: Sequence[str], most: int) -> dict[str, str]:
    """One life: what was acknowledged, key -> number; killed after `most`."""
    assert process.stdin and process.stdout  # noqa: PT018 - both are pipes
    process.stdin.write(" ".join(keys) + "\n")
    process.stdin.flush()
    kept, writer, sent = dict[str, str](), 0, False
    while True:
        key, number = process.stdout.readline().split()
        if key == "dead":
            return kept
        if key == "born":
            writer = int(number)
        else:
            kept[key] = number
        if writer and len(kept) >= most and not sent:
            os.kill(writer, signal.SIGKILL)
            sent = True


def _found(session: Session, kept: dict[str, str], kills: int) -> Outcome:
    rows = [tuple(row) for row in session.execute(select(Ticket.calling_number, Ticket.number))]
    made = select(JournalEntry.ticket_id).where(JournalEntry.action == Action.CREATE.value)
    bare = select(func.count()).select_from(Ticket).where(Ticket.id.not_in(made))
    return Outcome(
        killed=kills,
        acknowledged=len(kept),
        lost=len(set(kept.items()) - set(rows)),
        doubled=len(rows) - len({key for key, _ in rows}),
        without_entry=session.scalar(bare) or 0,
        whole=journal.verify(session) is None and journal.astray(session) is None,
    )


def _by(actor: str, role: Role, seen: int | None = None) -> By:
    return By(actor, role, datetime.now(UTC), seen=seen)


def _waiting(session: Session) -> tuple[int, int]:
    """A ticket that waits to be dispatched; its number and the version that all see."""
    agent = _by("wangli", Role.AGENT)
    ticket, _ = tickets.draft(session, agent, calling_number="13852706021", agent="wangli")
    tickets.edit(session, ticket, {"nature": "投诉", "content": "工地半夜施工"}, agent, BOOK)
    moves.act(session, ticket, Action.SUBMIT, agent, {}, BOOK)
    moves.act(session, ticket, Action.APPROVE, _by("sunjuan", Role.REVIEWER), {}, BOOK)
    return ticket.id, ticket.version
