"""Real speech through the real engine: names and numbers of our own recordings, a call on both legs."""

import asyncio
import math
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from asr import registry, weights
from asr.base import RATE
from copilot.calls import new_info
from copilot.parts import shipped_lexicon
from eval.speech import distance, normal
from telephony.replay import Replay
from telephony.samples import SAMPLES
from tests.asr.recordings import rows

MODELS = Path(__file__).parents[2] / "models"
LEGS = ("citizen", "agent")

pytestmark = pytest.mark.speech


@pytest.fixture(scope="module")
def lexicon():
    return shipped_lexicon()


@pytest.fixture(scope="module")
def engine(lexicon):
    weights.install("whisper-base", MODELS)
    engine = registry.create("whisper", MODELS, lexicon, 2)
    yield engine
    asyncio.run(engine.close())


async def finals(engine, pcm):
    stream = engine.stream("citizen")
    stream.push(np.concatenate([pcm, np.zeros(RATE, np.int16)]), 0.0)
    await stream.end()
    return sorted([u async for u in stream if u.final], key=lambda u: u.start)


async def test_most_names_of_places_and_departments_are_heard_right(engine):
    """Every sixth sentence, ten of 59; `python -m eval speech tests/asr/names/names.tsv` measures all of them."""
    right = total = 0
    for pcm, _, names in islice(rows("names.tsv"), 3, None, 6):
        heard = "".join(u.text for u in await finals(engine, pcm))
        right += sum(name in heard for name in names)
        total += len(names)
    assert right >= 0.6 * total


async def test_ordinary_sentences_are_not_harmed_by_repair(engine):
    before = after = 0
    for pcm, text, _ in islice(rows("general.tsv"), 0, None, 4):
        heard = await finals(engine, pcm)
        before += distance(normal(text), normal("".join(u.raw for u in heard)))
        after += distance(normal(text), normal("".join(u.text for u in heard)))
    assert after <= before


async def test_telephone_numbers_are_exact_or_doubtful(engine):
    exact = 0
    for pcm, number, _ in rows("phones.tsv"):
        heard = await finals(engine, pcm)
        sure = [mark for u in heard for mark in u.marks if mark.kind == "doubtful"] == []
        right = number in "".join(u.text for u in heard)
        assert right or not sure
        exact += right and sure
    assert exact >= 1


async def test_a_real_call_is_heard_on_both_legs(engine):
    """Its first three turns: what is spoken within 23 seconds."""
    streams = {leg: engine.stream(leg) for leg in LEGS}

    async def listen(leg):
        return [utterance async for utterance in streams[leg] if utterance.final]

    tasks = {leg: asyncio.create_task(listen(leg)) for leg in LEGS}
    sample = next(sample for sample in SAMPLES if sample.id == "night-noise")
    async for chunk in Replay(sample.wav, new_info("1", "replay"), math.inf):
        if chunk.at > 23:
            break
        streams[chunk.leg].push(chunk.pcm, chunk.at)
    for stream in streams.values():
        await stream.end()
    heard = {leg: await task for leg, task in tasks.items()}
    said = "".join(utterance.text for utterance in heard["citizen"])
    assert "邗江区" in said
    assert "施工" in said
    assert len(heard["agent"]) >= 2
    for utterance in heard["citizen"] + heard["agent"]:
        assert all(0 <= m.start < m.end <= len(utterance.text) for m in utterance.marks)
