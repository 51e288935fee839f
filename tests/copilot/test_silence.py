"""A line on which nobody speaks, with the speech engine that is the default: no words, no cards, no fields."""

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest

from asr import registry, weights
from asr.base import Lexicon

RATE = 8000
SILENCE = bytes(60 * RATE * 2)


@pytest.fixture(scope="module")
def whisper():
    models = Path(__file__).parents[2] / "models"
    weights.install("whisper-base", models)
    engine = registry.create("whisper", models, Lexicon(), 2)
    yield engine
    asyncio.run(engine.close())


def music(seconds):
    """Chords as an exchange plays them to who waits: four voices with overtones, struck twice a second."""
    steps = ((262, 330, 392, 523), (220, 262, 330, 440), (175, 220, 262, 349), (196, 247, 294, 392))
    at = np.arange(RATE // 2) / RATE
    struck = np.exp(-3 * at)
    chords = [
        sum(np.sin(2 * np.pi * pitch * over * at) / over for pitch in step for over in (1, 2, 3)) * struck
        for step in steps
        for _ in range(2)
    ]
    song = np.tile(np.concatenate(chords), seconds // 4)
    return (song * (9000 / np.abs(song).max())).astype("<i2").tobytes()


@pytest.mark.speech
@pytest.mark.parametrize("sound", [SILENCE, music(24)], ids=["silence", "music"])
def test_nobody_speaks_and_nothing_is_suggested_or_filled(make_parts, serve, whisper, sound):
    site = serve(make_parts(recognizer=whisper))
    client = site.client("wangli")
    with site.socket("desk", client) as desk, site.socket("line/stream?agent=wangli") as line:
        line.send(json.dumps({"format": "L16", "rate": RATE, "channels": 1, "calling_number": "13852706021"}))
        call = json.loads(line.recv(timeout=20))["call"]
        client.post(f"/api/calls/{call}/answer").raise_for_status()
        for start in range(0, len(sound), 3200):
            line.send(sound[start : start + 3200])
        line.close()
        kinds = []
        while "ended" not in kinds:
            kinds.append(json.loads(desk.recv(timeout=60))["type"])
    assert kinds == ["ringing", "answered", "ended"]
    ticket = client.get(f"/api/calls/{call}/ticket").json()
    assert (ticket["evidence"], ticket["content"], ticket["summary"]) == ({}, "", "")
