"""Tickets on a real SQLite database: the journal, frozen first department, conflicts, refusals."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from ticket_core import deadline, journal, queries, tickets, workflow
from ticket_core.errors import Conflict, IllegalMove, TicketError
from ticket_core.tables import Base
from ticket_core.workflow import Action, Role, State


@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def ticket(session):
    made, _ = tickets.draft(session, call_id="c", calling_number="13800000000", called_number="12345", agent="wangli")
    return made


def filled(value, quote="话"):
    return {"value": value, "utterance": "c1", "quote": quote, "doubtful": False}


def test_a_touched_field_is_never_overwritten(session, ticket):
    tickets.edit(session, ticket, {"title": "我写的"}, actor="w", role=Role.AGENT, expected_version=ticket.version)
    tickets.fill(session, ticket, {"title": filled("机器的"), "content": filled("停水")})
    assert (ticket.title, ticket.content) == ("我写的", "停水")
    assert set(ticket.evidence) == {"content"}


def test_a_field_given_back_holds_what_was_filled_and_is_filled_again(session, ticket):
    first = {"title": filled("机器的"), "address": filled("文昌西路", "在文昌西路"), "urgency": filled("紧急")}
    tickets.fill(session, ticket, first)
    changes = {"title": "我写的", "address": "我写的", "urgency": "普通", "request": "我写的"}
    tickets.edit(session, ticket, changes, actor="w", role=Role.AGENT, expected_version=ticket.version)
    given = ["title", "urgency", "request"]
    entry = tickets.release(session, ticket, given, first, actor="w", role=Role.AGENT, expected_version=ticket.version)
    assert (ticket.title, ticket.urgency, ticket.request, ticket.address) == ("机器的", "紧急", "", "我写的")
    assert (ticket.touched, set(ticket.evidence)) == (["address"], {"title", "urgency"})
    assert (entry.action, entry.data) == (Action.RELEASE, {"title": "机器的", "urgency": "紧急", "request": ""})
    tickets.fill(session, ticket, {"title": filled("机器又听到的"), "address": filled("别处")})
    assert (ticket.title, ticket.address, ticket.urgency) == ("机器又听到的", "我写的", "普通")
    assert journal.verify(session, ticket.id) is None


@pytest.mark.parametrize("name", ["department", "answer", "nonsense"])
def test_what_the_copilot_never_fills_cannot_be_given_back(session, ticket, name):
    with pytest.raises(TicketError, match="由人填写"):
        tickets.release(session, ticket, [name], {}, actor="w", role=Role.AGENT, expected_version=ticket.version)


def test_giving_back_is_a_persons_change_of_a_draft(session, ticket):
    seen = ticket.version
    tickets.edit(session, ticket, {"title": "一"}, actor="a", role=Role.AGENT, expected_version=seen)
    with pytest.raises(Conflict, match="a 刚刚修改"):
        tickets.release(session, ticket, ["title"], {}, actor="b", role=Role.AGENT, expected_version=seen)
    tickets.act(
        session, ticket, Action.ROUTE_OUT, actor="a", role=Role.AGENT, expected_version=ticket.version, reason="法院"
    )
    with pytest.raises(TicketError, match="不能再修改"):
        tickets.release(session, ticket, ["title"], {}, actor="a", role=Role.AGENT, expected_version=ticket.version)


def test_a_ticket_of_a_call_without_a_word_says_what_is_missing(session, ticket):
    with pytest.raises(TicketError, match="派单前还要填：工单性质、诉求内容、承办单位"):
        tickets.dispatch(
            session, ticket, department="", basis="", actor="w", role=Role.AGENT, expected_version=ticket.version
        )
    assert (ticket.state, ticket.first_department) == (State.DRAFT, "")


def test_what_was_answered_goes_with_the_dispatch(session, ticket):
    tickets.fill(session, ticket, {"nature": filled("投诉"), "content": filled("停水")})
    cited = [{"article": "x-1", "version": 2}]
    entry = tickets.dispatch(
        session,
        ticket,
        department="甲",
        basis="",
        answer="今晚恢复",
        cited=cited,
        actor="w",
        role=Role.AGENT,
        expected_version=ticket.version,
    )
    assert (ticket.answer, ticket.cited) == ("今晚恢复", cited)
    assert (entry.data["answer"], entry.data["cited"]) == ("今晚恢复", cited)


def test_a_moment_comes_back_as_the_same_moment(session, ticket):
    due = datetime(2026, 12, 1, 9, 30, tzinfo=deadline.ZONE)
    ticket.due_at = due
    session.flush()
    session.expire(ticket)
    assert (ticket.due_at, ticket.due_at.tzinfo) == (due, UTC)
    ticket.due_at = datetime(2026, 12, 1, 9, 30)  # noqa: DTZ001 - naive on purpose
    with pytest.raises(StatementError, match="without its zone"):
        session.flush()


def test_dispatch_freezes_the_first_department_and_is_idempotent(session, ticket):
    tickets.fill(session, ticket, {"nature": filled("投诉"), "content": filled("停水")})
    go = dict(
        department="甲", basis="", actor="w", role=Role.AGENT, expected_version=ticket.version, idempotency_key="k"
    )
    first = tickets.dispatch(session, ticket, **go)
    assert tickets.dispatch(session, ticket, **go) is first
    assert (ticket.first_department, ticket.state) == ("甲", State.DISPATCHED)
    assert ticket.due_at > ticket.dispatched_at
    assert journal.verify(session, ticket.id) is None
    assert journal.state_from(queries.journal_of(session, ticket.id)) == State.DISPATCHED


def test_an_altered_entry_is_named(session, ticket):
    tickets.fill(session, ticket, {"content": filled("停水")})
    entry = queries.journal_of(session, ticket.id)[0]
    entry.actor = "someone else"
    session.flush()
    assert journal.verify(session, ticket.id) is entry


def test_two_people_on_one_ticket(session, ticket):
    seen = ticket.version
    tickets.edit(session, ticket, {"title": "一"}, actor="a", role=Role.AGENT, expected_version=seen)
    with pytest.raises(Conflict, match="a 刚刚修改"):
        tickets.edit(session, ticket, {"title": "二"}, actor="b", role=Role.AGENT, expected_version=seen)
    assert ticket.title == "一"


@pytest.mark.parametrize("changes", [{"nonsense": "x"}, {"title": "长" * 101}])
def test_bad_edits_change_nothing(session, ticket, changes):
    with pytest.raises(TicketError, match=r"[\u4e00-\u9fff]"):
        tickets.edit(session, ticket, changes, actor="a", role=Role.AGENT, expected_version=ticket.version)


def test_an_answer_needs_a_citation(session, ticket):
    with pytest.raises(TicketError, match="引用热线百科"):
        tickets.answer(
            session, ticket, answer="好", cited=[], actor="a", role=Role.AGENT, expected_version=ticket.version
        )


def test_an_illegal_move_says_what_is_possible():
    with pytest.raises(IllegalMove, match="可以办理：审核通过|退回修改"):
        workflow.move(State.IN_REVIEW, Action.CLOSE, Role.REVIEWER)


def test_every_row_of_the_table_can_be_walked_and_drawn():
    for row in workflow.TABLE:
        for role in row.roles:
            assert workflow.move(row.source, row.action, role, "理由") == row.target
        assert f"{row.source.value} --> {row.target.value}" in workflow.diagram()
