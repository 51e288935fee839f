"""Calls on the real parts, the engine alone scripted: two at once, found again after a restart, decisions kept."""

import asyncio
import math
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from copilot import events
from copilot.calls import CallError, Calls, new_info
from copilot.feed import Feed
from copilot.tables import CallRow, CardDecision, EventRow
from telephony.base import CallInfo, NoTransfer
from telephony.replay import Replay
from telephony.samples import SAMPLES
from ticket_core.tables import Ticket

NOISE = "我要投诉邗江区文昌西路旁边的工地半夜还在施工噪声太大"
FUND = "我想咨询一下买房怎么提取住房公积金需要什么材料"
SCRIPT = {
    "citizen": [(2.0, 6.0, NOISE), (8.0, 10.0, "我的电话是13852706021"), (12.0, 15.0, "希望你们尽快处理")],
    "agent": [(0.0, 1.5, "您好请问有什么可以帮您")],
}


def sample_call(name="night-noise", number="13852706021", call=""):
    """A sample's audio as a call; the script decides what is heard in it."""
    info = new_info(number, "replay")
    info = CallInfo(call or info.id, info.calling_number, info.called_number, info.source, info.started_at)
    return info, lambda: Replay(next(s.wav for s in SAMPLES if s.id == name), info, math.inf)


async def take(calls, agent, info, line):
    """Ring, answer, and wait until all is kept."""
    await calls.ring(info, agent, "", line)
    await calls.answer(info.id, agent)
    await calls.wait(info.id)


async def told(parts, agent, call, after=0):
    """What a desk is told that resumes a call behind a number."""
    out = []
    async with parts.bus.subscribe(agent) as mailbox:
        async for event in Feed(parts.database, mailbox, agent, call, after):
            out.append(event)
            if event.type == "ended":
                return out


async def test_a_call_becomes_cards_a_ranking_and_a_draft(make_parts, database_url):
    parts = make_parts(SCRIPT, database_url)
    calls = Calls(parts)
    info, line = sample_call()
    await take(calls, "wangli", info, line)
    seen = await told(parts, "wangli", info.id)
    assert [event.seq for event in seen] == list(range(1, len(seen) + 1))
    kinds = [event.type for event in seen]
    assert kinds[:2] == ["ringing", "answered"]
    assert kinds[-1] == "ended"
    assert {"heard", "suggested", "routed", "drafted", "summarised"} <= set(kinds)
    ticket = await parts.database.read(lambda session: session.query(Ticket).one())
    fields = next(event for event in reversed(seen) if event.type == "drafted").fields
    said = {event.utterance: event.text for event in seen if event.type == "heard"}
    assert {field.name: field.value for field in fields}["callback_number"] == "13852706021"
    assert ticket.callback_number == "13852706021"
    assert ticket.summary == next(event for event in reversed(seen) if event.type == "summarised").text
    assert all(field.quote in said[field.utterance] for field in fields if field.utterance)
    assert calls.of("wangli") is None


async def test_two_calls_at_once_do_not_mix(make_parts):
    parts = make_parts(SCRIPT)
    other = make_parts({"citizen": [(2.0, 6.0, FUND)]}).recognizer
    calls, second = Calls(parts), Calls(make_parts(database=parts.database, bus=parts.bus, recognizer=other))
    (one, first_line), (two, second_line) = sample_call(), sample_call("housing-fund", "13912345678")
    await asyncio.gather(take(calls, "wangli", one, first_line), take(second, "zhaomin", two, second_line))
    for agent, call, text in (("wangli", one.id, NOISE), ("zhaomin", two.id, FUND)):
        seen = await told(parts, agent, call)
        assert {event.call for event in seen} == {call}
        assert text in [event.text for event in seen if event.type == "heard"]


async def test_a_desk_is_told_nothing_of_another_agents_call(make_parts):
    parts = make_parts(SCRIPT)
    info, line = sample_call()
    await take(Calls(parts), "wangli", info, line)
    async with parts.bus.subscribe("zhaomin") as mailbox:
        mailbox.put(events.Health(call="marker"))
        async for event in Feed(parts.database, mailbox, "zhaomin", info.id):
            assert event.call == "marker"
            break


async def test_an_agent_has_one_call_and_a_call_one_line(make_parts):
    calls = Calls(make_parts(SCRIPT))
    info, line = sample_call()
    await calls.ring(info, "wangli", "", line)
    with pytest.raises(CallError, match="已经接入"):
        await calls.ring(info, "zhaomin", "", line)
    with pytest.raises(CallError, match="先挂断"):
        await calls.ring(sample_call()[0], "wangli", "", line)
    with pytest.raises(CallError, match="不在振铃"):
        await calls.answer(info.id, "zhaomin")
    await calls.hang_up(info.id, "wangli")
    assert calls.of("wangli") is None
    with pytest.raises(CallError, match="已经用过"):
        await calls.ring(info, "wangli", "", line)


async def test_a_lost_call_goes_on_where_it_stopped(make_parts):
    parts = make_parts(SCRIPT)
    info, line = sample_call(call="exchange-7")
    await take(Calls(parts), "wangli", info, line)
    before = await told(parts, "wangli", info.id)
    await lose(parts, info.id)
    calls = Calls(parts)
    await calls.recover()
    assert await calls.resume(info, line)
    await calls.wait(info.id)
    everything = await kept(parts, info.id)
    assert [event.seq for event in everything] == list(range(1, len(everything) + 1))
    finals = [event for event in everything if event.type == "heard"]
    assert len({event.utterance for event in finals}) == len(finals) == 8
    assert finals[-1].start > max(event.end for event in before if event.type == "heard")
    assert [event.type for event in everything].count("answered") == 2
    assert len(await parts.database.read(lambda session: session.query(Ticket).all())) == 1
    assert not await calls.resume(info, line)


async def test_refused_cards_stay_away_after_a_restart(make_parts):
    parts = make_parts(SCRIPT)
    info, line = sample_call(call="exchange-8")
    await take(Calls(parts), "wangli", info, line)
    shown = [event for event in await kept(parts, info.id) if event.type == "suggested"]
    worst = shown[0].cards[0].article
    row = CardDecision(call=info.id, article=worst, version=1, decision="refused", agent="wangli", at=datetime.now(UTC))
    await parts.database.write(lambda session: session.add(row))
    await lose(parts, info.id)
    calls = Calls(parts)
    await calls.recover()
    await calls.resume(info, line)
    await calls.wait(info.id)
    again = [event for event in await kept(parts, info.id) if event.type == "suggested"][len(shown) :]
    assert again
    assert worst not in {card.article for event in again for card in event.cards}


async def kept(parts, call):
    """Every kept event of a call."""
    query = select(EventRow.body).where(EventRow.call == call).order_by(EventRow.seq)
    bodies = await parts.database.read(lambda session: session.scalars(query).all())
    return [events.WIRE.validate_python(body) for body in bodies]


async def lose(parts, call):
    """The state in which a killed server leaves a call."""

    def change(session):
        session.get_one(CallRow, call).state = "live"

    await parts.database.write(change)


async def test_a_recording_cannot_be_transferred(make_parts):
    calls = Calls(make_parts(SCRIPT))
    info, line = sample_call()
    await calls.ring(info, "wangli", "", line)
    desk = await calls.answer(info.id, "wangli")
    with pytest.raises(NoTransfer, match="请用话机转接 119"):
        await desk.transfer("119")
    await calls.wait(info.id)
