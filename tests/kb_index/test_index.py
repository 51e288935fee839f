"""Search over the starter base, with the packaged encoder."""

import csv
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.noise import Homophones
from eval.ranking import Ranking
from kb_index.article import KnowledgeError, load
from kb_index.encoders.base import NoEncoder
from kb_index.search.build import build
from kb_index.search.index import SCORERS

TODAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def asked():
    with (Path(__file__).parent / "questions.tsv").open(encoding="utf8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(row["question"], frozenset((row["article"] or "").split())) for row in rows]


def ranked(index, asked, scorers=SCORERS):
    ranking = Ranking()
    for text, right in asked:
        hits = index.search(text, 10, TODAY, scorers, all_hits=True)
        ranking.add([hit.article.id for hit in hits], right, 0.0)
    return ranking.figures()


@pytest.fixture(scope="module")
def real(asked):
    return [(text, right) for text, right in asked if right][::3]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("楼下工地半夜施工吵得孩子睡不着", "夜间施工噪声扰民"),
        ("全款买房公积金怎么提取", "购房提取住房公积金"),
        ("闻到煤气味", "闻到燃气味怎么办"),
        ("小区挺水了没有水", "小区突然停水"),
        (
            "你好，我姓王，我住在韩江区，我们小区从昨天晚上就挺水了，一点水都没有，电话一三八五二七零六零二一",
            "小区突然停水",
        ),
    ],
)
def test_finds_even_through_homophones_and_chatter(index, query, title):
    assert index.search(query, today=TODAY)[0].article.title == title


def test_the_fusion_beats_each_scorer_on_what_citizens_ask(index, real):
    fused = ranked(index, real)
    alone = [ranked(index, real, (name,)) for name in SCORERS]
    assert all(fused[figure] > one[figure] for one in alone for figure in ("recall@1", "mrr@10"))
    assert fused["recall@5"] > 0.9


def test_misheard_questions_are_found(index, base, real):
    """Every second of them: what is misheard is encoded anew."""
    real = real[::2]
    swaps = Homophones(text for article in base for text in (article.title, article.body))
    misheard = [(swaps.swap(text, 0.2), right) for text, right in real]
    assert sum(a != b for (a, _), (b, _) in zip(real, misheard, strict=True)) > len(real) / 2
    assert ranked(index, misheard)["recall@5"] > 0.85


def test_a_chance_parts_questions_from_small_talk(index, asked, real):
    talk = [text for text, right in asked if not right]
    shown = np.mean([bool(index.search(text, today=TODAY)) for text, _ in real])
    idle = np.mean([bool(index.search(text, today=TODAY)) for text in talk])
    assert shown > 0.75
    assert idle < 0.25


@pytest.mark.parametrize(
    "query", ["", " ", "嗯嗯好的", "你好", "好的，谢谢你，再见", "喂？", "我姓李，电话一三八五二七零六零二一"]
)
def test_below_the_threshold_nothing_is_shown(index, query):
    assert index.search(query, today=TODAY) == []


def test_scores_are_chances_best_first(index):
    hits = index.search("公积金怎么提取", 10, TODAY, all_hits=True)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] <= sum(scores) <= 1.001
    assert len({hit.article.id for hit in hits}) == 10
    assert set(hits[0].scores) == set(SCORERS)
    assert hits[0].slice_text in hits[0].article.body


@pytest.mark.parametrize("query", ["公积金怎么提取", "小区突然停水", "你好"])
def test_who_wants_all_is_told_which_are_sure(index, query):
    everything = index.search(query, 10, TODAY, all_hits=True)
    assert len(everything) == 10
    assert [hit for hit in everything if hit.sure] == index.search(query, 10, TODAY)
    assert not everything[-1].sure


def test_threads_get_what_one_alone_gets(index, real):
    texts = [text for text, _ in real[:40]]

    def titles(text):
        return [hit.article.id for hit in index.search(text, today=TODAY)]

    index.encoder.timed = True
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(titles, texts))
    index.encoder.timed = False
    assert found == [titles(text) for text in texts]


days = st.dates(date(2020, 1, 1), date(2032, 12, 31))


@settings(deadline=None, max_examples=30)
@given(starts=st.lists(st.none() | days, min_size=6, max_size=6), ends=st.lists(st.none() | days, min_size=6), day=days)
def test_what_is_not_valid_on_the_day_is_never_found(base, starts, ends, day):
    dated = [
        replace(article, valid_from=start, valid_to=end)
        for article, start, end in zip(base[:6], starts, ends[:6], strict=True)
    ]
    found = by_words(dated).search("施工噪声", 10, day, all_hits=True)
    assert {hit.article.id for hit in found} == {article.id for article in dated if article.valid(day)}


def test_expired_today_by_chinas_date(base):
    over = [replace(article, valid_to=date(2020, 1, 1)) for article in base[:3]]
    assert by_words(over).search("施工噪声", all_hits=True) == []


def test_another_regions_article_is_not_found(base):
    there = replace(base[0], region="扬州市宝应县")
    index = by_words([there, replace(base[1], region="扬州市")])
    found = index.search(there.title, today=TODAY, all_hits=True, region="扬州市邗江区")
    assert [hit.article.id for hit in found] == [base[1].id]
    assert len(index.search(there.title, today=TODAY, all_hits=True, region="扬州市宝应县")) == 2


def by_words(articles):
    """An index without vectors."""
    return build(articles, NoEncoder("语义编码器不可用"), None)


def test_without_an_encoder_words_and_sounds_are_searched(base, tmp_path):
    index = build(base, NoEncoder("语义编码器不可用"), tmp_path)
    hit = index.search("小区挺水了没有水", today=TODAY, all_hits=True)[0]
    assert index.notice == "语义编码器不可用"
    assert hit.article.title == "小区突然停水"
    assert set(hit.scores) == {"characters", "pinyin"}
    assert index.search("停水", scorers=("vectors",), all_hits=True) == []


class Breaking(NoEncoder):
    """Has vectors for passages, and fails when asked."""

    name, size = "breaking", 2

    def encode(self, texts, query=False):
        """Passages alone."""
        if query:
            raise KnowledgeError("语义编码器出错")
        return np.ones((len(texts), 2), np.float32) / np.sqrt(2)


def test_an_encoder_that_fails_costs_its_scorer_only(base, tmp_path):
    index = build(base, Breaking(), tmp_path)
    assert index.search("小区突然停水", today=TODAY, all_hits=True)[0].article.title == "小区突然停水"
    assert index.notice == "语义编码器出错"


def test_a_broken_file_is_named_by_line(tmp_path):
    (tmp_path / "x.jsonl").write_text('{"id": 1', "utf8")
    with pytest.raises(KnowledgeError, match=r"x\.jsonl 第 1 行"):
        load(tmp_path)
