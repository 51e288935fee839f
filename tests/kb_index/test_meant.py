"""What was probably meant: the likeliest of all readings, and hardly ever another where all was heard."""

import csv
import math
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from eval.noise import Homophones
from kb_index.search.meant import CHANGE, KNOWN, UNKNOWN, Alike, meant
from kb_index.search.postings import Postings
from kb_index.search.query import essence
from kb_index.search.words import characters, pairs, pinyin, sounds

SAID = "停挺听水税谁工公共攻a，"
TEXTS = st.lists(st.text(SAID, max_size=8), min_size=1, max_size=6)


def chinese(letters):
    return all("\u4e00" <= letter <= "\u9fff" for letter in letters)


def part(texts):
    return Alike(Postings.of(characters(texts), len(texts)))


def worth(reading, said, texts):
    """A reading's score, pair by pair, as it is defined."""
    score = sum(CHANGE for one, other in zip(reading, said, strict=True) if one != other)
    for before, after in zip(reading, reading[1:], strict=False):
        if chinese(before + after):
            units = sum(before + after in text for text in texts)
            score += math.log1p(units) + KNOWN if units else UNKNOWN
    return score


def readings(said, texts):
    """What was said, with others of the same sound in the places of pairs that stand nowhere."""
    held = {one + other for text in texts for one, other in zip(text, text[1:], strict=False)}
    places = [{letter} for letter in said]
    for at, pair in enumerate(zip(said, said[1:], strict=False)):
        if chinese(pair) and "".join(pair) not in held:
            alike = [one for one in held if chinese(one) and lazy_pinyin(list(one)) == lazy_pinyin(list(pair))]
            for one in alike:
                places[at].add(one[0])
                places[at + 1].add(one[1])
    return map("".join, product(*places))


@settings(deadline=None, max_examples=300)
@given(texts=TEXTS, said=st.text(SAID, min_size=1, max_size=6), cut=st.integers(0, 6))
def test_it_is_the_likeliest_reading(texts, said, cut):
    found = meant(said, [part(texts[:cut]), part(texts[cut:])])
    assert list(map(lazy_pinyin, found)) == list(map(lazy_pinyin, said))
    best = max(worth(reading, said, texts) for reading in readings(said, texts))
    assert worth(found, said, texts) == pytest.approx(best)


@pytest.mark.parametrize("said", ["", "水", "a", "，，", "\ud800水", "hello 123", "𠮷野"])
def test_what_is_no_chinese_stays(said):
    assert meant(said, [part(["小区停水"])]) == said
    assert meant(said, []) == said


def test_a_misheard_word_is_read_as_the_base_has_it():
    held = [part(["小区突然停水怎么办", "夜间施工噪声扰民"])]
    assert meant("晚上施工早声扰民", held) == "晚上施工噪声扰民"
    assert meant("晚上睡不着", held) == "晚上睡不着"


def test_pairs_have_the_keys_that_texts_have():
    text = "夜间施工噪声"
    assert pairs(text).tolist() == characters([text]).keys.tolist()
    assert sounds(pairs(text)).tolist() == pinyin([text]).keys.tolist()


def test_much_of_what_was_misheard_is_read_right_and_little_else_is_changed(base):
    with (Path(__file__).parent / "questions.tsv").open(encoding="utf8") as file:
        questions = [essence(row["question"]) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    texts = [part.text for article in base for part in article.slices] + [article.title for article in base]
    held, swaps = [part(texts)], Homophones(texts)
    wrong = mended = spoilt = letters = 0
    for text in questions:
        heard = swaps.swap(text, 0.1)
        for said, ear, read in zip(text, heard, meant(heard, held), strict=True):
            wrong, mended = wrong + (said != ear), mended + (said != ear and said == read)
        spoilt += sum(one != other for one, other in zip(text, meant(text, held), strict=True))
        letters += len(text)
    assert mended > 0.35 * wrong
    assert spoilt < 0.02 * letters
