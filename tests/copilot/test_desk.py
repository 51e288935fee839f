"""A live desk on the real parts: cards before the caller stops, parts that fail and come back, what the agent does."""

import numpy as np

from asr.base import AsrError, Utterance
from asr.scripted import ScriptedRecognizer, ScriptedStream
from classifier.fields import Turn
from classifier.router import Ranked, Routing
from copilot.calls import Calls, new_info
from copilot.evidence import filled
from copilot.settings import Settings
from telephony.websocket import AudioFormat, WebSocketLine
from tests.copilot.talk import SECOND, live, until, until_over
from ticket_core.tables import Ticket

NOISE = "我要投诉邗江区文昌西路旁边的工地半夜还在施工噪声太大"


async def test_cards_come_before_the_caller_stops(make_parts):
    parts = make_parts({"citizen": [(0.0, 12.0, NOISE)]})
    async with live(parts) as (_, line, mailbox):
        for _ in range(11):
            await line.feed(SECOND)
        suggested = await until(mailbox, "suggested")
        assert "施工" in "".join(card.title for card in suggested.cards)
        await line.feed(SECOND * 2)
        assert (await until(mailbox, "heard")).text


async def test_a_search_that_fails_is_told_and_comes_back(make_parts, built):
    parts = make_parts({"citizen": [(0.0, 1.0, NOISE), (2.0, 3.0, NOISE)]}, index=Flaky(built.index))
    async with live(parts) as (desk, line, mailbox):
        await line.feed(SECOND)
        health = await until(mailbox, "health")
        assert (health.search, health.speech, health.message) == (
            "down",
            "ok",
            "检索暂不可用，请按 Alt+/ 重试或手工答复",
        )
        await until(mailbox, "drafted")
        await line.feed(SECOND * 3)
        assert (await until(mailbox, "health")).search == "ok"
        assert (await until(mailbox, "suggested")).cards
        assert desk.health.message == ""


async def test_a_routing_that_fails_is_told_and_comes_back(make_parts, built):
    parts = make_parts({"citizen": [(0.0, 1.0, NOISE), (2.0, 3.0, NOISE)]}, router=Flaky(built.router))
    async with live(parts) as (_, line, mailbox):
        await line.feed(SECOND)
        assert (await until(mailbox, "health")).routing == "down"
        await line.feed(SECOND * 3)
        assert (await until(mailbox, "health")).routing == "ok"
        assert (await until(mailbox, "routed")).departments


class Flaky:
    """A part that fails the first time that it is asked."""

    def __init__(self, part):
        self._part, self._asked = part, 0

    def __getattr__(self, name):
        def ask(*words, **options):
            self._asked += 1
            if self._asked == 1:
                raise RuntimeError("no luck")
            return getattr(self._part, name)(*words, **options)

        return ask


class Breaking(ScriptedRecognizer):
    """An engine whose first stream of a leg breaks at its third second, and whose second cannot be opened at once."""

    def __init__(self, script):
        super().__init__(script)
        self.opened = {"citizen": 0, "agent": 0}

    def stream(self, leg):
        self.opened[leg] += 1
        if leg == "citizen" and self.opened[leg] == 2:
            raise AsrError("没有内存")
        return BreakingStream(leg, self._script.get(leg, ())) if self.opened[leg] == 1 else super().stream(leg)


class BreakingStream(ScriptedStream):
    def push(self, pcm, at):
        if at >= 3 and self._leg == "citizen":
            raise RuntimeError("decoder died")
        super().push(pcm, at)


async def test_an_engine_that_breaks_is_opened_again_and_no_number_used_twice(make_parts):
    script = {"citizen": [(0.0, 1.0, NOISE), (1.0, 2.0, "希望你们尽快处理"), (30.0, 31.0, "谢谢你们")]}
    parts = make_parts(recognizer=Breaking(script))
    async with live(parts) as (_, line, mailbox):
        for _ in range(35):
            await line.feed(SECOND)
        await line.hangup()
        told = [event async for event in until_over(mailbox)]
    levels = [event.speech for event in told if event.type == "health"]
    assert levels[0] == "down" != levels[-1]
    finals = [event for event in told if event.type == "heard" and event.final]
    assert len({event.utterance for event in finals}) == len(finals)
    assert (finals[0].text, finals[-1].text) == (NOISE, "谢谢你们")


async def test_without_an_engine_the_call_and_its_ticket_go_on(make_parts):
    parts = make_parts(recognizer=None, speech_error="语音权重没有安装")
    async with live(parts) as (desk, line, mailbox):
        health = await until(mailbox, "health")
        assert (health.speech, health.message) == ("down", "语音权重没有安装")
        await line.feed(SECOND)
        await line.hangup()
        assert (await until(mailbox, "ended")).seconds == 1.0
        assert await parts.database.read(lambda session: session.get_one(Ticket, desk.ticket).state) == "draft"


