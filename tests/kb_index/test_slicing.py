"""Slices hold every sentence once and in order, none too long, and keep the numbers and headings they stand under."""

import re

from hypothesis import given
from hypothesis import strategies as st

from kb_index.slicing import LONGEST, Line, cut, cut_lines

SENTENCE = st.text("申请人应当提交材料市民可以办理，、", min_size=1, max_size=200).map(lambda text: f"甲{text}。")
ITEMS = st.lists(SENTENCE, max_size=6)
CLAUSES = st.lists(st.tuples(SENTENCE, ITEMS), min_size=1, max_size=6)
CHAPTERS = st.lists(st.tuples(st.sampled_from(["总则", "申请与受理", "附则"]), CLAUSES), min_size=1, max_size=4)
NUMBERS = "一二三四五六七八九十"


def law(chapters):
    """A law's lines, and the number of each clause with its chapter."""
    lines, clauses, number = ["示例办法"], [], 0
    for n, (name, told) in enumerate(chapters):
        head = f"第{NUMBERS[n]}章 {name}"
        lines.append(head)
        for sentence, items in told:
            number += 1
            lines.append(f"第{number}条 {sentence}")
            clauses.append((f"第{number}条", head))
            lines += [f"（{NUMBERS[m]}）{item}" for m, item in enumerate(items)]
    return "\n".join(lines), clauses


def bare(text):
    return re.sub(r"\s", "", text)


@given(CHAPTERS)
def test_a_law_loses_nothing_and_every_clause_stands_under_its_number_and_chapter(chapters):
    text, clauses = law(chapters)
    slices = cut(text)
    assert bare("".join(part.text for part in slices)) == bare(text)
    assert all(0 < len(part.text) <= LONGEST for part in slices)
    for number, chapter in clauses:
        under = [part for part in slices if re.search(rf"{number}(?!\d)", part.clause)]
        assert under, number
        assert any(line.startswith(f"{number} ") for line in under[0].text.split("\n"))
        assert all(part.clause.startswith(chapter) for part in under)
        assert sum(f"\n{number} " in f"\n{part.text}" for part in slices) == 1


@given(st.text(st.sampled_from("甲乙。；，！？\n 第一二条章、（）()1.2①abc　"), max_size=3000))
def test_whatever_a_text_is_nothing_of_it_is_lost_and_no_slice_is_too_long(text):
    slices = cut(text)
    assert bare("".join(part.text for part in slices)) == bare(text)
    assert all(0 < len(part.text) <= LONGEST and len(part.clause) <= 100 for part in slices)


def test_paragraphs_and_items_of_a_long_clause_keep_their_numbers():
    text = f"第四条 {'甲' * 300}。\n{'乙' * 300}：\n（一）{'丙' * 100}；\n（二）{'丁' * 400}。"
    assert [part.clause for part in cut(text)] == ["第四条第一款", "第四条第二款（一）", "第四条第二款（二）"]


def test_small_neighbours_share_a_slice_that_names_the_first_and_the_last():
    items = "\n".join(f"（{n}）{'甲' * 110}；" for n in NUMBERS[:8])
    assert [part.clause for part in cut(f"第四条 有下列情形的：\n{items}")] == [
        "第四条（一）至（四）",
        "第四条（五）至（八）",
    ]


def test_headings_by_style_and_by_number_are_the_context():
    lines = [
        Line("办理流程", 2),
        Line("网上", 3),
        Line("打开网页。"),
        Line("窗口", 3),
        Line("去窗口。"),
        Line("备注", 2),
    ]
    assert [(part.clause, part.text) for part in cut_lines(lines)] == [
        ("办理流程 网上", "办理流程\n网上\n打开网页。"),
        ("办理流程 窗口", "窗口\n去窗口。"),
        ("备注", "备注"),
    ]
    listed = cut("一、申请条件\n年满十八周岁。\n二、办理材料\n1. 身份证\n2. 户口簿\n三、申请人应当如实申报。")
    assert [part.clause for part in listed] == ["一、申请条件", "二、办理材料", "三、"]


def test_what_only_looks_like_a_number_is_none():
    assert [part.clause for part in cut("第四十三条的规定不适用。\n3.5 公里以内免费。")] == [""]


def test_a_sentence_that_never_ends_is_cut_at_a_comma():
    text = "，".join("甲" * 90 for _ in range(20))
    assert {part.text[-1] for part in cut(text)[:-1]} == {"，"}
