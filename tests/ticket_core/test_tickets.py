"""Tickets on a real SQLite file: the journal, frozen first department, conflicts, refusals."""

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from ticket_core import journal, queries, tickets, workflow
from ticket_core.errors import Conflict, IllegalMove, TicketError
from ticket_core.tables import Base
from ticket_core.workflow import Action, Role, State


@pytest.fixture
def session(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 't.db'}")
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
