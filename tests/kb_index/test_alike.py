"""What says the same and what contradicts: measured on pairs in our own words, with the words that differ shown."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import kb_index
from kb_index.alike import Pool, compare
from kb_index.article import Article, load, plain
from kb_index.slicing import Slice, cut

PAIRS = [
    row
    for row in csv.DictReader(
        (line for line in (Path(__file__).parent / "alike.tsv").read_text("utf8").splitlines() if line[0] != "#"),
        delimiter="\t",
    )
]


def labels(row):
    mine, theirs = plain("a", row["title_a"], row["text_a"]), plain("b", row["title_b"], row["text_b"])
    return [found.label for found in compare(mine, theirs) if found.label != "同一问题"]


@pytest.mark.parametrize(("part", "recall"), [("dev", 1.0), ("test", 0.85)])
def test_nothing_is_found_that_is_not_there_and_most_that_is(part, recall):
    counted = Counter()
    for row in PAIRS:
        if row["part"] == part:
            found = labels(row)
            right = row["found"] in found if row["found"] != "none" else not found
            counted["wrong" if found and not right else "missed" if not right else row["found"] != "none"] += 1
    assert counted["wrong"] == 0
    assert counted[True] >= recall * (counted[True] + counted["missed"])


def test_there_are_enough_pairs_and_as_many_that_are_nothing():
    assert len(PAIRS) >= 60
    assert sum(row["found"] == "none" for row in PAIRS) >= 30


def test_a_finding_names_both_passages_and_the_words_that_differ():
    mine = Article("a", 1, "路灯报修", (), (Slice("先看杆号。"), Slice("请拨打12345，五日内修好。")))
    theirs = plain("b", "路灯报修", "请拨打12319，五日内修好。")
    (found, *_) = compare(mine, theirs)
    assert (found.kind, found.label, found.mine.slice) == ("contradiction", "电话不同", 1)
    words = [side.text[start:end] for side in (found.mine, found.theirs) for start, end in side.spans]
    assert words == ["12345", "12319"]
    assert "12345" in found.says
    assert "12319" in found.says


def dated(name, since, until, text="每月补贴100元。", region=""):
    return Article(name, 1, "护理补贴", (), tuple(cut(text)), region=region, valid_from=since, valid_to=until)


def test_what_never_holds_together_does_not_contradict():
    before = dated("a", date(2025, 1, 1), date(2025, 12, 31))
    after = dated("b", date(2026, 1, 1), None, "每月补贴120元。")
    assert {found.kind for found in compare(before, after)} <= {"duplicate"}
    over = dated("c", date(2025, 6, 1), None, "每月补贴120元。")
    assert [found.label for found in compare(before, over)] == ["金额不同", "有效期重叠"]


def test_what_holds_in_different_places_does_not_contradict():
    here = dated("a", None, None, region="扬州市广陵区")
    assert compare(here, dated("b", None, None, "每月补贴120元。", region="扬州市邗江区")) == []
    assert compare(here, dated("b", None, None, "每月补贴120元。", region="扬州市")) != []


def test_the_shipped_articles_do_not_contradict_each_other():
    articles, pool = load(Path(kb_index.__file__).parent / "data" / "articles"), Pool()
    found = []
    for number, article in enumerate(articles):
        found += [one for near in pool.near(article, 3) for one in compare(article, articles[near])]
        pool.put(number, article)
    assert found == []


def test_a_pool_finds_the_one_that_is_alike_among_many():
    pool = Pool()
    for number in range(300):
        pool.put(number, plain(str(number), f"第{number}号事项怎么办", f"{chr(0x4E00 + number * 7) * 9}带材料到窗口。"))
    pool.put(300, plain("x", "渡船停运公告", "大风天气渡船停运，复航另行通知。"))
    assert pool.near(plain("y", "渡船什么时候停运", "大风天气渡船停运，复航不另行通知。"))[0] == 300
