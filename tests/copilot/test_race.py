"""Ten people dispatch one ticket at the same moment, on one server or on two: one wins, the others are told."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel
from sqlalchemy import select

from copilot import schema
from copilot.api.once import Sent, once
from copilot.database import Database
from ticket_core import deadline, journal, moves, tickets
from ticket_core.by import By
from ticket_core.errors import Conflict, IllegalMove
from ticket_core.tables import JournalEntry, Ticket
from ticket_core.vocabulary import Action, Role, State

CLIENTS = 10
BOOK = deadline.shipped()


def by(actor, role, seen=None):
    return By(actor, role, datetime.now(UTC), seen=seen)


@pytest.fixture(params=[1, 2], ids=["one server", "two servers"])
def servers(request, database_url):
    opened = [Database(database_url) for _ in range(request.param)]
    schema.upgrade(opened[0].engine)
    yield opened
    for one in opened:
        one.close()


def waiting(session):
    """A ticket that waits to be dispatched; its number and the version that all see."""
    ticket, _ = tickets.draft(session, by("wangli", Role.AGENT), calling_number="13852706021", agent="wangli")
    told = {"nature": "投诉", "content": "工地半夜施工"}
    tickets.edit(session, ticket, told, by("wangli", Role.AGENT), BOOK)
    moves.act(session, ticket, Action.SUBMIT, by("wangli", Role.AGENT), {}, BOOK)
    moves.act(session, ticket, Action.APPROVE, by("sunjuan", Role.REVIEWER), {}, BOOK)
    return ticket.id, ticket.version


def test_one_of_ten_simultaneous_dispatches_wins(servers):
    number, version = servers[0].submit(waiting).result()
    together = threading.Barrier(CLIENTS)

    def dispatch(client):
        def work(session):
            ticket = session.get_one(Ticket, number)
            given = {"department": f"第{client}单位", "basis": "三定规定"}
            moves.act(session, ticket, Action.DISPATCH, by(f"d{client}", Role.DISPATCHER, version), given, BOOK)

        together.wait()
        return servers[client % len(servers)].submit(work).exception()

    with ThreadPoolExecutor(CLIENTS) as pool:
        told = list(pool.map(dispatch, range(CLIENTS)))
    assert told.count(None) == 1
    assert [one for one in told if one and not isinstance(one, Conflict | IllegalMove)] == []

    def check(session):
        ticket = session.get_one(Ticket, number)
        sent = session.scalars(select(JournalEntry).where(JournalEntry.action == Action.DISPATCH.value)).all()
        assert [one.actor for one in sent] == [f"d{told.index(None)}"]
        assert State(ticket.state) == State.DISPATCHED
        assert ticket.first_department == ticket.department == f"第{told.index(None)}单位"
        assert journal.verify(session) is None
        assert journal.astray(session) is None

    servers[0].read_now(check)


class Made(BaseModel):
    """What was made."""

    number: str


def test_one_request_sent_ten_times_at_once_is_done_once(servers):
    together = threading.Barrier(CLIENTS)

    def make(session):
        ticket, _ = tickets.draft(session, by("wangli", Role.AGENT), calling_number="13852706021", agent="wangli")
        return Made(number=ticket.number)

    def send(client):
        together.wait()
        return servers[client % len(servers)].submit(once(Sent("key", "wangli", "the same"), Made, make)).result()

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(send, range(CLIENTS)))
    made = servers[0].read_now(lambda session: session.scalars(select(Ticket.number)).all())
    assert [answer.number for answer in answers] == list(made) * CLIENTS
