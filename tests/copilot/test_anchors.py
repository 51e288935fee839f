"""The journal's head in a file outside the database, and the command that verifies against it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from copilot import __main__ as command
from copilot import anchors, parts
from copilot.settings import Settings
from ticket_core import journal, tickets
from ticket_core.by import By
from ticket_core.deadline import ZONE
from ticket_core.vocabulary import Role


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A database with ten entries; its folder is the one that the command looks at."""
    monkeypatch.setenv("COPILOT_DATA", str(tmp_path))
    database = parts.open_database(Settings(data=tmp_path))
    for number in range(10):
        database.submit(lambda session, n=number: tickets.draft(session, by(n))[0].id).result()
    yield database
    database.close()


def by(minutes):
    return By("wangli", Role.AGENT, datetime(2026, 3, 2, 10, tzinfo=ZONE) + timedelta(minutes=minutes))


def note(database, folder, days=0):
    return database.read_now(lambda session: anchors.note(folder, session, by(0).at + timedelta(days=days)))


def tamper(database, statement):
    """As somebody with the database's own password would."""
    with database.engine.begin() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("PRAGMA foreign_keys=OFF"))
        connection.execute(text(statement))


def test_the_head_is_noted_once_a_day(site, tmp_path):
    assert [note(site, tmp_path), note(site, tmp_path), note(site, tmp_path, days=1)] == [True, False, True]
    assert anchors.read(tmp_path) == {10: site.read_now(journal.head)[1]}


def test_a_file_that_was_changed_is_refused(site, tmp_path):
    note(site, tmp_path)
    (tmp_path / anchors.NAME).write_text("2026-03-02 ten abc\n", "utf8")
    with pytest.raises(anchors.AnchorError, match="第 1 行读不出来"):
        anchors.read(tmp_path)


def test_the_command_finds_a_sound_journal_sound(site, tmp_path, capsys):
    note(site, tmp_path)
    assert command.main(["journal", "verify"]) == 0
    assert "10 条" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE journal SET actor = 'x' WHERE id = 4", "第 4 条"),
        ("DELETE FROM journal WHERE id = 6", "第 6 条"),
        ("DELETE FROM journal WHERE id > 7", "第 8 条"),
        ("UPDATE tickets SET state = 'closed' WHERE id = 3", "工单"),
    ],
)
def test_the_command_names_what_was_tampered_with(site, tmp_path, capsys, statement, says):
    note(site, tmp_path)
    tamper(site, statement)
    assert command.main(["journal", "verify"]) == 1
    assert says in capsys.readouterr().err
