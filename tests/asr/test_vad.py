"""Cutting a leg into segments, on real speech."""

import numpy as np
import pytest
import soundfile

from asr.vad import LONGEST, PRE_ROLL, SILENCE, Segmenter
from tests.asr.recordings import FOLDER

QUIET = 1.5


def said(rate):
    """One sentence between silences."""
    pcm, its = soundfile.read(FOLDER / "01.wav", dtype="int16")
    pcm = np.repeat(pcm, rate // its)
    pause = np.zeros(int(QUIET * rate), np.int16)
    return np.concatenate([pause, pcm, pause]), QUIET + len(pcm) / rate


def cut(segmenter, pcm, rate, portion):
    closed = []
    for at in range(0, len(pcm), portion):
        closed += segmenter.push(pcm[at : at + portion], at / rate)
    return closed + [last for last in [segmenter.end()] if last]


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("portion", [160, 333, 8000])
def test_a_sentence_is_one_segment_with_its_edges(rate, portion):
    pcm, end = said(rate)
    (segment,) = cut(Segmenter(rate), pcm, rate, portion)
    assert QUIET - PRE_ROLL - 0.1 <= segment.start <= QUIET + 0.1
    assert end <= segment.start + segment.seconds + 0.35
    assert segment.seconds <= end - QUIET + SILENCE + PRE_ROLL + 0.2
    first = round(segment.start * rate)
    assert np.array_equal(segment.pcm, pcm[first : first + len(segment.pcm)])


def test_silence_and_a_hum_open_nothing():
    rate = 8000
    hum = (150 * np.sin(np.arange(20 * rate) * 2 * np.pi * 50 / rate)).astype(np.int16)
    for pcm in (np.zeros(20 * rate, np.int16), hum):
        assert cut(Segmenter(), pcm, rate, 160) == []


def test_speech_without_a_pause_is_cut_before_a_decoder_would_lose_it():
    rate = 8000
    voice, _ = soundfile.read(FOLDER / "01.wav", dtype="int16")
    loud = voice[np.abs(voice.astype(int)) > 0]
    pcm = np.concatenate([loud] * int(45 * rate / len(loud)))
    parts = cut(Segmenter(), pcm, rate, 160)
    assert max(part.seconds for part in parts) <= LONGEST + 0.02
    assert sum(part.seconds for part in parts) >= 0.95 * len(pcm) / rate


def test_sound_that_was_lost_ends_a_segment_and_times_stay_true():
    pcm, _ = said(8000)
    segmenter = Segmenter()
    half = len(pcm) // 2
    segmenter.push(pcm[:half], 0.0)
    first, second = segmenter.push(pcm[half:], half / 8000 + 5.0)
    assert first.start + first.seconds <= half / 8000
    assert second.start >= half / 8000 + 5.0 - 0.01
