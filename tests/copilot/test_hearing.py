"""An ear over a real stream whose decoder fails at one utterance: the others come, and the desk is told."""

import numpy as np
import pytest
import soundfile

from asr.base import Lexicon
from asr.finish import Finisher
from asr.hypothesis import Hypothesis
from asr.pool import Pool
from asr.segmented import Heard, SegmentedStream
from tests.asr.recordings import FOLDER
from tests.copilot.talk import live, until_over


class Stumbling:
    """An engine that fails at what was said quietly."""

    def __init__(self):
        self.pool, self.finisher, self.opened = Pool(1), Finisher(Lexicon()), 0

    def stream(self, leg):
        self.opened += 1
        return SegmentedStream(leg, self, self.pool, self.finisher)

    def decode(self, pcm, rate, quick):
        if np.abs(pcm).max() < 8000:
            raise MemoryError("no luck")
        return Heard((Hypothesis("楼下半夜还在施工"),))


@pytest.fixture
def engine():
    engine = Stumbling()
    yield engine
    engine.pool.close()


async def test_an_utterance_that_fails_costs_itself_alone(make_parts, engine):
    voice, _ = soundfile.read(FOLDER / "h04.wav", dtype="int16")
    loud = (voice * (20_000 / np.abs(voice).max())).astype("<i2")
    pause = np.zeros(8000, "<i2")
    talk = np.concatenate([loud, pause, loud // 4, pause, loud, pause, loud, pause])
    async with live(make_parts(recognizer=engine)) as (_, line, mailbox):
        for start in range(0, len(talk), 1600):
            await line.feed(talk[start : start + 1600].tobytes())
        await line.hangup()
        told = [event async for event in until_over(mailbox)]
    assert [event.utterance for event in told if event.type == "heard" and event.final] == ["c1", "c3", "c4"]
    levels = [event.speech for event in told if event.type == "health"]
    assert ("down" in levels, levels[-1]) == (True, "ok")
    assert engine.opened == 1
