"""Both databases by one suite: group commit, what fails undoes itself alone, who gives up harms nobody."""

import asyncio
import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from copilot import parts
from copilot.settings import Settings
from copilot.tables import User
from ticket_core import deadline, journal, queries, tickets
from ticket_core.tables import Ticket
from ticket_core.workflow import Role, State


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
    assert len(commits) == 1


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
    def work(session):
        ticket, _ = tickets.draft(session, call_id="c", calling_number="138", called_number="12345", agent="w")
        session.flush()
        found = {"value": "投诉", "utterance": "c1", "quote": "投诉", "doubtful": False}
        tickets.fill(session, ticket, {"nature": found, "content": {**found, "value": "工地半夜施工"}})
        tickets.edit(session, ticket, {"title": "噪声"}, actor="w", role=Role.AGENT, expected_version=ticket.version)
        tickets.dispatch(
            session, ticket, department="甲", basis="", actor="w", role=Role.AGENT, expected_version=ticket.version
        )
        return ticket.id

    number = await database.write(work)

    def check(session):
        ticket = session.get_one(Ticket, number)
        assert journal.verify(session, number) is None
        assert journal.audit(session) == []
        assert [row.id for row in queries.page(session, text="噪声")[0]] == [number]
        assert ticket.due_at == deadline.load().due("投诉", "普通", ticket.dispatched_at)
        assert ticket.due_at.utcoffset() == ticket.dispatched_at.utcoffset() == timedelta(0)
        return State(ticket.state), ticket.touched, sorted(ticket.evidence)

    assert await database.read(check) == (State.DISPATCHED, ["title"], ["content", "nature"])
