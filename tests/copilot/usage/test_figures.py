"""Figures are counted from the rows, on both databases; what was taken back or refused does not count as inserted."""

import asyncio
from datetime import timedelta

import pytest

from copilot.usage import after_call, feedback, figures
from tests.copilot.usage.conftest import AT, FUND, HEARD


@pytest.fixture
def used(database, article, over):
    """Four calls with one article's card, a week apart from one without; the article."""
    name = article(database)
    over(database, "said", [("agent", HEARD)], [name], [(name, "taken")])
    over(database, "taken", [("agent", "您好")], [name], [(name, "taken")])
    over(database, "back", [], [name], [(name, "taken"), (name, "withdrawn")])
    over(database, "refused", [], [name], [(name, "refused", "已过期")])
    over(database, "before", [("citizen", "公园里面能不能搭帐篷露营")], at=AT - timedelta(days=7))
    asyncio.run(after_call.catch_up(database, AT))
    return name


def test_every_figure_counts_its_rows(database, used):
    read = database.read_now
    before, now = read(lambda session: figures.by_week(session, AT, 2))
    assert (now[1].calls, now[1].with_card, now[1].measured, now[1].inserted, now[1].said) == (4, 4, 2, 2, 1)
    assert (before[1].calls, before[1].with_card, before[1].inserted) == (1, 0, 0)
    whole = read(lambda session: figures.whole(session, AT, 2))
    assert (whole.calls, whole.inserted, whole.tickets, whole.zero_searches) == (5, 2, 0, 0)
    assert read(lambda session: figures.refusals(session, before[0].begin)) == [("已过期", 1)]
    (top,) = read(lambda session: figures.top(session, before[0].begin))
    assert (top.article, top.title, top.taken, top.said) == (used, FUND.title, 2, 1)
    assert read(figures.departments) == [(FUND.issuer, 1)]
    assert read(lambda session: figures.review_due(session, AT)) == {"overdue": 0, "within_30": 0}
    assert read(lambda session: figures.review_due(session, AT + timedelta(days=365)))["overdue"] == 1
    assert [one.article for one in read(figures.stale)] == [used]
    assert read(figures.recall_counts) == {"open": 0, "to_call": 0}
    assert read(lambda session: figures.zero_hits(session, before[0].begin)) == []


@pytest.mark.parametrize("sort", ["refused", "taken", "said", "stale", "unused"])
def test_feedback_tells_what_came_of_an_article(database, used, sort):
    (one,) = database.read_now(lambda session: feedback.of(session, sort=sort))
    assert (len(one.taken), len(one.refused), len(one.said), one.tickets) == (2, 1, 1, [])
    assert (one.reasons, one.department) == ({"已过期": 1}, FUND.issuer)
    assert one.last_used_at == AT + timedelta(minutes=1)
