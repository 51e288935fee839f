"""The clockwork on both databases: what is due is done, by one of several servers, also after the database was away."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from copilot import anchors
from copilot.clockwork import Clockwork
from ticket_core import moves, tickets
from ticket_core.by import By
from ticket_core.tables import JournalEntry, Ticket, Timer
from ticket_core.vocabulary import Action, Role

START = datetime(2026, 3, 2, 2, tzinfo=UTC)
LATER = START + timedelta(days=1, hours=1)


@pytest.fixture
def parts(make_parts, database_url):
    return make_parts(database_url=database_url)


def dispatched(parts, count):
    """Tickets that nobody signs: each is urged a working day later."""

    def work(session):
        for _ in range(count):
            ticket, _ = tickets.draft(session, By("a", Role.AGENT, START), calling_number="138", agent="a")
            fields = {"nature": "投诉", "content": "半夜施工"}
            tickets.edit(session, ticket, fields, By("a", Role.AGENT, START), parts.rules())
            given = {"department": "甲局", "basis": "目录"}
            moves.act(session, ticket, Action.DISPATCH, By("a", Role.AGENT, START), given, parts.rules())

    return parts.database.write(work)


async def urges(parts):
    return await parts.database.read(lambda session: session.scalars(select(Ticket.urges)).all())


async def until(condition):
    """Goes on when a condition holds; a test that waits for ever is stopped by its runner."""
    while not await condition():
        pass


async def test_it_does_what_is_due_and_nothing_before(parts):
    await dispatched(parts, 3)
    assert await Clockwork(parts, lambda: LATER - timedelta(hours=2)).turn() == 0
    assert await Clockwork(parts, lambda: LATER).turn() == 3
    assert await Clockwork(parts, lambda: LATER).turn() == 0
    assert await urges(parts) == [1, 1, 1]


async def test_two_servers_on_one_database_urge_once(parts, make_parts):
    await dispatched(parts, 60)
    other = make_parts(database_url=parts.settings.sqlalchemy_url)
    await asyncio.gather(*(Clockwork(server, lambda: LATER).turn() for server in (parts, other)))
    await Clockwork(parts, lambda: LATER).turn()
    assert await urges(parts) == [1] * 60

    def told(session):
        urged = select(JournalEntry.ticket_id).where(JournalEntry.action == Action.URGE.value)
        return session.scalars(urged).all()

    assert sorted(await parts.database.read(told)) == sorted(set(await parts.database.read(told)))


async def test_it_goes_on_when_the_database_comes_back(make_parts, caplog):
    parts = make_parts()
    parts = replace(parts, settings=parts.settings.model_copy(update={"sweep_seconds": 0.001}))
    await dispatched(parts, 1)
    await parts.database.write(lambda session: session.execute(text("ALTER TABLE timers RENAME TO away")))
    clockwork = Clockwork(parts, lambda: LATER)
    running = asyncio.create_task(clockwork.run())

    async def failed():
        return await urges(parts) == [0] and bool(caplog.records)

    async def urged():
        return await urges(parts) == [1]

    await until(failed)
    await parts.database.write(lambda session: session.execute(text("ALTER TABLE away RENAME TO timers")))
    await until(urged)
    await clockwork.close()
    await running
    assert {record.message for record in caplog.records} == {"timers wait"}
    assert "半夜施工" not in caplog.text


async def test_a_restart_finds_the_timers_again(parts, make_parts):
    await dispatched(parts, 1)
    parts.database.close()
    again = make_parts(database_url=parts.settings.sqlalchemy_url)
    assert await Clockwork(again, lambda: LATER).turn() == 1

    def open_kinds(session):
        return session.scalars(select(Timer.kind).where(Timer.done_at.is_(None))).all()

    assert await again.database.read(open_kinds) == ["handle:urge:-1:0"]


async def test_closing_what_never_ran_returns(make_parts):
    await Clockwork(make_parts()).close()


async def test_the_application_does_by_itself_what_is_due_and_notes_the_journals_head(make_parts, serve):
    parts = make_parts()
    await dispatched(parts, 1)
    serve(parts)

    async def urged():
        return (await urges(parts))[0] > 0

    await until(urged)
    assert anchors.read(parts.settings.data)
