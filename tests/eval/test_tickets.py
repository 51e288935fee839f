"""Tickets made for measuring: whole, the same ones open at every size, found by the pages; and what is measured."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from copilot import schema
from copilot.database import Database
from eval import many, pages, safety, writes
from eval.__main__ import main
from eval.databases import sqlite
from ticket_core import journal, queries
from ticket_core.queries import Filter, Scope
from ticket_core.tables import JournalEntry, Ticket

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
TOTAL, OPEN = 300, 60


@pytest.fixture
def database(database_url):
    opened = Database(database_url)
    schema.upgrade(opened.engine)
    yield opened
    opened.close()


@pytest.fixture
def made(database):
    done = []
    many.make(database.engine, TOTAL, NOW, lambda *told: done.append(told), OPEN)
    assert done[-1] == (TOTAL, TOTAL)
    return database


def opened(session):
    rows = session.scalars(select(Ticket).where(Ticket.state.in_(queries.OPEN)))
    return sorted((row.created_at, row.state, row.title, row.calling_number, row.step_due_at) for row in rows)


def test_made_tickets_are_whole_and_go_on_as_others_do(made):
    def check(session):
        assert session.scalar(select(func.count()).select_from(Ticket)) == TOTAL
        assert journal.verify(session) is None
        assert journal.astray(session) is None
        assert len(opened(session)) == OPEN
        for ticket, entry in session.execute(
            select(Ticket, JournalEntry).join(JournalEntry, JournalEntry.ticket_id == Ticket.id).limit(20)
        ):
            assert journal.rebuild([entry]) == journal.snapshot(ticket)
        return max(session.scalars(select(Ticket.id)))

    last = made.read_now(check)
    assert made.submit(writes.draft).result() == last + 1
    assert made.read_now(journal.verify) is None


def test_made_tickets_are_found_by_their_words_and_facets(made):
    def check(session):
        scope = Scope(departments=("邗江区城市管理局",))
        own, _ = queries.page(session, Filter(), scope=scope, sort="newest", limit=100, now=NOW)
        assert {row.department for row in own} == {"邗江区城市管理局"}
        found, _ = queries.page(session, Filter(text="油烟"), scope=Scope(), sort="newest", limit=100, now=NOW)
        assert found
        assert all("油烟" in row.title + row.content for row in found)

    made.read_now(check)


def test_the_open_tickets_are_the_same_at_every_size():
    some, more = (
        sorted((one.at, one.seed) for one in many.planned(total, OPEN, NOW) if one.open) for total in (100, TOTAL)
    )
    assert some == more
    assert len(some) == OPEN
    plan = list(many.planned(TOTAL, OPEN, NOW))
    assert [one.at for one in plan] == sorted(one.at for one in plan)
    assert len({one.number for one in plan}) == TOTAL


def test_a_database_that_has_tickets_is_left_alone(database, capsys):
    database.submit(writes.draft).result()
    before = database.read_now(journal.head)
    with pytest.raises(ValueError, match="空数据库"):
        many.make(database.engine, 5, NOW, lambda *_: None)
    assert main(["tickets", "--make", "5", "--database", database.engine.url.render_as_string(False)]) == 2
    assert "空数据库" in capsys.readouterr().out
    assert database.read_now(journal.head) == before


def test_both_ways_of_writing_do_the_same_work(database, database_url):
    one, each = writes.grouped(database, 3, 0.2), writes.alone(database_url, 3, 0.2)

    def check(session):
        made = session.scalar(select(func.count()).select_from(Ticket))
        assert made == len(one.waited) + len(each.waited)
        assert made == session.scalar(select(func.count()).select_from(JournalEntry))
        assert journal.verify(session) is None

    assert min(len(one.waited), len(each.waited)) > 0
    database.read_now(check)


def test_one_dispatch_wins(database_url):
    assert safety.raced(database_url) == 1


def test_the_pages_are_measured_over_http(built, monkeypatch):
    monkeypatch.setattr(pages, "ROUNDS", 4)
    with sqlite() as url:
        database = Database(url)
        schema.upgrade(database.engine)
        many.make(database.engine, TOTAL, NOW, lambda *_: None, OPEN)
        database.close()
        found, total = pages.pages(built, url)
    assert total == TOTAL
    assert set(found) == {"queue", "search", "counts", "detail"}
    assert all(0 < one.p50 <= one.p95 for one in found.values())
