"""Recall: whoever was told what a wrong article says is on the list, once, and nothing opens again by itself."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.knowledge import acts
from copilot.knowledge.acts import Given
from copilot.usage import after_call, recalls
from copilot.usage.recalls import State
from copilot.usage.tables import Recall, RecallItem
from kb_index.article import KnowledgeError
from kb_index.lifecycle import Action
from tests.copilot.knowledge.base import do, publish, released, reviewer
from tests.copilot.usage.conftest import AT, FUND, HEARD
from ticket_core import deadline, moves
from ticket_core.by import By
from ticket_core.tables import Ticket
from ticket_core.vocabulary import Action as Move
from ticket_core.vocabulary import Role

LIMITS = deadline.load().limits
BOOK = deadline.shipped()


def answer(session, ticket, article):
    """Answer a ticket out of an article."""
    row = session.get_one(Ticket, ticket)
    given = {"answer": "三个工作日到账", "cited": [{"article": article, "version": 1}]}
    row.title, row.nature, row.content = "公积金", "咨询", "公积金多久到账"
    row.matter1, row.matter2 = "住房公积金", "公积金提取"
    moves.act(session, row, Move.ANSWER, By("wangli", Role.AGENT, AT, seen=row.version), given, BOOK)


def withdraw(session, article, since=1, wrong=True):
    do(session, article, 1, (Action.WITHDRAW, reviewer(), Given(reason="期限写错了", wrong=wrong, wrong_since=since)))


def items(database):
    query = select(RecallItem).order_by(RecallItem.id)
    return database.read_now(lambda session: session.scalars(query).all())


def test_everyone_who_was_told_is_on_the_list_once(database, article, over, run):
    name = article(database)
    said = over(database, "said", [("agent", HEARD)], [name])
    taken = over(database, "taken", [("agent", "您好")], [name], [(name, "taken")])
    over(database, "back", [], [name], [(name, "taken"), (name, "withdrawn")])
    over(database, "refused", [], [name], [(name, "refused", "过期")])
    cited = over(database, "cited", [])
    asyncio.run(after_call.catch_up(database, AT))
    run(database, lambda session: [answer(session, one, name) for one in (cited, taken)])
    run(database, lambda session: withdraw(session, name))
    found = {item.call: item for item in items(database)}
    assert set(found) == {"said", "taken", "cited"}
    assert found["said"].how == ["said"]
    assert found["said"].told == HEARD
    assert (found["said"].ticket, found["cited"].ticket) == (said, cited)
    assert sorted(found["taken"].how) == ["inserted", "ticket"]
    assert found["cited"].told == "三个工作日到账"
    assert {item.state for item in found.values()} == {"to_call"}
    states = database.read_now(lambda session: session.scalars(select(Ticket.state)).all())
    assert sorted(states) == ["answered"] * 2 + ["draft"] * 3


def test_what_is_withdrawn_but_not_wrong_calls_nobody(base, article, over, run):
    name = article(base)
    over(base, "taken", [], [name], [(name, "taken")])
    run(base, lambda session: withdraw(session, name, wrong=False))
    assert items(base) == []


def test_a_version_before_the_wrong_ones_calls_nobody(base, article, over, run):
    name = article(base)
    over(base, "old", [], [name], [(name, "taken")])

    def again(session):
        entry = acts.rewrite(session, name, 1, reviewer("xuting"))
        publish(session, name, entry.version)
        do(session, name, 2, (Action.WITHDRAW, reviewer(), Given(reason="错", wrong=True, wrong_since=2)))

    run(base, again)
    assert items(base) == []
    assert base.read_now(lambda session: session.scalars(select(Recall.since)).all()) == [2]


def test_a_call_whose_words_are_matched_only_afterwards_is_put_on_the_list(base, article, over, run):
    name = article(base)
    over(base, "late", [("agent", HEARD)], [name])
    run(base, lambda session: withdraw(session, name))
    assert items(base) == []
    for _ in range(2):
        asyncio.run(after_call.look_through(base, "late", AT))
    assert [(item.call, item.how) for item in items(base)] == [("late", ["said"])]


def test_a_merged_ticket_is_called_too(base, article, over, run):
    name = article(base)
    parent, child = over(base, "parent", []), over(base, "child", [], number="13800000000")
    run(base, lambda session: answer(session, parent, name))

    def merge(session):
        session.get_one(Ticket, child).merged_into = parent

    run(base, merge)
    run(base, lambda session: withdraw(session, name))
    assert [(item.call, item.how) for item in items(base)] == [("parent", ["ticket"]), ("child", ["merged"])]


def test_a_callback_goes_by_the_rules_of_tickets(base, article, over, run):
    name = article(base)
    for call in ("a", "b", "c"):
        over(base, call, [], [name], [(name, "taken")])
    run(base, lambda session: withdraw(session, name))
    one, two, three = (item.id for item in items(base))

    def record(item, outcome, note="", days=0):
        at = AT + timedelta(days=days)
        return run(base, lambda session: recalls.record(session, 1, item, outcome, note, "lihua", at, LIMITS).state)

    assert record(one, "reached") == State.REACHED
    with pytest.raises(KnowledgeError, match="已告知"):
        record(one, "reached")
    assert [record(two, "占线"), record(two, "关机"), record(two, "无人接听", days=1)] == ["to_call"] * 2 + [
        "unreached"
    ]
    assert record(two, "reached", days=2) == State.REACHED
    with pytest.raises(KnowledgeError, match="请写明原因"):
        record(three, "not_needed", " ")
    assert record(three, "not_needed", "本人已知情") == State.NOT_NEEDED
    with pytest.raises(KnowledgeError, match="可选"):
        record(three, "nonsense")
    with pytest.raises(KnowledgeError, match="没有这一条"):
        record(999, "reached")
    counted = base.read_now(lambda session: recalls.counts(session, [1]))[1]
    assert counted == {State.TO_CALL: 0, State.REACHED: 2, State.UNREACHED: 0, State.NOT_NEEDED: 1}


def test_what_is_right_now_is_the_live_version_or_what_takes_its_place(database, article, run):
    name = article(database)

    def right():
        return database.read_now(lambda session: recalls.right_now(session, name))

    run(database, lambda session: withdraw(session, name))
    assert right() is None
    other = run(database, lambda session: released(session, replace(FUND, title="新规", supersedes=(name,)), AT))
    assert right().id == other

    def again(session):
        entry = acts.rewrite(session, name, 1, reviewer("xuting"))
        do(session, other, 1, (Action.WITHDRAW, reviewer("someone"), Given(reason="并回原文章")))
        publish(session, name, entry.version)

    run(database, again)
    assert (right().id, right().version) == (name, 2)
