"""Hearing: text rules, the gazetteer, and real speech through the real engine."""

import asyncio
import math
from pathlib import Path

import pytest

from asr import registry, text, weights
from asr.base import AsrError, Lexicon
from asr.repair import Gazetteer
from copilot.calls import new_info
from telephony.replay import Replay
from telephony.samples import SAMPLES

MODELS = Path(__file__).parents[2] / "models"


def test_spoken_digits_become_a_number():
    assert text.digits("我的电话是幺三八五二七零六零二一") == "我的电话是13852706021"
    assert text.digits("一二三四五热线") == "一二三四五热线"


def test_a_number_that_hypotheses_disagree_on_is_doubtful():
    sure, marks = text.phones("电话13852706021", ["电话13852706021"] * 4)
    assert (sure, marks) == ("电话13852706021", [])
    _, marks = text.phones("电话13852706021", ["电话13852706021", "电话13852706027"])
    assert [mark.kind for mark in marks] == ["doubtful"]


def test_names_are_put_right_by_sound():
    fixed, marks = Gazetteer(["邗江区", "扬子江中路"]).repair("我住在韩江区养子江中路")
    assert fixed == "我住在邗江区扬子江中路"
    assert [mark.before for mark in marks] == ["韩江区", "养子江中路"]


def test_loops_are_cut():
    assert text.looped("谢谢谢谢谢谢谢谢")
    assert not text.looped("您好请问有什么可以帮您")


def test_unknown_engine_and_missing_weights_say_what_to_do(tmp_path):
    with pytest.raises(AsrError, match="可选：whisper"):
        registry.create("nonsense", MODELS, Lexicon())
    (tmp_path / "models.toml").write_text((MODELS / "models.toml").read_text("utf8"), "utf8")
    with pytest.raises(AsrError, match="models fetch whisper-base"):
        weights.verify("whisper-base", tmp_path)


@pytest.mark.speech
async def test_a_real_call_is_heard_on_both_legs():
    weights.install("whisper-base", MODELS)
    engine = registry.create("whisper", MODELS, Lexicon(("邗江区",)), 2)
    streams = {leg: engine.stream(leg) for leg in ("citizen", "agent")}
    heard = {leg: [] for leg in streams}

    async def listen(leg):
        async for utterance in streams[leg]:
            if utterance.final:
                heard[leg].append(utterance)

    tasks = [asyncio.create_task(listen(leg)) for leg in streams]
    sample = next(sample for sample in SAMPLES if sample.id == "night-noise")
    async for chunk in Replay(sample.wav, new_info("1", "replay"), math.inf):
        streams[chunk.leg].push(chunk.pcm, chunk.at)
    for stream in streams.values():
        await stream.end()
    await asyncio.gather(*tasks)
    await engine.close()
    said = "".join(utterance.text for utterance in heard["citizen"])
    assert "邗江区" in said
    assert "施工" in said
    assert len(heard["agent"]) >= 4
