"""The character model: a distribution, and one that knows what it was taught."""

import math

import pytest

from asr.ngram import EDGE, Ngram

TEXTS = ["夜间施工噪声扰民，请城管局处理。", "公积金提取需要什么材料？", "公积金贷款"]


@pytest.fixture(scope="module")
def model():
    return Ngram(TEXTS, ["噪声", "医院"])


def test_what_was_taught_is_likelier_than_what_sounds_alike(model):
    assert model.score("公积金提取") > model.score("公鸡金提取")


@pytest.mark.parametrize("context", ["", EDGE, "公积金", "没见过", "噪"])
def test_the_chances_of_all_characters_sum_to_at_most_one(model, context):
    total = sum(math.exp(model.logp(context, c)) for c in [EDGE, *model.characters])
    assert 0 < total <= 1.0001


def test_gain_is_the_difference_of_the_whole_texts(model):
    text, other = "公鸡金提取", "公积金提取"
    assert model.gain(text, 1, 2, "积") == pytest.approx(model.score(other) - model.score(text), abs=1e-4)


def test_the_longest_known_phrase_around_a_character(model):
    assert model.known("公积金提取", 2) == 4
    assert model.known("去医院", 2) == 2
    assert model.known("龘", 0) == 0
