"""Measuring speech: what counts as an error, what is read, what is refused."""

import numpy as np
import pytest
import soundfile

from eval.__main__ import main
from eval.speech import Result, Row, SpeechError, distance, figures, normal, read, rows

TONE = (8000 * np.sin(np.arange(16000) * 2 * np.pi * 1000 / 16000)).astype(np.int16)


def test_only_words_count():
    assert normal("設定，二十九度！") == normal("设定29度")
    assert distance("公积金", "公鸡金") == 1
    assert distance("", "三个字") == 3


def test_figures_before_and_after_repair(tmp_path):
    row = Row(tmp_path, "我住在邗江区", ("邗江区",))
    found = figures([Result(row, "我住在韩江区", "我住在邗江区", 2.0)], 1.0)
    assert (found["cer"], found["cer_raw"]) == (0, round(1 / 6, 4))
    assert (found["names"], found["names_right"], found["names_right_raw"]) == (1, 1, 0)
    assert found["rtf_cpu"] == 0.5


@pytest.mark.parametrize(("suffix", "rate"), [("flac", 16000), ("wav", 44100), ("wav", 8000)])
@pytest.mark.parametrize("telephone", [False, True])
def test_any_rate_is_read_and_a_tone_in_the_band_passes(tmp_path, suffix, rate, telephone):
    soundfile.write(tmp_path / f"a.{suffix}", np.column_stack([TONE, TONE]), rate)
    pcm = read(tmp_path / f"a.{suffix}", 8000, telephone)
    assert len(pcm) == pytest.approx(8000 * len(TONE) / rate, abs=2)
    assert np.abs(pcm.astype(int)).max() > 6000


def test_the_telephone_cuts_what_is_below_its_band(tmp_path):
    hum = (8000 * np.sin(np.arange(16000) * 2 * np.pi * 50 / 16000)).astype(np.int16)
    soundfile.write(tmp_path / "hum.wav", hum, 16000)
    assert np.abs(read(tmp_path / "hum.wav", 8000, True)[4000:].astype(int)).max() < 400


def test_columns_and_names(tmp_path):
    (tmp_path / "a.tsv").write_text("file\ttext\tnames\na.wav\t住邗江区\t邗江区、文昌路\n", "utf8")
    assert rows(tmp_path / "a.tsv") == [Row(tmp_path / "a.wav", "住邗江区", ("邗江区", "文昌路"))]


@pytest.mark.parametrize(
    ("content", "says"),
    [("", "没有内容"), ("file\twords\na.wav\t字\n", "缺少列 text"), ("file\ttext\na.wav\n", "第 2 行不完整")],
)
def test_a_broken_table_says_what_is_wrong(tmp_path, content, says):
    (tmp_path / "a.tsv").write_text(content, "utf8")
    with pytest.raises(SpeechError, match=says):
        rows(tmp_path / "a.tsv")


@pytest.mark.parametrize("recording", [None, b"no sound at all"])
def test_what_cannot_be_read_ends_with_2(tmp_path, recording, capsys):
    if recording:
        (tmp_path / "a.wav").write_bytes(recording)
    with pytest.raises(SpeechError, match="读不了录音"):
        read(tmp_path / "a.wav", 8000, False)
    assert main(["speech", str(tmp_path / "none.tsv")]) == 2
    assert "读不了" in capsys.readouterr().err
