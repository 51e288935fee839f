"""Telephone numbers: agreed, or marked."""

import pytest

from asr.marked import Marked
from asr.phones import settle


def settled(text, hypotheses):
    marked = settle(Marked(text), hypotheses)
    return marked.text, [(marked.text[m.start : m.end], m.kind, m.before) for m in marked.marks]


def test_a_number_in_four_hypotheses_is_trusted():
    assert settled("电话13852706021", ["电话幺三八五二七零六零二一"] * 4) == ("电话13852706021", [])


def test_a_number_in_three_is_doubtful():
    text = "电话13852706021"
    lines = [text] * 3 + ["电话13852706027"]
    assert settled(text, lines) == (text, [("13852706021", "doubtful", "")])


def test_the_agreed_number_takes_the_place_of_another_and_is_marked():
    lines = ["电话13852706027", *["电话13852706021"] * 4]
    assert settled(lines[0], lines) == ("电话13852706021", [("13852706021", "repaired", "13852706027")])


def test_two_rivals_with_four_hypotheses_each_are_both_doubtful():
    lines = ["电话13852706021"] * 4 + ["电话13852706027"] * 4
    assert settled(lines[0], lines)[1] == [("13852706021", "doubtful", "")]


def test_two_numbers_said_in_one_breath_are_both_trusted():
    line = "手机13852706021座机051487345620"
    assert settled(line, [line] * 4) == (line, [])


@pytest.mark.parametrize("piece", ["是138", "5270", "52706021", "87654321", "1385270602", "138527060211"])
def test_a_piece_of_a_number_said_with_pauses_is_doubtful_however_many_agree(piece):
    assert [kind for _, kind, _ in settled(piece, [piece] * 8)[1]] == ["doubtful"]


@pytest.mark.parametrize("text", ["拨打12345", "打120", "一共860元", "在503室", "2026年", "罚了3500元", "住了300户"])
def test_other_figures_are_no_numbers(text):
    assert settled(text, [text])[1] == []


def test_a_whole_number_of_few_hypotheses_takes_the_place_of_a_broken_one_and_stays_doubtful():
    marked = settle(Marked("电话1335912046"), ["电话1335912046", "电话13357912046"])
    assert marked.text == "电话13357912046"
    assert [mark.kind for mark in marked.marks] == ["doubtful"]
