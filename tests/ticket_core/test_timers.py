"""Timers: what the system does by itself, when, and once, whatever happens to servers and clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ticket_core import deadline, queries, sweep, timers
from ticket_core.deadline import ZONE, Rulebook, calendar
from ticket_core.tables import JournalEntry, Ticket, Timer
from ticket_core.vocabulary import Action, Role, State

URGED, SUPERVISED = "催办", "督办"


def at(words):
    return datetime.fromisoformat(words).replace(tzinfo=ZONE)


def swept(life, moment):
    """All that is due at a moment, and what comes due by it; how much was settled."""
    life.now, total = max(life.now, moment), 0
    while done := sweep.sweep(life.session, moment, life.book, sweep.due(life.session, moment)):
        total += done
    return total


def each_hour(life, first, last):
    for hour in range(int((at(last) - at(first)) / timedelta(hours=1)) + 1):
        swept(life, at(first) + timedelta(hours=hour))


def by_system(life, ticket):
    """What the system did: when, what, and the level of a supervision."""
    entries = [entry for entry in queries.journal_of(life.session, ticket.id) if entry.role == Role.SYSTEM]
    return [
        (f"{entry.at.astimezone(ZONE):%m-%d %H}", Action(entry.action).label, entry.details["inputs"].get("level"))
        for entry in entries
    ]


def open_timers(life, ticket):
    query = select(Timer).where(Timer.ticket_id == ticket.id, Timer.done_at.is_(None))
    return list(life.session.scalars(query))


def signed(life, **fields):
    ticket = life.dispatched(**fields)
    life.act(ticket, Action.SIGN, Role.DEPARTMENT)
    life.act(ticket, Action.CONTACT, Role.DEPARTMENT, contact="已致电")
    return ticket


def test_a_ticket_that_nobody_touches_is_urged_and_then_supervised(life):
    ticket = life.dispatched()
    each_hour(life, "2026-03-02 11:00", "2026-04-01 12:00")
    assert by_system(life, ticket) == [
        ("03-03 11", URGED, None),  # neither signed nor the citizen told: one word for both
        ("03-06 11", URGED, None),
        ("03-09 11", URGED, None),
        ("03-10 11", SUPERVISED, 1),
        ("03-12 11", SUPERVISED, 2),
        ("03-16 11", SUPERVISED, 3),
    ]
    assert (ticket.urges, ticket.supervision) == (3, 3)
    assert open_timers(life, ticket) == []


def test_a_ticket_has_one_open_timer_and_no_more(life):
    ticket = life.dispatched()
    for action in (Action.NOTE, Action.URGE, Action.URGE):
        life.act(ticket, action, Role.SUPERVISOR, note="看一看")
    assert [(timer.kind, timer.at) for timer in open_timers(life, ticket)] == [("sign:urge:+0:0", ticket.sign_due_at)]


def test_a_ticket_handled_in_time_is_left_alone(life):
    ticket = signed(life)
    each_hour(life, "2026-03-02 12:00", "2026-03-05 12:00")
    life.act(ticket, Action.REPLY, Role.DEPARTMENT, reply="已停工", result="已解决")
    each_hour(life, "2026-03-05 13:00", "2026-03-12 12:00")
    assert by_system(life, ticket) == []
    life.act(ticket, Action.REFUSE_REPLY, Role.REVIEWER, reason="没有答复诉求")
    each_hour(life, "2026-03-12 13:00", "2026-03-12 15:00")
    assert by_system(life, ticket) == [("03-12 13", URGED, None), ("03-12 13", SUPERVISED, 2)]


def test_after_an_outage_the_last_word_stands_for_all(life):
    ticket = life.dispatched()
    swept(life, at("2026-04-01 10:00"))
    assert by_system(life, ticket) == [("04-01 10", URGED, None), ("04-01 10", SUPERVISED, 3)]


def test_nothing_is_done_twice_when_the_clock_is_set_back(life):
    ticket = life.dispatched()
    assert swept(life, at("2026-03-03 11:00")) == 1
    assert swept(life, at("2026-03-02 09:00")) == swept(life, at("2026-03-03 11:00")) == 0
    assert ticket.urges == 1


def test_a_timer_waits_while_the_servers_clock_stands_before_the_last_change(life):
    ticket = life.dispatched()
    life.now = at("2026-03-03 12:00")
    life.act(ticket, Action.URGE, Role.SUPERVISOR)
    assert swept(life, at("2026-03-03 11:00")) == 0
    assert swept(life, at("2026-03-03 12:30")) == 1


def test_an_extension_moves_what_comes_next(life):
    ticket = signed(life)
    life.now = at("2026-03-05 10:00")
    life.act(ticket, Action.ASK_EXTENSION, Role.DEPARTMENT, days=3, reason="要开挖")
    life.act(ticket, Action.GRANT_EXTENSION, Role.SUPERVISOR)
    each_hour(life, "2026-03-05 11:00", "2026-03-12 12:00")
    assert f"{ticket.due_at.astimezone(ZONE):%m-%d}" == "03-12"
    assert [when for when, _, _ in by_system(life, ticket)] == [
        "03-11 12",
        "03-12 11",
    ]  # three quarters of the added time, then its end


def test_a_pended_ticket_is_left_alone_and_goes_on_by_itself_on_the_day_of_its_review(life):
    ticket = signed(life)
    due = ticket.due_at
    life.now = at("2026-03-03 10:00")
    life.act(ticket, Action.ASK_PEND, Role.DEPARTMENT, reason="等规划", plan="批后开工", review_at="2026-03-24")
    life.act(ticket, Action.GRANT_PEND, Role.SUPERVISOR)
    each_hour(life, "2026-03-03 11:00", "2026-03-24 12:00")
    assert by_system(life, ticket) == [("03-24 09", "恢复办理", None)]
    assert (ticket.state, ticket.paused_at) == (State.IN_PROGRESS, None)
    assert life.book.named(ticket.rule_version).worktime.days(due, ticket.due_at) == 15
    assert [timer.kind for timer in open_timers(life, ticket)] == ["handle:urge:-1:0"]


def test_what_was_answered_is_closed_and_archived(life):
    ticket = life.draft()
    life.act(ticket, Action.ANSWER, Role.AGENT, answer="今晚恢复", cited=[{"article": "a-1", "version": 1}])
    each_hour(life, "2026-03-02 11:00", "2026-03-12 12:00")
    assert by_system(life, ticket) == [("03-03 11", "办结", None), ("03-10 11", "归档", None)]
    assert ticket.archive_hash
    assert open_timers(life, ticket) == []


def test_a_rework_is_urged_by_its_own_clock(life):
    ticket = life.to_call_back()
    life.act(ticket, Action.UNSATISFIED, Role.CALLER_BACK, reason="还在施工")
    each_hour(life, "2026-03-02 12:00", "2026-03-10 12:00")
    assert by_system(life, ticket) == [("03-06 11", URGED, None), ("03-09 11", URGED, None)]
    assert ticket.supervision == 1  # raised by the rework: the first level is never said again


def test_an_alert_in_an_unknown_year_waits_for_its_holidays(life):
    life.now = at("2026-12-24 10:00")
    ticket = signed(life)
    each_hour(life, "2026-12-24 11:00", "2027-01-03 12:00")
    assert [when for when, _, _ in by_system(life, ticket)] == ["12-30 11", "12-31 11"]
    assert [timer.kind for timer in open_timers(life, ticket)] == [timers.REPLAN]
    entered = calendar.parse('years = [2027]\noff = ["2027-01-01"]')
    life.book = Rulebook([rules.on(entered) for rules in life.book.packs])
    each_hour(life, "2027-01-03 13:00", "2027-01-05 12:00")
    assert by_system(life, ticket)[2:] == [("01-04 11", SUPERVISED, 1)]


def test_a_timer_that_fails_harms_no_other_and_its_words_reach_no_log(life, caplog):
    without_rules, broken, well = (life.dispatched() for _ in range(3))
    without_rules.rule_version = "gone"
    life.session.execute(text("UPDATE tickets SET state = 'nonsense' WHERE id = :id"), {"id": broken.id})
    assert swept(life, at("2026-03-03 12:00")) == 1
    assert [ticket.urges for ticket in (without_rules, broken, well)] == [0, 0, 1]
    assert {record.message for record in caplog.records} == {"timer failed"}
    assert well.content not in caplog.text
    life.session.execute(text("UPDATE tickets SET state = 'dispatched' WHERE id = :id"), {"id": broken.id})
    assert swept(life, at("2026-03-03 13:00")) == 1


def test_a_timer_that_its_ticket_has_outgrown_makes_way(life):
    ticket = life.dispatched()
    life.session.add(Timer(ticket_id=ticket.id, kind="handle:urge:-1:0", at=at("2026-03-02 11:00")))
    life.session.flush()
    assert swept(life, at("2026-03-02 12:00")) == 1
    assert by_system(life, ticket) == []
    assert [timer.kind for timer in open_timers(life, ticket)] == ["sign:urge:+0:0"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_servers_do_it_once_and_never_wait_for_each_other(life, engine):
    moment = at("2026-03-03 12:00")
    urged = select(JournalEntry).where(JournalEntry.action == Action.URGE.value)
    with Session(engine) as first, Session(engine) as second:
        life.session = first
        for _ in range(3):
            life.dispatched()
        first.commit()
        seen = sweep.due(second, moment)
        second.execute(text("SET lock_timeout = 1000"))
        assert sweep.sweep(first, moment, life.book, seen) == 3
        assert sweep.sweep(second, moment, life.book, seen) == 0
        first.commit()
        assert sweep.sweep(second, moment, life.book, seen) == 0
        assert first.scalars(select(Ticket.urges)).all() == [1, 1, 1]
        assert [entry.changes["urges"] for entry in first.scalars(urged)] == [1, 1, 1]
        assert first.scalar(select(func.count()).where(Timer.done_at.is_not(None))) == 3


def test_the_moment_of_a_timer_survives_the_database(life):
    ticket = life.dispatched()
    life.session.commit()
    life.session.expire_all()
    (timer,) = open_timers(life, ticket)
    assert timer.at == ticket.sign_due_at
    assert timer.at.tzinfo is UTC
    assert deadline.local_day(timer.at) == "2026-03-03"
