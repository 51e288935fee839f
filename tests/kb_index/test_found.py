"""What a search finds and shows: filters, districts, other names, near duplicates, highlights, a second look."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kb_index.article import KnowledgeError, plain
from kb_index.encoders.base import NoEncoder
from kb_index.search import regions
from kb_index.search.index import Index
from kb_index.search.synonyms import Synonyms, shipped
from kb_index.slicing import Slice

TODAY = date(2026, 6, 1)


def held(*articles, synonyms=None):
    index = Index.open(None, NoEncoder(), synonyms=synonyms or Synonyms([]))
    index.apply(articles)
    return index


def found(index, query, k=5, **filters):
    return [hit.article.id for hit in index.search(query, k, TODAY, all_hits=True, **filters)]


def crowd(count=300, **changes):
    """Articles that all speak of the same, each with a number of its own."""
    return [replace(plain(f"A{n}", f"停水通知{n}", f"第{n}号停水通知"), **changes) for n in range(count)]


@pytest.mark.parametrize(
    ("changes", "filters"),
    [
        ({"valid_to": date(2026, 5, 31)}, {}),
        ({"valid_from": date(2026, 6, 2)}, {}),
        ({"region": "扬州市宝应县"}, {"region": "扬州市邗江区"}),
        ({"line": "12393"}, {"line": "12329"}),
        ({"issuer": "甲局"}, {"issuer": "乙局"}),
        ({"tags": ("甲",)}, {"tags": ("甲", "乙")}),
    ],
)
def test_what_is_filtered_never_takes_a_place(changes, filters):
    wanted = replace(plain("B", "路灯", "路灯不亮怎么报修"), tags=("甲", "乙"), issuer="乙局")
    index = held(*crowd(**changes), wanted)
    assert found(index, "停水通知", **filters) == ["B"]


def test_a_line_finds_its_own_and_what_is_kept_for_all():
    one, other, all_ = (
        replace(plain(name, "", "医保报销"), line=line)
        for name, line in zip("ABC", ("12393", "12329", ""), strict=True)
    )
    assert set(found(held(one, other, all_), "医保报销", line="12393")) == {"A", "C"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("江都这边停水找谁", {"江都", "全市"}),
        ("宜陵镇停水找谁", {"江都", "全市"}),
        ("邗江区和江都区停水找谁", {"江都", "邗江", "全市"}),
        ("江都路停水找谁", {"江都", "邗江", "宝应", "全市"}),
        ("扬州停水找谁", {"江都", "邗江", "宝应", "全市"}),
    ],
)
def test_a_district_that_is_named_keeps_the_others_out(asked, expected):
    where = {"江都": "扬州市江都区", "邗江": "邗江区", "宝应": "江苏省扬州市宝应县", "全市": "扬州市"}
    index = held(*(replace(plain(name, "", f"停水找{name}供水公司"), region=region) for name, region in where.items()))
    assert set(found(index, asked)) == expected
    assert "宝应" in found(index, asked, region="宝应")


def test_a_place_has_one_name_however_it_is_spelt():
    names = regions.shipped()
    assert {names.full(name) for name in ("江都", "江都区", "扬州市江都区", "江苏省扬州市江都市")} == {"扬州市江都区"}
    assert names.full("南京市") == "南京市"
    assert not names.touch("扬州市江都区", "高邮")


def test_other_names_find_and_what_was_said_comes_first():
    index = held(plain("A", "", "电动自行车上牌"), plain("B", "", "电瓶车上牌"), plain("C", "", "房屋过户"))
    assert found(index, "电瓶车", 1) == ["B"]
    index.synonyms = Synonyms.parse("电瓶车 电动自行车  # 两个轮子\n")
    hits = index.search("电瓶车", 2, TODAY, all_hits=True)
    assert [hit.article.id for hit in hits] == ["B", "A"]
    assert [hits[1].slice_text[slice(*span)] for span in hits[1].highlights] == ["电动自行车"]


def test_a_lone_word_is_no_group():
    with pytest.raises(KnowledgeError, match="第 2 行只有“医保”一个词"):
        Synonyms.parse("社保 社会保险\n医保\n")
    assert len(shipped().groups) > 100


def test_highlights_are_pairs_that_were_said_and_what_sounds_like_them():
    index = held(plain("A", "", "小区停水请先看公告"), plain("B", "", "路灯报修"), plain("C", "", "公交改线"))
    hit = index.search("挺水公告", 1, TODAY, all_hits=True)[0]
    assert [hit.slice_text[slice(*span)] for span in hit.highlights] == ["停水", "公告"]


def test_the_hit_names_its_slice():
    told = replace(plain("A", "办事", "x"), slices=(Slice("停水报修找供水公司"), Slice("停电报修找供电公司", "第二条")))
    hit = held(told, plain("B", "", "路灯报修")).search("停电了", 1, TODAY, all_hits=True)[0]
    assert (hit.article.id, hit.slice, hit.slice_text) == ("A", 1, "停电报修找供电公司")
    assert hit.article.clause_of(hit.slice) == "第二条"


SAID = "住宅小区突然停水的，先看物业公告，再拨打供水公司的报修电话，一般两小时内恢复供水"


@pytest.mark.parametrize(
    ("other", "region", "folds"),
    [
        (SAID + "。", "", True),
        (SAID.replace("两小时", "三小时"), "", False),
        (SAID.replace("先看", "不得看"), "", False),
        (SAID, "扬州市江都区", False),
        ("住宅小区的路灯不亮", "", False),
    ],
)
def test_near_duplicates_are_told_once(other, region, folds):
    index = held(plain("A", "", SAID), replace(plain("B", "", other), region=region), plain("C", "", "公交改线"))
    hits = index.search("小区突然停水", 3, TODAY, all_hits=True)
    assert [bool(hit.alike) for hit in hits].count(True) == folds
    assert len(hits) == (2 if folds else 3)
    if folds:
        assert {hits[0].article.id, *hits[0].alike} == {"A", "B"}


class Second:
    """Likes what is said in few words; fails when it is told to."""

    name, error = "second", ""

    def scores(self, query, texts):
        """See Reranker."""
        if self.error:
            raise KnowledgeError(self.error)
        return np.array([-9.0 * len(text) for text in texts], np.float32)


def test_a_reranker_orders_the_best_anew_and_may_fail():
    index = held(plain("A", "", "停水停水停水报修电话在哪里"), plain("B", "", "停水报修"), plain("C", "", "公交"))
    index.reranker = Second()
    hits = index.search("停水停水停水报修电话", 3, TODAY, all_hits=True)
    assert [hit.article.id for hit in hits] == ["C", "B", "A"]
    assert hits[0].scores["reranker"] < 0
    assert sum(hit.score for hit in hits) <= 1.001
    Second.error = "重排模型出错"
    assert found(index, "停水停水停水报修电话")[0] == "A"
    assert index.notice == "重排模型出错"
    Second.error = ""
