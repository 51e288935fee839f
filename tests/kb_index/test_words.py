"""Words and sounds: terms, their weights, and what of a query is searched for."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_index.article import KnowledgeError
from kb_index.bm25 import K1, B, Bm25, character_bigrams, pinyin_bigrams
from kb_index.fuse import load, shipped
from kb_index.query import essence


def by_the_book(texts, query):
    """BM25 as it is written down."""
    bags = [Counter(character_bigrams(text)) for text in texts]
    mean = sum(bag.total() for bag in bags) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for term, times in Counter(character_bigrams(query)).items():
            holding = sum(term in other for other in bags)
            rarity = math.log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
            norm = K1 * (1 - B + B * bag.total() / max(1.0, mean))
            score += min(times, 2) * rarity * bag[term] * (K1 + 1) / (bag[term] + norm)
        scores.append(score)
    return scores


few = st.text("停水电费公，", min_size=1, max_size=12)


@given(texts=st.lists(few, min_size=1, max_size=6), query=few)
def test_weights_are_those_of_the_book(texts, query):
    assert np.allclose(Bm25(texts, character_bigrams).scores(query), by_the_book(texts, query), atol=1e-4)


def test_homophones_share_their_sounds():
    assert pinyin_bigrams("邗江停水") == pinyin_bigrams("韩江挺水")
    assert set(character_bigrams("邗江停水")).isdisjoint(character_bigrams("韩江挺水"))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("你好，请问公积金怎么提取？", "公积金怎么提取"),
        ("嗯，好的，谢谢你。", ""),
        ("我姓王，电话一三八五二七零六零二一，小区停水了", "小区停水了"),
        ("小区停水了。什么时候来水。什么时候来水", "小区停水了，什么时候来水"),
        ("网吧半夜吵闹", "网吧半夜吵闹"),
    ],
)
def test_chatter_numbers_and_repeats_are_not_searched_for(said, kept):
    assert essence(said) == kept


def test_a_broken_fusion_file_says_how_to_make_one(tmp_path):
    (tmp_path / "fusion.toml").write_text("[weights]\n", "utf8")
    with pytest.raises(KnowledgeError, match="eval search --fit"):
        load(tmp_path / "fusion.toml")


def test_an_answer_is_likely_by_evidence():
    nothing, much = [1.0, 0.0, 0.0, 2.3], [1.0, 2.5, 0.8, 2.3]
    assert shipped().chance("characters+pinyin", nothing) < 0.01
    assert shipped().chance("characters+pinyin", much) > 0.9
    assert shipped().chance("pinyin", [1.0, 0.0, 2.3]) > 0.99


@pytest.mark.parametrize("said", ["你好，我要投诉", "我想咨询一下", "我要反映个问题", "你好我要举报"])
def test_a_bare_purpose_is_no_question(said):
    assert essence(said) == ""
