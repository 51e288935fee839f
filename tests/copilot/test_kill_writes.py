"""kill −9 of a writer twenty times in 1,000 acknowledged writes: none lost, none doubled, none without its entry."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from copilot import schema
from copilot.database import Database
from ticket_core import journal
from ticket_core.tables import JournalEntry, Ticket

ROOT = Path(__file__).parents[2]
KILLS, WRITES, CLIENTS = 20, 1000, 8
A_LIFE = WRITES // (KILLS + 1)

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


@contextmanager
def lives(url):
    """Writers on a database, one after another."""
    command = [sys.executable, "-c", LIVES, url, str(CLIENTS)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.stdin.close()


def live(process, keys, most):
    """One life: what was acknowledged, key -> number; killed after `most`."""
    process.stdin.write(" ".join(keys) + "\n")
    process.stdin.flush()
    kept, writer = {}, 0
    while True:
        key, number = process.stdout.readline().split()
        if key == "dead":
            return kept
        if key == "born":
            writer = int(number)
        else:
            kept[key] = number
        if writer and len(kept) >= most:
            os.kill(writer, signal.SIGKILL)
            most = WRITES + 1


def test_nothing_acknowledged_is_lost_or_doubled_or_without_its_entry(database_url):
    database = Database(database_url)
    schema.upgrade(database.engine)
    keys, kept = [f"k{n}" for n in range(WRITES)], {}
    with lives(database_url) as process:
        for life in range(KILLS + 1):
            left = [key for key in keys if key not in kept]
            assert left, f"only {life} writers were killed"
            kept |= live(process, left, A_LIFE if life < KILLS else WRITES + 1)

    def check(session):
        rows = session.execute(select(Ticket.calling_number, Ticket.number).order_by(Ticket.id)).all()
        assert sorted(map(tuple, rows)) == sorted(kept.items())
        assert len(kept) == WRITES
        assert journal.verify(session) is None
        assert journal.astray(session) is None
        made = session.scalars(select(JournalEntry.ticket_id).where(JournalEntry.action == "create")).all()
        assert len(made) == len(set(made)) == WRITES

    database.read_now(check)
    database.close()
