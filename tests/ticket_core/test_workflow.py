"""The workflow table: it hangs together, is drawn whole, and its refusals say what is possible."""

import pytest

from ticket_core import workflow
from ticket_core.errors import IllegalMove, TicketError
from ticket_core.inputs import INPUTS, read
from ticket_core.moves import EFFECTS
from ticket_core.vocabulary import Action, Role, State


def test_every_state_is_reached_and_left():
    reached, left = {row.target for row in workflow.TABLE}, {row.source for row in workflow.TABLE}
    assert reached == set(State)
    assert left == set(State)
    beyond, seen = {State.DRAFT}, set()
    while beyond - seen:
        seen |= beyond
        beyond = {row.target for row in workflow.TABLE if row.source in seen}
    assert seen == set(State)


def test_every_action_but_those_of_a_service_stands_in_the_table():
    assert {row.action for row in workflow.TABLE} >= set(Action) - {Action.CREATE, Action.ABSORB, Action.UPGRADE}
    assert set(EFFECTS) <= {row.action for row in workflow.TABLE}


def test_every_input_is_known_and_used():
    used = {name for row in workflow.TABLE for name in (*row.needs, *row.takes)}
    assert used == set(INPUTS)


def test_rows_of_one_action_exclude_each_other():
    for state in State:
        for action in Action:
            rows = [row for row in workflow.TABLE if (row.source, row.action) == (state, action)]
            assert len(rows) <= 1 or all(row.when for row in rows), (state, action)


def test_the_diagram_draws_every_move_between_states():
    drawn = workflow.diagram()
    for row in workflow.TABLE:
        assert row.source == row.target or f"{row.source.value} --> {row.target.value}: {row.action.label}" in drawn


def test_an_illegal_move_says_what_is_possible(life):
    ticket = life.draft()
    life.act(ticket, Action.SUBMIT, Role.AGENT)
    with pytest.raises(IllegalMove, match="工单现在是“待审核”，班长不能“办结”；可以办理：.*退回修改.*审核通过"):
        life.act(ticket, Action.CLOSE, Role.REVIEWER)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "还要填写：延期工作日数、理由"),
        ({"days": 3, "reason": "  "}, "还要填写：理由"),
        ({"days": 0, "reason": "r"}, "1 到 200 的整数"),
        ({"days": True, "reason": "r"}, "1 到 200 的整数"),
        ({"days": "0000000001999", "reason": "r"}, "1 到 200 的整数"),
        ({"days": "９", "reason": "r"}, "1 到 200 的整数"),
        ({"days": 3, "reason": 7}, "要填文字"),
        ({"days": 3, "reason": "长" * 501}, "最多 500 字，现在是 501 字"),
        ({"days": 3, "reason": "r", "level": 1}, "不用填督办级别"),
        ({"days": 3, "reason": "r", "x": 1}, "不用填x"),
    ],
)
def test_inputs_that_do_not_fit_are_refused_in_words(given, says):
    with pytest.raises(TicketError, match=says):
        read(given, ("days", "reason"), ())


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("service", "111"),
        ("review_at", "明天"),
        ("assisting", "甲局"),
        ("assisting", ["甲"] * 11),
        ("cited", [{"article": "x"}]),
        ("cited", ["x"]),
        ("cited", [{"article": "x", "version": True}]),
    ],
)
def test_every_kind_of_input_refuses_what_it_cannot_hold(name, bad):
    with pytest.raises(TicketError, match=INPUTS[name].label):
        read({name: bad}, (name,), ())
