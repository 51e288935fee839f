"""Every step of the schema up and down with data, on both databases; the journal's doors are shut.

before_migrations.json is what the program wrote when there were no migrations yet: a ticket from call to callback, one
that was returned and one still a draft.
"""

import hashlib
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import DateTime, MetaData, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from copilot import schema, tables
from copilot.database import Database
from copilot.knowledge import tables as knowledge_tables
from copilot.labelling import tables as labelling_tables
from copilot.usage import tables as usage_tables
from ticket_core import journal, words
from ticket_core.by import By
from ticket_core.tables import NEVER, JournalEntry, Ticket
from ticket_core.vocabulary import Action, Role, State

BEFORE = json.loads(Path(__file__).with_name("before_migrations.json").read_text("utf-8"))


@pytest.fixture
def engine(database_url):
    database = Database(database_url)
    yield database.engine
    database.close()


def reflected(engine):
    """The tables as the database has them, by name."""
    metadata = MetaData()
    metadata.reflect(engine)
    return {table.name: table for table in metadata.sorted_tables}


@pytest.fixture
def old(engine):
    """A database as it was before there were migrations, with data."""
    schema.upgrade(engine)
    schema.downgrade(engine, schema.FIRST)
    found = reflected(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        for name, rows in BEFORE.items():
            connection.execute(found[name].insert(), [row_of(engine, found[name], row) for row in rows])
    return engine


def row_of(engine, table, row):
    """A kept row as its table takes it."""
    zone = "" if engine.dialect.name == "sqlite" else "+00:00"
    moments = [one.name for one in table.columns if isinstance(one.type, DateTime) and row.get(one.name)]
    return row | {name: datetime.fromisoformat(row[name] + zone) for name in moments}


def rows_of(engine, name):
    """A table's rows as they were kept."""
    table = reflected(engine)[name]
    with engine.connect() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key)).mappings().all()
    return [{key: naive(value) for key, value in row.items()} for row in found]


def naive(value):
    """A moment as the file has it: in UTC, without its zone."""
    if not isinstance(value, datetime):
        return value
    return (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat()


def ordered(engine, name, rows):
    """Kept rows with their columns in the order of the database."""
    return [{column.name: row[column.name] for column in reflected(engine)[name].columns} for row in rows]


def first_digest(row):
    """A hash as the program made it when there were no migrations yet."""
    covered = (
        *("ticket_id", "seq", "ticket_version", "actor", "role", "action", "from_state", "to_state", "reason"),
        *("rule_version", "idempotency_key", "data", "at"),
    )
    body = json.dumps({name: row[name] for name in covered}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((row["previous_hash"] + body).encode()).hexdigest()


MODELS = (tables, knowledge_tables, labelling_tables, usage_tables)  # importing a module of tables makes them known


def differences(engine):
    """Between the database and the models; the index is no model."""
    options = {"include_name": lambda name, kind, _: kind != "table" or not name.startswith("ticket_words")}
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts=options), Ticket.metadata)


def test_an_empty_database_gets_the_schema_of_the_models(engine):
    schema.upgrade(engine)
    assert differences(engine) == []
    schema.upgrade(engine)


def test_a_database_of_before_is_taken_over_with_its_data(old):
    schema.upgrade(old)
    assert differences(old) == []
    with Session(old) as session:
        life, back, draft = session.scalars(select(Ticket).order_by(Ticket.id)).all()
        assert [State(one.state) for one in (life, back, draft)] == [State.CLOSED, State.DISPATCHED, State.DRAFT]
        assert life.signed_at < life.replied_at < life.closed_at
        assert (life.step_due_at, back.step_due_at, back.returns) == (NEVER, back.due_at, 1)
        assert (draft.wants_callback, draft.citizen_kind, draft.tags, draft.opinions) == (True, "个人", [], {})
        _, ids, holds = words.holds(old.dialect.name, words.sought("半夜施工", identity=False))
        assert session.scalars(select(ids).where(holds)).all() == [life.id]
        user = session.get_one(tables.User, "wangli")
        assert (user.name, user.active, user.department) == ("王丽", True, "")


def test_the_old_journals_become_one_chain_from_which_each_ticket_can_be_rebuilt(old):
    schema.upgrade(old)
    with Session(old) as session:
        assert journal.verify(session) is None
        assert journal.astray(session) is None
        entries = session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()
        kept, last = entries[: len(BEFORE["journal"])], entries[len(BEFORE["journal"]) :]
        assert [one.details["before_upgrade"]["hash"] for one in kept] == [row["hash"] for row in BEFORE["journal"]]
        assert [Action(one.action) for one in last] == [Action.UPGRADE] * 3
        assert {one.reason for one in last} == {""}
        for ticket in session.scalars(select(Ticket)):
            mine = [one for one in entries if one.ticket_id == ticket.id]
            assert [one.seq for one in mine] == list(range(1, len(mine) + 1))
            assert journal.rebuild(mine) == journal.snapshot(ticket)


