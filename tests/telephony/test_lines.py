"""Lines: replay and the WebSocket source, on real and on bad audio."""

import json
import math

import numpy as np
import pytest
import soundfile

from copilot.calls import new_info
from telephony import g711
from telephony.base import BadAudio, TelephonyError
from telephony.replay import Replay
from telephony.samples import SAMPLES
from telephony.websocket import LARGEST, AudioFormat, WebSocketLine, parse_metadata


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
        line.feed(data[start : start + 333])
    line.hangup()
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


def test_too_large_a_frame_is_refused():
    line = WebSocketLine(new_info("138", "websocket"), AudioFormat())
    with pytest.raises(BadAudio, match="KiB"):
        line.feed(b"\0" * (LARGEST + 2))


def test_a_file_that_is_no_recording_is_refused(tmp_path):
    path = tmp_path / "x.wav"
    path.write_bytes(b"not audio at all")
    with pytest.raises(BadAudio, match=r"x\.wav"):
        Replay(path, new_info("138", "replay"))
