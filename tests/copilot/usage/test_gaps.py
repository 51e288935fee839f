"""Questions that ask the same become a gap; known gaps take more of them in; a gap goes its way by the rules."""

import csv
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from sqlalchemy import select

from copilot.knowledge import acts
from copilot.usage import asked, gap_lists, gaps
from copilot.usage.gap_lists import Wanted
from copilot.usage.gaps import Duty, Question, State
from copilot.usage.tables import Asked, Gap
from copilot.usage.weeks import weeks
from kb_index.article import KnowledgeError
from tests.copilot.knowledge.base import annotator, publish
from tests.copilot.usage.conftest import AT, FUND

LINES = Path(__file__).with_name("questions.tsv").read_text("utf8").splitlines()
ROWS = list(csv.DictReader(LINES, delimiter="\t"))
DUTY = Duty("扬州市公安局", "示例")
DUE = datetime(2026, 12, 4, 2, tzinfo=UTC)


def clustered(rows, encode=None):
    """Precision and recall over pairs of questions."""
    made = gaps.cluster([Question(n, row["question"], None) for n, row in enumerate(rows)], lambda _: DUTY, 2, encode)
    together = {pair for _, _, ids in made.fresh for pair in combinations(sorted(ids), 2)}
    same = {(a, b) for a, b in combinations(range(len(rows)), 2) if rows[a]["topic"] == rows[b]["topic"] != "single"}
    return len(together & same) / len(together), len(together & same) / len(same)


@pytest.mark.parametrize("which", ["fit", "held"])
def test_questions_that_ask_the_same_come_together(which, encoder):
    precision, recall = clustered(
        [row for row in ROWS if row["set"] == which], lambda texts: encoder.encode(texts, query=True)
    )
    assert precision >= 0.95
    assert recall >= 0.9


def test_words_alone_do_where_there_is_no_encoder():
    precision, recall = clustered(ROWS)
    assert precision >= 0.85
    assert recall >= 0.75


def ask(session, *texts, at=AT):
    for number, text in enumerate(texts):
        asked.searched(session, f"agent{number}", text, at)


def find(session):
    """A run, with the words alone."""
    made = gaps.cluster(gaps.waiting(session), lambda _: DUTY, 2)
    return made, gaps.keep(session, made, AT, DUE)


DRONES = ("无人机在公园飞要不要申请", "公园里飞无人机需要申请吗")


def test_a_known_gap_takes_more_of_the_same_in_and_a_lone_question_waits(database, run):
    run(database, lambda session: ask(session, *DRONES, "博物馆能不能借书"))
    made, (gap,) = run(database, find)
    assert (made.questions, made.waiting, len(made.fresh)) == (3, 1, 1)
    assert (gap.state, gap.department, gap.due_at, gap.title) == ("open", DUTY.department, DUE, gap.title)
    assert gap.title in DRONES
    run(database, lambda session: ask(session, "无人机在公园里飞要申请吗", at=AT + timedelta(days=1)))
    made, fresh = run(database, find)
    assert (list(made.joined), fresh) == ([gap.id], [])
    (shown,) = database.read_now(lambda session: gap_lists.page(session, Wanted(), AT))
    assert (len(shown.questions), shown.callers, len(shown.examples)) == (3, 0, 3)
    assert database.read_now(gap_lists.waiting) == 1


def test_a_rejected_gap_goes_on_taking_them_in_and_a_written_one_does_not(base, run):
    run(base, lambda session: ask(session, *DRONES))
    run(base, find)

    def reject(session):
        gaps.reject(session.get_one(Gap, 1), "不属热线", "xuting", AT)

    run(base, reject)
    run(base, lambda session: ask(session, "公园飞无人机要申请吗", at=AT + timedelta(days=1)))
    made, fresh = run(base, find)
    assert (list(made.joined), fresh) == ([1], [])


def test_a_gap_is_written_by_itself_when_its_article_goes_live(database, run):
    run(database, lambda session: ask(session, *DRONES))
    run(database, find)

    def draft(session):
        name = acts.write(session, FUND, annotator()).article
        gap = session.get_one(Gap, 1)
        gaps.assign(gap, "扬州市公安局", "gaofeng", AT, DUE)
        gaps.link(session, gap, name, AT)
        return name

    name = run(database, draft)
    assert run(database, gaps.settle) == []
    run(database, lambda session: publish(session, name, 1, AT + timedelta(hours=1)))
    (done,) = run(database, gaps.settle)
    assert (done.state, done.closed_by, done.closed_at) == (State.WRITTEN, "system", AT + timedelta(hours=1))
    assert run(database, gaps.settle) == []


