"""Lines: replay and the WebSocket source, on real and on bad audio."""

import asyncio
import json
import math

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis.strategies import booleans, dictionaries, floats, integers, lists, none, recursive, sampled_from, text

from copilot.calls import new_info
from telephony import g711
from telephony.base import BadAudio, NoTransfer, TelephonyError
from telephony.replay import Replay
from telephony.samples import SAMPLES
from telephony.websocket import LARGEST, WAITING, AudioFormat, WebSocketLine, parse_metadata

JSON = recursive(none() | booleans() | integers() | floats() | text(), lists, max_leaves=5)


async def collect(line):
    return [chunk async for chunk in line]


def test_alaw_is_what_libsndfile_makes_of_it(tmp_path):
    path = tmp_path / "codes.raw"
    path.write_bytes(bytes(range(256)))
    theirs, _ = soundfile.read(str(path), dtype="int16", channels=1, samplerate=8000, format="RAW", subtype="ALAW")
    assert np.array_equal(g711.DECODE, theirs)
    assert g711.encode(g711.DECODE) == bytes(range(256))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
async def test_every_sample_has_two_speaking_legs(sample):
    chunks = await collect(Replay(sample.wav, new_info(sample.number, "replay"), math.inf))
    for leg in ("citizen", "agent"):
        pcm = np.concatenate([chunk.pcm for chunk in chunks if chunk.leg == leg])
        assert 30 <= len(pcm) / 8000 <= 95
        assert np.abs(pcm).max() > 3000


@pytest.mark.parametrize(("encoding", "rate", "channels"), [("L16", 8000, 2), ("L16", 16000, 1), ("PCMA", 8000, 2)])
async def test_audio_survives_any_framing(encoding, rate, channels):
    tone = (8000 * np.sin(np.arange(rate) * 2 * np.pi * 440 / rate)).astype(np.int16)
    block = np.column_stack([tone] * channels).reshape(-1)
    data = block.tobytes() if encoding == "L16" else g711.encode(block)
    line = WebSocketLine(new_info("138", "websocket"), AudioFormat(encoding, rate, channels))
    for start in range(0, len(data), 333):
        await line.feed(data[start : start + 333])
    await line.hangup()
    chunks = [chunk for chunk in await collect(line) if chunk.leg == "citizen"]
    pcm = np.concatenate([chunk.pcm for chunk in chunks])
    assert abs(len(pcm) - 8000) < 200
    assert 7000 < np.abs(pcm).max() < 9000


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"rate": 44100}', '{"format": "OPUS"}', '{"channels": 3}', '{"call_id": "a/b"}']
)
def test_bad_metadata_says_what_is_possible(text):
    with pytest.raises(TelephonyError, match=r"[\u4e00-\u9fff]"):
        parse_metadata(text)


def test_good_metadata():
    who, form = parse_metadata(json.dumps({"call_id": "x-1", "calling_number": "13800000000", "rate": 16000}))
    assert who == {"call_id": "x-1", "calling_number": "13800000000"}
    assert form == AudioFormat("L16", 16000, 1)


async def test_too_large_a_frame_is_refused():
    line = WebSocketLine(new_info("138", "websocket"), AudioFormat())
    with pytest.raises(BadAudio, match="KiB"):
        await line.feed(b"\0" * (LARGEST + 2))


async def test_before_the_call_is_taken_the_newest_minute_is_kept_in_its_place():
    line = WebSocketLine(new_info("138", "websocket"), AudioFormat())
    for second in range(100):
        await line.feed(np.full(8000, second, "<i2").tobytes())
    await line.hangup()
    chunks = await collect(line)
    assert [(chunk.at, chunk.pcm[0]) for chunk in chunks] == [(float(s), s) for s in range(40, 100)]


async def test_a_sender_that_is_too_fast_waits_for_the_reader():
    line = WebSocketLine(new_info("138", "websocket"), AudioFormat())
    chunks = aiter(line)
    await line.feed(bytes(2))
    await anext(chunks)
    sent = 0

    async def send():
        nonlocal sent
        for _ in range(40):
            await line.feed(bytes(LARGEST))
            sent += 1
        await line.hangup()

    sending = asyncio.create_task(send())
    seen = 0
    async for chunk in chunks:
        seen += len(chunk.pcm)
        assert sent * LARGEST // 2 - seen <= WAITING + LARGEST
    await sending
    assert seen == 40 * LARGEST // 2


async def test_an_exchange_is_told_to_transfer_and_other_lines_refuse():
    told = []

    async def send(text):
        told.append(json.loads(text))

    exchange = WebSocketLine(new_info("138", "websocket"), AudioFormat(), send)
    await exchange.transfer("119")
    await exchange.hangup()
    with pytest.raises(NoTransfer, match="已经挂断"):
        await exchange.transfer("120")
    assert told == [{"type": "transfer", "to": "119"}]
    silent = WebSocketLine(new_info("138", "browser"), AudioFormat())
    for line in (silent, Replay(SAMPLES[0].wav, new_info("138", "replay"))):
        with pytest.raises(NoTransfer, match="请用话机转接 119"):
            await line.transfer("119")


def outcome(given):
    """What a first frame comes to: who and which format, or the words of its refusal."""
    try:
        return parse_metadata(given)
    except TelephonyError as error:
        return str(error)


@settings(max_examples=300, deadline=None)
@given(text() | dictionaries(sampled_from(["format", "rate", "channels", "call_id"]), JSON).map(json.dumps))
def test_any_first_frame_is_understood_or_refused_in_words(given):
    match outcome(given):
        case str(refusal):
            assert any("\u4e00" <= character <= "\u9fff" for character in refusal)
        case who, form:
            assert form.rate in (8000, 16000)
            assert set(who) <= {"call_id", "calling_number", "called_number"}


def test_a_file_that_is_no_recording_is_refused(tmp_path):
    path = tmp_path / "x.wav"
    path.write_bytes(b"not audio at all")
    with pytest.raises(BadAudio, match=r"x\.wav"):
        Replay(path, new_info("138", "replay"))
