"""A database that fails in mid-call: the desk goes on seeing, and all of it is kept once the database is back."""

import asyncio
import json

import pytest
from sqlalchemy import create_engine, event, make_url, select, text

from copilot import events
from copilot.calls import Calls, new_info
from copilot.tables import CallRow, EventRow
from telephony.websocket import AudioFormat, WebSocketLine
from tests.copilot.talk import SECOND, live, until
from ticket_core.tables import Ticket

NOISE = "我要投诉邗江区文昌西路旁边的工地半夜还在施工噪声太大"
SCRIPT = {
    "citizen": [(0.0, 1.0, "你好"), (1.0, 2.0, NOISE), (2.0, 3.0, "我的电话是13852706021"), (3.0, 4.0, "谢谢你们")]
}


@pytest.fixture
def broken(make_parts, database_url):
    """Parts, and a switch that makes every write fail, as a full disk or a stopped server does."""
    parts = make_parts(SCRIPT, database_url)
    engine = parts.database.engine
    if engine.dialect.name == "postgresql":
        return parts, lambda away: refuse_connections(database_url, away)
    failing = [False]
    switch = lambda connection, *_: connection.execute(f"PRAGMA query_only={int(failing[0])}")  # noqa: E731 - a listener
    event.listen(engine, "checkout", switch)
    return parts, lambda away: failing.__setitem__(0, away)


def refuse_connections(database_url, away):
    """Throw everybody out of a PostgreSQL database and let nobody in, or open it again."""
    url = make_url(database_url)
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS {not away}"))
        if away:
            users = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
            connection.execute(text(users), {"name": url.database})
    server.dispose()


async def kept(parts, call):
    """Every kept event of a call."""
    query = select(EventRow.body).where(EventRow.call == call).order_by(EventRow.seq)
    bodies = await parts.database.read(lambda session: session.scalars(query).all())
    return [events.WIRE.validate_python(body) for body in bodies]


async def final(mailbox):
    """The next final that the desk is told of."""
    while not (heard := await until(mailbox, "heard")).final:
        pass
    return heard


async def test_what_is_said_while_the_database_is_away_is_shown_and_kept_when_it_is_back(broken):
    parts, cut = broken
    async with live(parts) as (desk, line, mailbox):
        await line.feed(SECOND)
        assert (await final(mailbox)).seq > 0
        cut(True)
        await line.feed(SECOND)
        assert ((heard := await final(mailbox)).text, heard.seq) == (NOISE, 0)
        assert "数据暂时保存不了" in (await until(mailbox, "health")).message
        assert (await until(mailbox, "suggested")).cards
        await line.feed(SECOND)
        assert (await final(mailbox)).seq == 0
        await desk.switch(muted=True)
        assert desk.talk.muted
        cut(False)
        while (await until(mailbox, "health")).message:
            pass
        await line.feed(SECOND)
        assert (await final(mailbox)).seq > 0
        await line.hangup()
        while (await until(mailbox, "ended")).seq == 0:
            pass
    told = await kept(parts, desk.call)
    assert [one.seq for one in told] == list(range(1, len(told) + 1))
    assert [one.text for one in told if one.type == "heard"] == [line for _, _, line in SCRIPT["citizen"]]
    assert [bool(one.message) for one in told if one.type == "health"] == [True, False]
    ticket = await parts.database.read(lambda session: session.get_one(Ticket, desk.ticket))
    assert (ticket.callback_number, ticket.summary) == ("13852706021", desk.talk.summary)


async def test_a_call_that_ends_meanwhile_is_kept_when_the_database_is_back(broken):
    parts, cut = broken
    async with live(parts) as (desk, line, mailbox):
        cut(True)
        await line.feed(SECOND * 2)
        await line.hangup()
        assert (await until(mailbox, "ended")).seq == 0
        cut(False)
        while (await until(mailbox, "ended")).seq == 0:
            pass
    assert [one.text for one in await kept(parts, desk.call) if one.type == "heard"] == ["你好", NOISE]
    assert await parts.database.read(lambda session: session.get_one(CallRow, desk.call).state) == "ended"


def test_a_call_that_comes_in_meanwhile_is_refused_in_words(broken, serve):
    parts, cut = broken
    site = serve(parts)
    site.client("wangli")
    cut(True)
    with site.socket("line/stream?agent=wangli") as line:
        line.send('{"rate": 8000}')
        assert "数据库暂不可用" in json.loads(line.recv(timeout=20))["message"]
    cut(False)
    with site.socket("line/stream?agent=wangli") as line:
        line.send('{"rate": 8000}')
        assert json.loads(line.recv(timeout=20))["type"] == "accepted"


async def test_a_server_that_stops_does_not_wait_for_a_database_that_is_away(broken):
    parts, cut = broken
    calls, info = Calls(parts), new_info("13852706021", "websocket")
    line = WebSocketLine(info, AudioFormat())
    await calls.ring(info, "wangli", "", lambda: line)
    await calls.answer(info.id, "wangli")
    cut(True)
    await line.feed(SECOND)
    async with asyncio.timeout(30):
        await calls.close()
    cut(False)
    assert [one.type for one in await kept(parts, info.id)] == ["ringing", "answered"]
