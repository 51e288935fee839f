"""Which sentences of an article were said: written cases, the same with homophones, and what must never count."""

import csv
import random
from collections import defaultdict
from pathlib import Path

import pytest
from pypinyin import Style, lazy_pinyin

from kb_index.quantities import quantities
from kb_index.spoken import ENOUGH, said, sentences, tells

LINES = Path(__file__).with_name("said.tsv").read_text("utf8").splitlines()
CASES = list(csv.DictReader(LINES, delimiter="\t"))


def told(speech, sentence, enough=ENOUGH):
    return said([(f"a{n}", text) for n, text in enumerate(speech.split("|"), 1)], [sentence], enough)


def rates(cases, change=lambda text: text):
    """Precision and recall over cases."""
    found = [(case["verdict"] == "said", bool(told(change(case["speech"]), case["sentence"]))) for case in cases]
    hits = sum(truth and got for truth, got in found)
    return hits / max(1, sum(got for _, got in found)), hits / sum(truth for truth, _ in found)


@pytest.fixture(scope="module")
def misheard():
    """A text of which a fifth of the characters are homophones, out of the characters of the cases."""
    alike = defaultdict(list)
    for one in sorted({one for case in CASES for one in case["sentence"] + case["speech"] if "\u4e00" <= one}):
        alike[lazy_pinyin(one, style=Style.NORMAL)[0]].append(one)
    chance = random.Random(7)

    def change(text):
        return "".join(
            chance.choice(alike[lazy_pinyin(one, style=Style.NORMAL)[0]]) if one in known and chance.random() < 0.2
            else one
            for one in text
        )  # fmt: skip

    known = {one for group in alike.values() for one in group}
    return change


def test_there_are_enough_cases_of_both_kinds():
    assert len(CASES) >= 60
    assert 0.4 < sum(case["verdict"] == "said" for case in CASES) / len(CASES) < 0.6


@pytest.mark.parametrize("which", ["fit", "held"])
def test_what_was_said_is_found_and_nothing_else(which):
    precision, recall = rates([case for case in CASES if case["set"] == which])
    assert (precision, recall) == (1.0, 1.0)


def test_homophones_cost_little(misheard):
    precision, recall = rates(CASES, misheard)
    assert precision >= 0.95
    assert recall >= 0.85


def test_a_sentence_is_quoted_with_the_utterance_that_holds_most_of_it():
    speech = [("a1", "您好"), ("a2", "那您材料齐全的"), ("a3", "审核通过后一般三个工作日内到账，您放心")]
    found = said(speech, ["请准备身份证。", "材料齐全的，审核通过后一般三个工作日内到账。"])
    assert [(one.slice, one.place, one.utterance) for one in found] == [(1, 0, "a3")]
    assert found[0].quote == "材料齐全的，审核通过后一般三个工作日内到账"


def test_nothing_is_said_where_nothing_was_heard():
    assert said([], ["用人单位应当按时足额支付工资。"]) == []
    assert said([("a1", "")], ["用人单位应当按时足额支付工资。"]) == []
    assert said([("a1", "用人单位应当按时足额支付工资")], []) == []


def test_what_only_asks_the_caller_tells_nothing():
    assert not tells("请告诉我小区名称、楼号和占用时段。")
    assert not tells("请问宝宝出生多久了？")
    assert tells("养老金从核定次月发放到社保卡。")
    assert sentences("第二十四条　示例：可以提取。不得重复。") == ["可以提取。", "不得重复。"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("三个工作日内", [("3", "个工作日")]),
        ("3 个工作日", [("3", "个工作日")]),
        ("二零二六年1月", [("2026", "年"), ("1", "月")]),
        ("百分之三十，30％", [("30", "%"), ("30", "%")]),
        ("两万元或2万元", [("20000", "元"), ("20000", "元")]),
        ("一亿三千万元", [("130000000", "元")]),
        ("三十五点五元", [("35.5", "元")]),
        ("满半年", [("0.5", "年")]),
        ("一般一次性告知，统一办理", []),
        ("12393", [("12393", "")]),
    ],
)
def test_numbers_are_the_same_however_they_are_written(text, found):
    assert [(one.value, one.unit) for one in quantities(text)] == found