def test_what_was_wrong_with_an_old_journal_is_told_not_covered_up(old):
    with old.begin() as connection:
        connection.execute(text("UPDATE journal SET reason = '改' WHERE ticket_id = 1 AND seq = 3"))
        connection.execute(text("DELETE FROM journal WHERE ticket_id = 3"))
        connection.execute(text("UPDATE tickets SET state = 'closed' WHERE id = 2"))
    schema.upgrade(old)
    with Session(old) as session:
        told = session.scalars(select(JournalEntry.reason).where(JournalEntry.action == Action.UPGRADE.value))
        altered, astray, gone = told.all()
    assert "第 3 条办理记录已被改动" in altered
    assert "状态与办理记录不一致" in astray
    assert "没有办理记录" in gone


def test_down_again_nothing_of_before_is_lost(old):
    schema.upgrade(old)
    schema.downgrade(old, schema.FIRST)
    for name, rows in BEFORE.items():
        assert sorted(map(str, rows_of(old, name))) == sorted(map(str, ordered(old, name, rows)))
    schema.upgrade(old)
    with Session(old) as session:
        assert journal.verify(session) is None


def test_down_again_what_came_since_is_held_in_a_sound_chain_of_each_ticket(old):
    schema.upgrade(old)
    with Session(old) as session:
        ticket = session.get_one(Ticket, 2)
        ticket.state = State.CONFERENCE.value
        ticket.calling_number = f"{'a' * 60}@example.com"
        by = By("chenjie", Role.DISPATCHER, datetime.now(UTC), source="10.0.0.9")
        journal.write(session, ticket, Action.NOTE, by, State.DISPATCHED, reason="两家推诿")
        session.commit()
    schema.downgrade(old, schema.FIRST)
    assert rows_of(old, "tickets")[1]["state"] == "to_dispatch"
    assert rows_of(old, "tickets")[1]["calling_number"].startswith("a" * 32)
    mine = [row for row in rows_of(old, "journal") if row["ticket_id"] == 2]
    assert [row["seq"] for row in mine] == list(range(1, len(mine) + 1))
    assert [row["previous_hash"] for row in mine] == [journal.GENESIS, *(row["hash"] for row in mine[:-1])]
    assert (mine[-1]["action"], mine[-1]["to_state"], mine[-1]["reason"]) == ("edit", "to_dispatch", "两家推诿")
    assert mine[-1]["hash"] == first_digest(mine[-1])
    assert mine[-1]["data"]["after_upgrade"]["source"] == "10.0.0.9"


@pytest.mark.parametrize("change", ["UPDATE journal SET reason = 'x' WHERE id = 1", "DELETE FROM journal WHERE id = 1"])
def test_the_database_refuses_to_change_or_delete_a_journal_entry(old, change):
    schema.upgrade(old)
    with pytest.raises(DBAPIError, match="办理记录只能追加"), old.begin() as connection:
        connection.execute(text(change))
    with Session(old) as session:
        assert journal.verify(session) is None


def test_a_newer_database_is_refused_and_left_alone(engine):
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(schema.SchemaError, match="9999，比本程序.*新；请改用新版程序"):
        schema.upgrade(engine)
    with pytest.raises(schema.SchemaError, match="9999"):
        schema.downgrade(engine, schema.FIRST)


def test_somebody_elses_database_is_refused_and_left_alone(engine):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE journal (id INTEGER PRIMARY KEY)"))
    with pytest.raises(schema.SchemaError, match="不是本系统建立的"):
        schema.upgrade(engine)
    assert set(reflected(engine)) == {"journal"}


def test_down_to_what_is_not_older_is_refused(engine):
    schema.upgrade(engine)
    for version in ("7777", "base"):
        with pytest.raises(schema.SchemaError, match=f"不能退回 {version}；可以退回.*0001"):
            schema.downgrade(engine, version)


def test_servers_that_start_together_do_not_get_in_each_others_way(database_url):
    databases = [Database(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: schema.upgrade(one.engine), databases))
    assert differences(databases[0].engine) == []
    for one in databases:
        one.close()


def test_an_upgrade_that_cannot_end_well_changes_nothing(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'copilot.db'}")
    schema.upgrade(database.engine)
    schema.downgrade(database.engine, schema.FIRST)
    with closing(sqlite3.connect(tmp_path / "copilot.db")) as loose:  # without foreign keys
        loose.execute("INSERT INTO sessions VALUES ('t', 'nobody', '2026-01-01', '2026-01-01')")
        loose.commit()
    with pytest.raises(schema.SchemaError, match="sessions 中有记录指向不存在的 users；请先从备份恢复"):
        schema.upgrade(database.engine)
    with database.engine.connect() as connection:
        assert schema.current(connection) == schema.FIRST
    assert "timers" not in reflected(database.engine)
    database.close()
