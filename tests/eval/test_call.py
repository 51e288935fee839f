"""A sample call through the whole product, on real speech: what the desk is told is right and was said."""

import numpy as np
import pytest
import soundfile

from eval.__main__ import main
from eval.call import report
from eval.pipeline import pipeline
from telephony.base import RATE
from telephony.replay import read
from telephony.samples import SAMPLES

TURNS = (0, 14.53), (22.05, 27.8), (44.65, 52.3)  # seconds: the greeting, the danger; where it is; the number


@pytest.mark.speech
async def test_a_sample_call_comes_out_right(furnish, tmp_path):
    """The one with an alarm, without half of its turns; `make bench` plays all eight, and the browser takes another."""
    sample = next(sample for sample in SAMPLES if sample.id == "gas-smell")
    legs, shorter = read(sample.wav), tmp_path / "shorter.wav"
    kept = [legs[int(begin * RATE) : int(end * RATE)] for begin, end in TURNS]
    soundfile.write(shorter, np.concatenate(kept), RATE)
    async with pipeline(settings=furnish(tmp_path)) as line:
        result = report(await line.play(shorter, False, sample.number), False)
    assert sample.expect_article in {card["article"] for card in result["cards"]}
    assert result["departments"][0]["name"] == sample.expect_department
    assert bool(result["alerts"]) == sample.expect_alert
    number = result["fields"]["callback_number"]
    assert number["value"] == sample.expect_phone or number["doubtful"]
    said = {u["utterance"]: u["text"] for u in result["utterances"] if u["final"]}
    for field in result["fields"].values():
        assert field["evidence"]["quote"] in said[field["evidence"]["utterance"]]
    assert result["summary"]


def test_a_file_that_is_no_recording_is_refused(tmp_path, capsys):
    path = tmp_path / "x.wav"
    path.write_bytes(b"nothing of a recording")
    assert main(["call", str(path)]) == 2
    assert "x.wav" in capsys.readouterr().err


def test_a_recording_of_another_rate_is_refused(tmp_path, capsys):
    path = tmp_path / "cd.wav"
    soundfile.write(path, [[0.0, 0.0]] * 4410, 44100)
    assert main(["call", str(path)]) == 2
    assert "8 或 16 kHz" in capsys.readouterr().err
