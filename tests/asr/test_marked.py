"""Marks keep to their words through every edit."""

from hypothesis import given
from hypothesis import strategies as st

from asr.base import Mark
from asr.marked import Edit, Marked, compare

WORDS = st.text(alphabet="甲乙丙丁12", max_size=12)


def heard(marked):
    return marked.heard(0, len(marked.text))


def in_order(marked):
    edges = [edge for mark in marked.marks for edge in (mark.start, mark.end)]
    return edges == sorted(edges) and all(0 <= m.start < m.end <= len(marked.text) for m in marked.marks)


@given(WORDS, WORDS)
def test_putting_back_what_was_heard_undoes_a_comparison(before, after):
    marked = compare(before, after)
    assert marked.text == after
    assert in_order(marked)
    if after:
        assert heard(marked) == before


@given(WORDS.filter(bool), st.data())
def test_edits_of_the_form_move_marks_and_keep_what_was_heard(text, data):
    marked = compare(text, data.draw(st.text(alphabet="甲乙丙丁12", min_size=len(text), max_size=len(text))))
    for _ in range(3):
        start = data.draw(st.integers(0, len(marked.text) - 1))
        end = data.draw(st.integers(start + 1, len(marked.text)))
        new = data.draw(st.text(alphabet="345", min_size=1, max_size=3))
        touched = [m for m in marked.marks if m.start < end and start < m.end]
        untouched = [(marked.text[m.start : m.end], m.before) for m in marked.marks if m not in touched]
        marked = marked.rewrite([Edit(start, end, new)])
        assert in_order(marked)
        stand = [(marked.text[m.start : m.end], m.before) for m in marked.marks]
        assert all(one in stand for one in untouched)
        assert len(stand) == len(untouched) + bool(touched)


@given(WORDS.filter(bool), st.data())
def test_repairs_one_after_another_can_be_undone(text, data):
    marked = Marked(text)
    for _ in range(4):
        start = data.draw(st.integers(0, len(marked.text) - 1))
        end = data.draw(st.integers(start + 1, len(marked.text)))
        marked = marked.repair(start, end, data.draw(st.text(alphabet="戊己", min_size=1, max_size=3)))
        assert in_order(marked)
        assert heard(marked) == text


def test_a_change_within_a_name_marks_the_whole_name():
    marked = compare("我住韩江区", "我住邗江区", [(2, 5)])
    assert marked.marks == (Mark(2, 5, "repaired", "韩江区"),)


def test_a_doubt_covers_the_repair_below_it():
    marked = Marked("打1385").repair(1, 5, "1386").doubt([(1, 5)])
    assert marked.marks == (Mark(1, 5, "doubtful"),)
