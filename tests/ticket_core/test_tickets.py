"""A draft and its fields on a real SQLite database: what is touched stays, conflicts, refusals."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import StatementError

from ticket_core import deadline, journal, queries, tickets
from ticket_core.errors import Conflict, IllegalMove, TicketError
from ticket_core.vocabulary import Action, Role, State


@pytest.fixture
def ticket(session, life):
    made, _ = tickets.draft(session, life.by(), call_id="c", calling_number="13800000000", agent="wangli")
    return made


def filled(value, quote="话"):
    return {"value": value, "utterance": "c1", "quote": quote, "doubtful": False}


def test_a_touched_field_is_never_overwritten(session, life, ticket):
    tickets.edit(session, ticket, {"title": "我写的"}, life.by(seen=ticket.version), life.book)
    found = {"title": filled("机器的"), "content": filled("停水")}
    tickets.fill(session, ticket, found, life.by(Role.SYSTEM))
    assert (ticket.title, ticket.content) == ("我写的", "停水")
    assert set(ticket.evidence) == {"content"}


def test_a_field_given_back_holds_what_was_filled_and_is_filled_again(session, life, ticket):
    first = {"title": filled("机器的"), "address": filled("文昌西路", "在文昌西路"), "urgency": filled("紧急")}
    tickets.fill(session, ticket, first, life.by(Role.SYSTEM))
    changes = {"title": "我写的", "address": "我写的", "urgency": "普通", "request": "我写的"}
    tickets.edit(session, ticket, changes, life.by(seen=ticket.version), life.book)
    given = ["title", "urgency", "request"]
    entry = tickets.release(session, ticket, given, first, life.by(seen=ticket.version), life.book)
    assert (ticket.title, ticket.urgency, ticket.request, ticket.address) == ("机器的", "紧急", "", "我写的")
    assert (ticket.touched, set(ticket.evidence)) == (["address"], {"title", "urgency"})
    assert entry.action == Action.RELEASE
    assert {name: entry.changes[name] for name in given} == {"title": "机器的", "urgency": "紧急", "request": ""}
    again = {"title": filled("机器又听到的"), "address": filled("别处")}
    tickets.fill(session, ticket, again, life.by(Role.SYSTEM))
    assert (ticket.title, ticket.address, ticket.urgency) == ("机器又听到的", "我写的", "普通")


@pytest.mark.parametrize("name", ["department", "answer", "nonsense"])
def test_what_the_copilot_never_fills_cannot_be_given_back(session, life, ticket, name):
    with pytest.raises(TicketError, match="由人填写"):
        tickets.release(session, ticket, [name], {}, life.by(), life.book)


def test_what_is_no_draft_any_more_is_edited_by_whoever_has_it(session, life):
    ticket = life.draft()
    life.act(ticket, Action.SUBMIT, Role.AGENT)
    with pytest.raises(IllegalMove, match="坐席不能“修改”"):
        tickets.edit(session, ticket, {"title": "晚了"}, life.by(), life.book)
    tickets.edit(session, ticket, {"title": "班长改的"}, life.by(Role.REVIEWER), life.book)
    assert ticket.title == "班长改的"
    assert tickets.fill(session, ticket, {"title": filled("机器的")}, life.by(Role.SYSTEM)) is None


def test_the_summary_is_kept_in_the_journal_as_well(session, life, ticket):
    tickets.summarise(session, ticket, "夜间施工扰民", life.by(Role.SYSTEM))
    assert journal.rebuild(queries.journal_of(session, ticket.id)) == journal.snapshot(ticket)


def test_a_moment_comes_back_as_the_same_moment(session, ticket):
    due = datetime(2026, 12, 1, 9, 30, tzinfo=deadline.ZONE)
    ticket.due_at = due
    session.flush()
    session.expire(ticket)
    assert (ticket.due_at, ticket.due_at.tzinfo) == (due, UTC)
    ticket.due_at = datetime(2026, 12, 1, 9, 30)  # noqa: DTZ001 - naive on purpose
    with pytest.raises(StatementError, match="without its zone"):
        session.flush()


def test_two_people_on_one_ticket(session, life, ticket):
    seen = ticket.version
    tickets.edit(session, ticket, {"title": "一"}, life.by(actor="a", seen=seen), life.book)
    with pytest.raises(Conflict, match="a 刚刚对这张工单做了“修改”"):
        tickets.edit(session, ticket, {"title": "二"}, life.by(actor="b", seen=seen), life.book)
    assert ticket.title == "一"


@pytest.mark.parametrize(
    "changes",
    [
        {"nonsense": "x"},
        {"title": "长" * 101},
        {"title": 5},
        {"nature": "抱怨"},
        {"confidential": "是"},
        {"tags": "一个"},
        {"tags": ["词"] * 21},
    ],
)
def test_bad_edits_change_nothing(session, life, ticket, changes):
    before = journal.snapshot(ticket)
    with pytest.raises(TicketError, match=r"[\u4e00-\u9fff]"):
        tickets.edit(session, ticket, {"content": "好的", **changes}, life.by(), life.book)
    assert journal.snapshot(ticket) == before


def test_what_nobody_can_see_is_left_out(session, life, ticket):
    tickets.edit(session, ticket, {"title": " 停\u202e水\0 ", "content": "一\n二"}, life.by(), life.book)
    assert (ticket.title, ticket.content) == ("停水", "一\n二")


def test_numbers_count_on_within_a_day_and_start_again_the_next(session, life):
    first, second = life.draft(), life.draft()
    life.now = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # midnight at the hotline
    assert [first.number, second.number, life.draft().number] == ["20260302-00001", "20260302-00002", "20260303-00001"]


def test_a_draft_is_a_draft(ticket):
    assert (ticket.state, ticket.first_department, ticket.version) == (State.DRAFT, "", 1)
