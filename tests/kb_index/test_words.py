"""Words and sounds: terms, their weights, and what of a query is searched for."""

import math
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from kb_index.article import KnowledgeError
from kb_index.search import postings
from kb_index.search.fuse import load, shipped
from kb_index.search.postings import K1, B, Postings
from kb_index.search.query import essence
from kb_index.search.words import characters, pinyin


def pairs(text):
    """Pairs of characters as they are written down: within runs of letters, a lone one by itself."""
    return [run[i : i + 2] for run in re.findall(r"\w+", text.lower()) for i in range(max(1, len(run) - 1))]


def number(pair):
    return ord(pair[0]) << 21 | (ord(pair[1]) if len(pair) > 1 else 0)


@settings(deadline=None)
@given(texts=st.lists(st.text(st.sampled_from("停水Ab3_，。 \n\0é𠮷２"), max_size=12), max_size=5))
def test_pairs_of_many_texts_are_those_of_each(texts):
    found = characters(texts)
    expected = [(place, number(pair)) for place, text in enumerate(texts) for pair in pairs(text)]
    assert list(zip(found.owner.tolist(), found.keys.tolist(), strict=True)) == expected
    for owner, key, at in zip(found.owner.tolist(), found.keys.tolist(), found.at.tolist(), strict=True):
        assert texts[owner].lower()[at] == chr(key >> 21)


def test_sounds_are_the_commonest_of_each_character():
    told, text = pinyin(["停水了，公积金"]), "停水了公积金"
    assert told.at.tolist() == [0, 1, 4, 5]
    assert all(lazy_pinyin(one) == lazy_pinyin(other) for one, other in zip("停水", "挺谁", strict=True))
    assert pinyin(["挺谁了"]).keys.tolist() == told.keys.tolist()[:2]
    assert len(set(pinyin([text]).keys.tolist())) == len(text) - 1


def test_homophones_share_their_sounds():
    assert pinyin(["邗江停水"]).keys.tolist() == pinyin(["韩江挺水"]).keys.tolist()
    assert set(characters(["邗江停水"]).keys.tolist()).isdisjoint(characters(["韩江挺水"]).keys.tolist())


def by_the_book(texts, query):
    """BM25 as it is written down."""
    bags = [Counter(pairs(text)) for text in texts]
    mean = sum(bag.total() for bag in bags) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for term in set(pairs(query)):
            holding = sum(term in other for other in bags)
            rarity = math.log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
            norm = K1 * (1 - B + B * bag.total() / max(1.0, mean))
            score += rarity * bag[term] * (K1 + 1) / (bag[term] + norm)
        scores.append(score)
    return scores


def scored(held, query):
    keys = np.unique(characters([query]).keys)
    found, size = held.of_terms(keys), len(held.lengths)
    weights = postings.rarity(found.counts, size)
    return found.scores(weights, postings.norms(held.lengths, held.lengths.mean()))


def made(texts):
    return Postings.of(characters(texts), len(texts))


few = st.text("停水电费公，", min_size=1, max_size=12)


@settings(deadline=None)
@given(texts=st.lists(few, min_size=1, max_size=6), query=few)
def test_weights_are_those_of_the_book(texts, query):
    assert np.allclose(scored(made(texts), query), by_the_book(texts, query), atol=1e-4)


@settings(deadline=None)
@given(groups=st.lists(st.lists(few, max_size=4), min_size=1, max_size=4), data=st.data())
def test_merged_postings_are_those_of_the_texts_that_stay(groups, data):
    kept = [np.array([data.draw(st.booleans()) for _ in group], bool) for group in groups]
    merged = Postings.merged([made(group) for group in groups], kept)
    stay = [
        text for group, flags in zip(groups, kept, strict=True) for text, flag in zip(group, flags, strict=True) if flag
    ]
    for column in Postings.__slots__:
        assert np.array_equal(getattr(merged, column), getattr(made(stay), column)), column
    assert np.array_equal(merged.checksums(), made(stay).checksums())


def test_a_checksum_tells_a_posting_that_was_moved_or_miscounted():
    held = made(["停水停水", "停电", "水费"])
    for column in ("units", "times"):
        other = getattr(held, column).copy()
        other[0] += 1
        changed = Postings(*(other if name == column else getattr(held, name) for name in Postings.__slots__))
        assert not np.array_equal(changed.checksums(), held.checksums())


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
