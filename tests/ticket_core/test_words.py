"""The index of words on both databases: what is found is what stands there, whatever people typed."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from ticket_core import words
from ticket_core.errors import TicketError
from ticket_core.tables import Ticket

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
TYPED = some.text("夜间施工噪声ab1２Ａé𠮷 ，-'\"*%_&|!():<\\😀\u0300", max_size=12)


def keep(session, **fields):
    """A ticket, kept and indexed."""
    number = f"n{session.scalar(select(Ticket.id).order_by(Ticket.id.desc()).limit(1)) or 0}"
    ticket = Ticket(**{"number": number, "state": "draft", "created_at": NOW, "updated_at": NOW, **fields})
    session.add(ticket)
    session.flush()
    words.index(session, ticket)
    return ticket


def find(session, query):
    """The ids of what the index finds."""
    kept, ticket, holds = words.holds(session.get_bind().dialect.name, query)
    return set(session.scalars(select(ticket).select_from(kept).where(holds)))


def found(session, typed, identity=True):
    """The ids that a person finds."""
    query = words.sought(typed, identity)
    return find(session, query) if query else set()


def test_bigrams_end_with_the_last_character_and_never_cross_a_gap():
    assert words.bigrams("夜施工，Ａ1") == ["夜施", "施工", "工", "a1", "1"]
    assert words.bigrams(" ，😀\0") == []


@given(some.lists(some.tuples(TYPED, TYPED), min_size=1, max_size=5), some.lists(TYPED, min_size=1, max_size=5))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_search_finds_what_holds_every_run_of_it(engine, told, typed):
    with Session(engine) as session:
        kept = [keep(session, title=title, content=content) for title, content in told]
        for search in typed:
            runs = words.runs(search)
            fields = {
                one.id: [run for name in words.SEARCHED for run in words.runs(getattr(one, name))] for one in kept
            }
            wanted = {one for one, texts in fields.items() if all(any(run in text for text in texts) for run in runs)}
            assert found(session, search) == (wanted if runs else set())


HOSTILE = [
    "'",
    '"',
    "*",
    "%",
    "_",
    "-- ",
    "\0",
    "😀",
    "NOT",
    "NEAR(a b)",
    "body:x",
    "^a",
    "a AND",
    "') OR 1=1",
    "\\",
    "\ud800",
]


@pytest.mark.parametrize("typed", [*HOSTILE, "啊" * words.MOST, " ".join("甲乙" for _ in range(33))])
def test_hostile_searches_find_nothing_and_break_nothing(session, typed):
    keep(session, title="夜间施工噪声", content="工地在打桩")
    assert found(session, typed) == set()


def test_too_long_a_search_says_how_long_it_may_be(session):
    with pytest.raises(TicketError, match="最多 100 字，现在是 101 字"):
        words.sought("长" * 101, True)


def test_a_change_is_found_and_what_was_is_not(session):
    ticket = keep(session, title="路灯不亮", content="长" * 5000, party_concerned="啊" * 100)
    ticket.title, ticket.citizen_name = "占道经营", "欧阳明"
    words.index(session, ticket)
    words.index(session, ticket)
    assert (found(session, "路灯"), found(session, "占道"), found(session, "欧阳")) == (set(), {ticket.id}, {ticket.id})
    assert session.scalar(text("SELECT count(*) FROM ticket_words")) == 1


def test_who_a_confidential_citizen_is_is_found_with_the_right_to_it_alone(session):
    secret = keep(session, citizen_name="欧阳明", calling_number="13800000001", confidential=True, title="停水")
    plain = keep(session, citizen_name="欧阳明", callback_number="13800000001")
    for typed in ("欧阳明", "欧", "00000001", "1380"):
        assert found(session, typed) == {secret.id, plain.id}
        assert found(session, typed, identity=False) == {plain.id}
    assert found(session, "停水", identity=False) == {secret.id}


def test_facets(session):
    ticket = keep(session, department="甲", first_department="甲", assisting=["乙", "丙"], agent="", nature="投诉")
    for name, value in (("lead", "甲"), ("assisting", "丙"), ("nature", "投诉"), ("unclaimed", ""), ("stage", "open")):
        assert find(session, (words.any_of(name, [value, "别的"]),)) == {ticket.id}
        assert find(session, (words.any_of(name, ["别的"]),)) == set()
    ticket.state, ticket.agent = "archived", "wangli"
    words.index(session, ticket)
    assert find(session, (words.any_of("unclaimed", [""]),)) == set()
    assert find(session, (words.any_of("stage", ["archived"]),)) == {ticket.id}


@given(some.dates(date(2019, 1, 1), date(2027, 12, 31)), some.dates(date(2019, 1, 1), date(2027, 12, 31)))
def test_a_span_of_days_is_covered_by_few_phrases_and_by_nothing_else(first, last):
    phrases = {phrase.tokens[0] for phrase in words.created(first, last)}
    assert len(phrases) <= 120
    for day in (first, last, *(edge + timedelta(days=n) for edge in (first, last) for n in (-1, 1)), date(2023, 2, 28)):
        own = {words.facet("day", f"{day}"), words.facet("month", f"{day:%Y-%m}"), words.facet("year", f"{day.year}")}
        assert len(phrases & own) == (first <= day <= last)


def test_tickets_of_before_are_indexed_batch_by_batch_and_all_can_be_taken_away(engine, session):
    kept = [keep(session, title="路灯不亮") for _ in range(5)]
    session.execute(text("DELETE FROM ticket_words"))
    assert words.reindex(session, batch=2) == 5
    assert found(session, "路灯") == {one.id for one in kept}
    session.commit()
    with engine.begin() as connection:
        words.drop(connection)
    assert not inspect(engine).has_table("ticket_words")


def test_tokens_need_no_quoting():
    ticket = Ticket(id=5, state="draft", created_at=NOW, assisting=["'\"; \ud800"], agent="'")
    for name in (*words.SEARCHED, *words.IDENTITY, *words.FACETS, "department"):
        setattr(ticket, name, getattr(ticket, name) or "'a\"b\ud800 施工𠮷")
    assert all(re.fullmatch("[0-9a-z]+", token) for tokens in words.document(ticket) for token in tokens)
