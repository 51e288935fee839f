"""Both databases by one suite: group commit, what fails undoes itself alone, who gives up harms nobody."""

import asyncio
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError, OperationalError

from copilot import parts
from copilot.database import Database
from copilot.settings import Settings
from copilot.tables import User
from ticket_core import deadline, journal, moves, tickets
from ticket_core.by import By
from ticket_core.tables import Ticket
from ticket_core.vocabulary import Action, Role, State


@pytest.fixture
def database(database_url, tmp_path):
    opened = parts.open_database(Settings(data=tmp_path, database_url=database_url))
    yield opened
    opened.close()


@pytest.fixture
def held(database):
    """The writer, busy until `held.set()`."""
    begun, go_on = threading.Event(), threading.Event()
    database.submit(lambda session: (begun.set(), go_on.wait(10)))
    begun.wait(10)
    return go_on


def user(name):
    return User(username=name, name=name, role="agent", password="", failures=0)


async def names(database):
    return await database.read(lambda session: session.scalars(select(User.username).order_by(User.username)).all())


async def test_writes_that_wait_together_share_a_commit_and_a_bad_one_spoils_none(database, held):
    commits = []
    event.listen(database.engine, "commit", lambda _: commits.append(1))

    def refuse(session):
        session.add(user("undone"))
        session.flush()
        raise ValueError("不行")

    writes = [asyncio.wrap_future(database.submit(lambda session, n=n: session.add(user(f"u{n}")))) for n in range(9)]
    bad = asyncio.wrap_future(database.submit(refuse))
    held.set()
    await asyncio.gather(*writes)
    with pytest.raises(ValueError, match="不行"):
        await bad
    assert await names(database) == [f"u{n}" for n in range(9)]
    assert len(commits) == 2  # of what held the writer, and of all that waited


async def test_what_fails_inside_a_write_undoes_itself_alone_and_the_write_can_still_undo_all(database, held):
    def step(session, name, twice):
        try:
            with session.begin_nested():
                session.add(user(f"{name}-undone"))
                session.flush()
                if twice:
                    session.add(user(f"{name}-undone"))
                    session.flush()
                raise ValueError(name)
        except (ValueError, IntegrityError):
            session.add(user(f"{name}-after"))

    def steps(session, name, refused):
        session.add(user(f"{name}-before"))
        for twice in (False, True):
            step(session, f"{name}{twice:d}", twice)
        session.flush()
        if refused:
            raise ValueError(name)

    kept, undone, last = (
        asyncio.wrap_future(database.submit(lambda session, name=name: steps(session, name, name == "b")))
        for name in "abc"
    )
    held.set()
    await asyncio.gather(kept, last)
    with pytest.raises(ValueError, match="b"):
        await undone
    stages = ("-before", "0-after", "1-after")
    assert await names(database) == sorted(name + stage for name in "ac" for stage in stages)


async def test_who_gives_up_waiting_harms_nobody(database, held):
    given_up = asyncio.create_task(database.write(lambda session: session.add(user("given-up"))))
    kept = asyncio.create_task(database.write(lambda session: session.add(user("kept"))))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    await asyncio.sleep(0)
    held.set()
    await kept
    await database.write(lambda session: session.add(user("later")))
    assert await names(database) == ["kept", "later"]


async def test_a_ticket_is_filled_edited_and_dispatched(database):
    book = deadline.shipped()

    def by(actor, role):
        return By(actor, role, datetime.now(UTC))

    def work(session):
        ticket, _ = tickets.draft(session, by("w", Role.AGENT), call_id="c", calling_number="138", agent="w")
        found = {"value": "投诉", "utterance": "c1", "quote": "投诉", "doubtful": False}
        fields = {"nature": found, "content": {**found, "value": "工地半夜施工"}}
        tickets.fill(session, ticket, fields, by("copilot", Role.SYSTEM))
        tickets.edit(session, ticket, {"title": "噪声"}, by("w", Role.AGENT), book)
        given = {"department": "甲", "basis": "三定规定"}
        moves.act(session, ticket, Action.DISPATCH, by("d", Role.DISPATCHER), given, book)
        return ticket.id

    number = await database.write(work)

    def check(session):
        ticket = session.get_one(Ticket, number)
        assert journal.verify(session) is None
        assert journal.astray(session) is None
        assert ticket.due_at.utcoffset() == ticket.dispatched_at.utcoffset() == timedelta(0)
        return State(ticket.state), ticket.touched, sorted(ticket.evidence)

    assert await database.read(check) == (State.DISPATCHED, ["title"], ["content", "nature"])


async def test_writes_that_share_a_commit_do_not_share_a_session(database, held):
    seen = []
    writes = [asyncio.wrap_future(database.submit(seen.append)) for _ in range(2)]
    held.set()
    await asyncio.gather(*writes)
    assert seen[0] is not seen[1]


async def test_a_writer_that_reads_first_has_the_database_for_itself(tmp_path):
    file = tmp_path / "copilot.db"
    database = parts.open_database(Settings(data=tmp_path))

    def work(session):
        assert session.get(User, "u") is None
        with closing(sqlite3.connect(file, timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await database.write(work)
    database.close()


async def test_writes_on_a_database_that_is_away_are_refused_not_left_waiting(free_port):
    away = Database(f"postgresql+psycopg://copilot@127.0.0.1:{free_port}/copilot")
    waiting = [away.submit(lambda session: session.add(user("u"))) for _ in range(3)]
    for one in waiting:
        assert isinstance(one.exception(30), OperationalError)
    away.close()
