"""One suite over every bus, two ends of it as two servers have them; what only Redis can do wrong beside it."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from sqlalchemy.orm import Session

from copilot.bus import Behind, MemoryBus
from copilot.calls import new_info
from copilot.events import Ended, Health, Summarised
from copilot.feed import Feed
from copilot.redis_bus import AWAY, RedisBus
from copilot.tables import CallRow, EventRow

SMALL = 8


@pytest.fixture(params=["memory", "redis"])
async def ends(request, start_redis, free_port):
    """Where events are published, and where desks are open."""
    if request.param == "memory":
        bus = MemoryBus(SMALL)
        yield bus, bus
        return
    url = f"redis://127.0.0.1:{free_port}/0"
    start_redis(free_port)
    async with both(url) as pair:
        yield pair


@asynccontextmanager
async def both(url):
    """Two servers on one Redis, both listening."""
    async with AsyncExitStack() as stack:
        pair = [RedisBus(url, SMALL) for _ in range(2)]
        for bus in pair:
            stack.push_async_callback(bus.close)
            async with bus.subscribe("nobody"):
                await bus.well.wait()
        yield pair


def said(number, call="c"):
    return Summarised(call=call, seq=number, text=f"第{number}句")


async def test_every_open_desk_of_the_agent_hears_in_order_and_no_other(ends):
    here, there = ends
    async with there.subscribe("wangli") as one, here.subscribe("wangli") as two, there.subscribe("zhaomin") as other:
        for number in range(1, 6):
            await here.publish("wangli", said(number))
        await here.publish("zhaomin", said(9))
        for mailbox in (one, two):
            assert [await mailbox.get() for _ in range(5)] == [said(number) for number in range(1, 6)]
        assert await other.get() == said(9)


async def test_a_desk_that_is_closed_hears_nothing(ends):
    here, there = ends
    async with there.subscribe("wangli") as closed:
        pass
    async with there.subscribe("wangli") as open_desk:
        await here.publish("wangli", said(1))
        assert await open_desk.get() == said(1)
        await here.publish("wangli", said(2))
        assert await open_desk.get() == said(2)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(closed.get(), 0)


async def test_a_desk_too_slow_is_told_to_catch_up_and_then_hears_on(ends):
    here, there = ends
    async with there.subscribe("wangli") as slow, there.subscribe("zhaomin") as marker:
        for number in range(1, SMALL + 2):
            await here.publish("wangli", said(number))
        await here.publish("zhaomin", said(1))
        await marker.get()
        with pytest.raises(Behind):
            await slow.get()
        await here.publish("wangli", said(50))
        assert await slow.get() == said(50)


async def test_drafts_alone_never_put_a_desk_behind(ends):
    here, there = ends
    async with there.subscribe("wangli") as slow, there.subscribe("zhaomin") as marker:
        await here.publish("wangli", said(1))
        for _ in range(3 * SMALL):
            await here.publish("wangli", Health(call="c"))
        await here.publish("zhaomin", said(1))
        await marker.get()
        assert await slow.get() == said(1)


async def test_what_redis_missed_is_read_in_the_database(start_redis, free_port, make_parts):
    parts = make_parts()
    keep(parts.database, CallRow, id="c", agent="wangli", number="1", called="1", source="x", state="live")
    process = start_redis(free_port)
    async with both(f"redis://127.0.0.1:{free_port}/0") as (here, there), there.subscribe("wangli") as mailbox:
        feed = aiter(Feed(parts.database, mailbox, "wangli", "c"))
        await tell(parts, here, said(1))
        assert await anext(feed) == said(1)
        process.kill()
        process.wait()
        await asyncio.gather(here.away.wait(), there.away.wait())
        assert here.trouble == AWAY
        async with here.subscribe("wangli") as beside:
            await tell(parts, here, said(2))
            assert await beside.get() == said(2)
        await tell(parts, here, Ended(call="c", seq=3, seconds=1))
        start_redis(free_port)
        assert [await anext(feed) for _ in range(2)] == [said(2), Ended(call="c", seq=3, seconds=1)]
        await asyncio.gather(here.well.wait(), there.well.wait())
        assert here.trouble == ""


async def test_a_slow_desk_loses_nothing_that_is_kept(make_parts):
    parts = make_parts(bus=MemoryBus(SMALL))
    keep(parts.database, CallRow, id="c", agent="wangli", number="1", called="1", source="x", state="live")
    async with parts.bus.subscribe("wangli") as mailbox:
        feed = aiter(Feed(parts.database, mailbox, "wangli", "c"))
        await tell(parts, parts.bus, said(1))
        assert await anext(feed) == said(1)
        for number in range(2, 100):
            await tell(parts, parts.bus, said(number))
        assert [await anext(feed) for _ in range(98)] == [said(number) for number in range(2, 100)]
        await tell(parts, parts.bus, said(100))
        assert await anext(feed) == said(100)


async def test_a_gap_is_filled_and_nothing_told_twice(make_parts):
    parts = make_parts()
    keep(parts.database, CallRow, id="c", agent="wangli", number="1", called="1", source="x", state="ended")
    for number in range(1, 5):
        await store(parts, said(number))
    async with parts.bus.subscribe("wangli") as mailbox:
        feed = aiter(Feed(parts.database, mailbox, "wangli", "c", after=2))
        assert [await anext(feed) for _ in range(2)] == [said(3), said(4)]
        await store(parts, said(5))
        await parts.bus.publish("wangli", said(4))
        await tell(parts, parts.bus, said(6))
        assert [await anext(feed) for _ in range(2)] == [said(5), said(6)]


async def tell(parts, bus, event):
    """Commit, then publish, as a call does."""
    await store(parts, event)
    await bus.publish("wangli", event)


async def store(parts, event):
    body = event.model_dump(mode="json")
    row = EventRow(call=event.call, seq=event.seq, type=event.type, body=body)
    await parts.database.write(lambda session: session.add(row))


def keep(database, table, **values):
    with Session(database.engine) as session:
        session.add(table(started_at=new_info("1", "x").started_at, **values))
        session.commit()
