"""Streams over a decoder that works when it is let: order, drafts, finals, and none of them lost."""

import asyncio
import threading

import numpy as np
import pytest
import soundfile

from asr.base import RATE, AsrError, Lexicon
from asr.finish import Finisher
from asr.hypothesis import Hypothesis
from asr.pool import Pool
from asr.segmented import Heard, SegmentedStream
from tests.asr.recordings import FOLDER

LEGS = ("citizen", "agent")


class Gated:
    """A decoder as slow as its gate: it says how long the sound was, and notes what it was asked."""

    def __init__(self):
        self.gate, self.asked, self.begun = threading.Event(), [], threading.Event()

    def decode(self, pcm, rate, quick):
        self.begun.set()
        self.gate.wait(30)
        self.asked.append((len(pcm) / rate, quick))
        return Heard((Hypothesis(f"共{len(pcm)}"),))


@pytest.fixture(scope="module")
def finisher():
    return Finisher(Lexicon())


@pytest.fixture
def pool():
    pool = Pool(2)
    yield pool
    pool.close()


def sentences(count):
    """Sentences, each followed by a second of silence."""
    voice, _ = soundfile.read(FOLDER / "h04.wav", dtype="int16")
    return np.concatenate([np.concatenate([voice, np.zeros(RATE, np.int16)]) for _ in range(count)])


def push(stream, pcm):
    for at in range(0, len(pcm), 1600):
        stream.push(pcm[at : at + 1600], at / RATE)


async def listen(stream):
    return [utterance async for utterance in stream]


async def test_four_calls_at_once_on_two_workers_lose_no_final(finisher, pool):
    decoder = Gated()
    streams = [SegmentedStream(leg, decoder, pool, finisher) for _ in range(4) for leg in LEGS]
    tasks = [asyncio.create_task(listen(stream)) for stream in streams]
    for stream in streams:
        push(stream, sentences(3))
    decoder.gate.set()
    for stream in streams:
        await stream.end()
    for heard in await asyncio.gather(*tasks):
        finals = [u for u in heard if u.final]
        assert [u.id[1:] for u in finals] == ["1", "2", "3"]
    await asyncio.to_thread(pool.drain)
    assert pool.waiting(9) == 0
    assert any(quick for seconds, quick in decoder.asked if seconds > 1)


async def test_the_citizen_is_decoded_before_the_agent_and_drafts_give_way(finisher):
    pool, decoder, order = Pool(1), Gated(), []

    class Noting(Gated):
        def __init__(self, leg):
            super().__init__()
            self.gate, self.leg = decoder.gate, leg

        def decode(self, pcm, rate, quick):
            order.append(self.leg)
            return super().decode(pcm, rate, quick)

    pool.submit(-1, lambda: decoder.gate.wait(30) and None)
    streams = {leg: SegmentedStream(leg, Noting(leg), pool, finisher) for leg in reversed(LEGS)}
    tasks = [asyncio.create_task(listen(stream)) for stream in streams.values()]
    for stream in streams.values():
        push(stream, sentences(2))
    decoder.gate.set()
    for stream in streams.values():
        await stream.end()
    heard = await asyncio.gather(*tasks)
    pool.close()
    assert order == ["citizen"] * 2 + ["agent"] * 2
    assert all(u.final for leg in heard for u in leg)


async def test_a_draft_shares_the_id_of_its_final_and_never_follows_it(finisher, pool):
    decoder = Gated()
    decoder.gate.set()
    stream = SegmentedStream("citizen", decoder, pool, finisher)
    voice = sentences(1)
    task = asyncio.create_task(listen(stream))
    for at in range(0, len(voice), 1600):
        stream.push(voice[at : at + 1600], at / RATE)
        await asyncio.to_thread(pool.drain)
    await stream.end()
    heard = await task
    assert [u.final for u in heard] == [False] * (len(heard) - 1) + [True]
    assert len(heard) >= 2
    assert {u.id for u in heard} == {"c1"}
    assert heard[0].end < heard[-1].end


async def test_a_decoder_that_fails_is_told_to_whoever_listens(finisher, pool, caplog):
    class Broken:
        def decode(self, pcm, rate, quick):
            raise RuntimeError("no")

    stream = SegmentedStream("citizen", Broken(), pool, finisher)
    push(stream, sentences(1))
    await stream.end()
    with pytest.raises(AsrError, match="没有听成"):
        await asyncio.wait_for(listen(stream), 30)
    assert "decode failed" in caplog.text
