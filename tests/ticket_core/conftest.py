"""A ticket and the people who work on it, on a database of its own, in a time of its own."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from ticket_core import deadline, moves, tickets, words
from ticket_core.by import By
from ticket_core.tables import Base
from ticket_core.vocabulary import Action, Role

START = datetime(2026, 3, 2, 2, tzinfo=UTC)  # a Monday morning at the hotline


class Life:
    """Tickets, and moves on them by anybody; every move takes five minutes."""

    def __init__(self, session):
        self.session, self.now, self.book = session, START, deadline.shipped()

    def by(self, role=Role.AGENT, actor="", department="", seen=None):
        """Somebody of that role, five minutes on."""
        self.now += timedelta(minutes=5)
        return By(actor or role.value, role, self.now, department, "10.0.0.1", seen)

    def draft(self, **fields):
        """A draft; with the fields that a dispatch needs, unless others are given."""
        ticket, _ = tickets.draft(self.session, self.by(), calling_number="13800000000", agent="agent")
        given = fields or {"nature": "投诉", "content": "半夜施工", "title": "夜间施工"}
        tickets.edit(self.session, ticket, given, self.by(), self.book)
        return ticket

    def act(self, ticket, action, role, actor="", seen=None, **given):
        """A move, by the department that leads where it is a department's."""
        department = given.pop("of", ticket.department) if role == Role.DEPARTMENT else ""
        return moves.act(self.session, ticket, action, self.by(role, actor, department, seen), given, self.book)

    def dispatched(self, department="甲局", **fields):
        """A ticket that waits to be signed."""
        ticket = self.draft(**fields)
        self.act(ticket, Action.DISPATCH, Role.AGENT, department=department, basis="目录")
        return ticket

    def replied(self, department="甲局"):
        """A ticket whose reply waits for its review."""
        ticket = self.dispatched(department)
        self.act(ticket, Action.SIGN, Role.DEPARTMENT)
        self.act(ticket, Action.REPLY, Role.DEPARTMENT, reply="已责令停工", result="已解决")
        return ticket

    def to_call_back(self, department="甲局"):
        """A ticket that waits for its callback."""
        ticket = self.replied(department)
        self.act(ticket, Action.ACCEPT_REPLY, Role.REVIEWER)
        return ticket


@pytest.fixture(scope="session")
def shared(postgres):
    """One PostgreSQL database for all tests of this room; each undoes what it did."""
    engine = create_engine(f"{postgres}/postgres")
    create(engine)
    yield engine
    engine.dispose()


def create(engine):
    """The tables, and the index of words."""
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        words.create(connection)


@pytest.fixture(params=["sqlite", "postgresql"])
def session(request):
    """A session on an empty database of each kind."""
    if request.param == "postgresql":
        yield from undone(request.getfixturevalue("shared"))
        return
    engine = create_engine("sqlite://")
    create(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def undone(engine):
    """A session whose commits and rollbacks stay inside one transaction that is given up at the end."""
    with engine.connect() as connection, connection.begin() as outer:
        connection.execute(text("ALTER SEQUENCE tickets_id_seq RESTART"))
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()


@pytest.fixture
def engine(database_url):
    """A database of its own, for what a transaction that is given up cannot show; disposed of whatever happens."""
    engine = create_engine(database_url)
    create(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def life(session):
    return Life(session)