def test_an_article_that_was_live_before_it_was_linked_writes_nothing(base, article, run):
    name = article(base)
    run(base, lambda session: ask(session, *DRONES))
    run(base, find)
    run(base, lambda session: gaps.link(session, session.get_one(Gap, 1), name, AT + timedelta(days=1)))
    assert run(base, gaps.settle) == []


def test_what_cannot_be_done_to_a_gap_says_why(base, run):
    run(base, lambda session: ask(session, *DRONES))
    run(base, find)
    with pytest.raises(KnowledgeError, match="请先新建草稿"):
        run(base, lambda session: gaps.link(session, session.get_one(Gap, 1), "ZS-9999", AT))
    with pytest.raises(KnowledgeError, match="为什么不补充"):
        run(base, lambda session: gaps.reject(session.get_one(Gap, 1), "  ", "xuting", AT))
    with pytest.raises(KnowledgeError, match="为什么退回"):
        run(base, lambda session: gaps.hand_back(session.get_one(Gap, 1), "", AT, DUE))
    run(base, lambda session: gaps.reject(session.get_one(Gap, 1), "不属热线", "xuting", AT))
    with pytest.raises(KnowledgeError, match="不能再“退回”"):
        run(base, lambda session: gaps.hand_back(session.get_one(Gap, 1), "不归我们", AT, DUE))
    with pytest.raises(KnowledgeError, match="不能再“交办”"):
        run(base, lambda session: gaps.assign(session.get_one(Gap, 1), "x", "xuting", AT, DUE))


def test_overdue_gaps_are_counted_and_come_first(database, run):
    run(database, lambda session: ask(session, *DRONES))
    run(database, find)
    late = DUE + timedelta(hours=1)
    states, overdue = database.read_now(lambda session: gap_lists.counts(session, None, late))
    assert (states[State.OPEN], overdue) == (1, 1)
    assert database.read_now(lambda session: gap_lists.counts(session, "别的单位", late))[1] == 0
    assert len(database.read_now(lambda session: gap_lists.page(session, Wanted(overdue=True), late))) == 1
    assert database.read_now(lambda session: gap_lists.page(session, Wanted(overdue=True), AT)) == []


def test_a_search_that_is_typed_on_is_one_question(database, run):
    def search(text, seconds, user="wangli"):
        at = AT + timedelta(seconds=seconds)
        run(database, lambda session: asked.searched(session, user, text, at))

    for number, text in enumerate(("无人机", "无人机在公园", "无人机在公园飞要申请吗", "无人机在公园")):
        search(text, number)
    search("无人机", 10, "zhaomin")
    search("无人机", 600)
    search("谢谢再见", 700)
    rows = database.read_now(lambda session: session.scalars(select(Asked).order_by(Asked.id)).all())
    assert [(row.user, row.text) for row in rows] == [
        ("wangli", "无人机在公园飞要申请吗"),
        ("zhaomin", "无人机"),
        ("wangli", "无人机"),
    ]


def test_annotators_read_the_question_and_not_the_person():
    told = "张小红的工资没有发，家在东关街12号，三个工作日内办结吗"
    assert asked.asks(told, "张小红") == "张**的工资没有发，家在东关街**号，三个工作日内办结吗"


def test_weeks_begin_on_monday_at_the_hotline():
    sunday = datetime(2026, 11, 29, 15, 59, tzinfo=UTC)
    assert [str(week.start) for week in weeks(sunday, 2)] == ["2026-11-16", "2026-11-23"]
    assert str(weeks(sunday + timedelta(minutes=1), 1)[0].start) == "2026-11-30"
    assert weeks(sunday, 1)[0].count([sunday, sunday + timedelta(minutes=1)]) == 1


@pytest.mark.parametrize("slip", ["qwertyuiop", "13852706021", "你好", "  ", "a b c 1"])
def test_a_slip_of_the_keyboard_is_no_question(slip):
    assert asked.asks(slip) == ""
    assert asked.asks(f"{slip}，无人机飞行要申请吗")