async def test_speech_that_lags_is_told_and_so_is_that_it_caught_up(make_parts):
    parts = make_parts({})
    async with live(parts) as (desk, line, mailbox):
        desk.talk.seconds = 20.0
        await desk.heard(Utterance("c1", "citizen", 1.0, 3.0, NOISE, NOISE, True))
        assert (await until(mailbox, "health")).speech == "slow"
        await desk.heard(Utterance("c2", "citizen", 17.0, 19.0, NOISE, NOISE, True))
        assert (await until(mailbox, "health")).speech == "ok"


async def test_a_disk_that_fails_costs_the_recording_alone(make_parts, tmp_path):
    (tmp_path / "recordings").write_text("a file where a folder should be", "utf8")
    parts = make_parts({"citizen": [(0.0, 1.0, NOISE)]})
    async with live(parts) as (_, line, mailbox):
        await line.feed(SECOND)
        assert "录音无法保存" in (await until(mailbox, "health")).message
        await line.hangup()
        await until(mailbox, "ended")


async def test_a_refused_card_goes_and_does_not_come_back(make_parts):
    parts = make_parts({"citizen": [(0.0, 1.0, NOISE), (2.0, 3.0, NOISE), (4.0, 5.0, NOISE)]})
    async with live(parts) as (desk, line, mailbox):
        await line.feed(SECOND)
        worst = (await until(mailbox, "suggested")).cards[0].article
        await desk.refuse(worst)
        assert worst not in [card.article for card in (await until(mailbox, "suggested")).cards]
        await line.feed(SECOND * 3)
        await line.feed(SECOND * 3)
        await line.hangup()
        async for event in until_over(mailbox):
            assert event.type != "suggested" or worst not in [card.article for card in event.cards]


async def test_a_refusal_taken_back_brings_the_card_back_to_its_place(make_parts):
    parts = make_parts({"citizen": [(0.0, 1.0, NOISE)]})
    async with live(parts) as (desk, line, mailbox):
        await line.feed(SECOND)
        shown = (await until(mailbox, "suggested")).cards
        await desk.refuse(shown[0].article)
        assert (await until(mailbox, "suggested")).cards == shown[1:]
        await desk.readmit(shown[0].article)
        assert (await until(mailbox, "suggested")).cards == shown


async def test_on_hold_nothing_and_muted_nothing_of_the_agent_is_kept(make_parts, tmp_path):
    clock = {"citizen": [(second, second + 1.0, "又过了一秒") for second in range(3)]}
    parts = make_parts(clock, settings=Settings(data=tmp_path))
    calls, info = Calls(parts), new_info("138", "websocket")
    line = WebSocketLine(info, AudioFormat(channels=2))
    async with parts.bus.subscribe("wangli") as mailbox:
        await calls.ring(info, "wangli", "", lambda: line)
        desk = await calls.answer(info.id, "wangli")
        loud = np.full(16_000, 9000, "<i2").tobytes()
        for muted, held in ((False, False), (True, False), (False, True)):
            await desk.switch(muted=muted, held=held)
            await line.feed(loud)
            while not (await until(mailbox, "heard")).final:
                pass
        await line.hangup()
        await until(mailbox, "ended")
    kept = {leg: np.fromfile(tmp_path / "recordings" / f"{info.id}.{leg}.pcm", "<i2") for leg in ("citizen", "agent")}
    assert [int(kept["citizen"][at]) for at in (4000, 12_000, 20_000)] == [9000, 9000, 0]
    assert [int(kept["agent"][at]) for at in (4000, 12_000, 20_000)] == [9000, 0, 0]


def test_what_the_router_concluded_shows_the_words_that_decided_it():
    turns = [
        Turn("c1", "citizen", "你好我想反映一个事情"),
        Turn("a1", "agent", "是噪声扰民吗"),
        Turn("c2", "citizen", "楼下噪声扰民没人管"),
    ]
    ranked = (Ranked("邗江区城市管理局", 0.9, "依据"),)
    quotes = {"matter": "噪声扰民", "department": "噪声扰民", "nature": "没有人说过"}
    routing = Routing("投诉", ("城市管理", "噪声"), ranked, "", {}, quotes)
    fields = filled({}, routing, turns)
    assert (fields["matter2"].utterance, fields["matter2"].quote) == ("c2", "噪声扰民")
    assert fields["department"].value == "邗江区城市管理局"
    assert (fields["nature"].utterance, fields["nature"].quote) == ("", "")


async def test_a_model_words_the_summary_after_the_call_has_ended(make_parts):
    parts = make_parts({"citizen": [(0.0, 1.0, NOISE)]}, wording=Terse())
    async with live(parts) as (desk, line, mailbox):
        await line.feed(SECOND)
        await line.hangup()
        await until(mailbox, "ended")
        assert (await until(mailbox, "summarised")).text == "工地半夜施工"
    assert await parts.database.read(lambda session: session.get_one(Ticket, desk.ticket).summary) == "工地半夜施工"


class Terse:
    """A wording that has its own words."""

    async def summary(self, turns, extracted):
        return "工地半夜施工"
