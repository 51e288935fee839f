"""The journal is one chain: whatever was altered, taken out or put elsewhere is named."""

import pytest
from sqlalchemy import delete, update

from ticket_core import journal
from ticket_core.tables import JournalEntry, Ticket
from ticket_core.vocabulary import Action, Role


@pytest.fixture
def kept(session, life):
    """Two tickets whose entries lie between each other, and the number of the last entry."""
    first, second = life.draft(), life.draft()
    for ticket in (first, second):
        life.act(ticket, Action.SUBMIT, Role.AGENT)
    life.act(first, Action.APPROVE, Role.REVIEWER)
    return journal.head(session)[0]


def swap(session, one, other):
    for number, to in ((one, -1), (other, one), (-1, other)):
        session.execute(update(JournalEntry).where(JournalEntry.id == number).values(id=to))


def test_a_sound_journal_has_no_flaw(session, kept):
    seen = []
    anchors = {kept: journal.head(session)[1]}
    assert journal.verify(session, anchors, lambda done, total: seen.append((done, total))) is None
    assert journal.astray(session) is None
    assert seen[-1] == (kept, kept)


@pytest.mark.parametrize("column", ["actor", "reason", "source", "rule_version", "action", "to_state"])
def test_an_altered_entry_is_named(session, kept, column):
    session.execute(update(JournalEntry).where(JournalEntry.id == 3).values({column: "x"}))
    flaw = journal.verify(session)
    assert (flaw.entry, "被改动" in flaw.what) == (3, True)


def test_altered_data_and_a_moment_are_named(session, kept, life):
    session.execute(update(JournalEntry).where(JournalEntry.id == 2).values(changes={"title": "改过"}))
    assert journal.verify(session).entry == 2
    session.rollback()


def test_a_moment_that_was_moved_is_named(session, kept, life):
    session.execute(update(JournalEntry).where(JournalEntry.id == 4).values(at=life.now))
    assert journal.verify(session).entry == 4


def test_a_missing_entry_is_named(session, kept):
    session.execute(delete(JournalEntry).where(JournalEntry.id == 3))
    flaw = journal.verify(session)
    assert (flaw.entry, "缺失" in flaw.what) == (3, True)


def test_entries_that_changed_places_are_named(session, kept):
    swap(session, 2, 4)
    assert journal.verify(session).entry == 2


def test_an_entry_whose_hash_was_made_anew_breaks_the_next(session, kept):
    entry = session.get_one(JournalEntry, 3)
    entry.reason = "改写"
    entry.hash = journal.digest({name: getattr(entry, name) for name in journal.COVERED})
    session.flush()
    assert journal.verify(session).entry == 4


def test_a_tail_cut_off_is_told_by_the_anchor_outside(session, kept):
    anchors = {kept: journal.head(session)[1]}
    session.execute(delete(JournalEntry).where(JournalEntry.id > kept - 2))
    assert journal.verify(session) is None
    flaw = journal.verify(session, anchors)
    assert (flaw.entry, "锚定" in flaw.what) == (kept - 1, True)


def test_a_journal_written_anew_is_told_by_the_anchor(session, kept):
    assert journal.verify(session, {kept - 1: "0" * 64}).entry == kept - 1


@pytest.mark.parametrize("change", [{"state": "closed"}, {"version": 99}])
def test_a_ticket_that_was_changed_behind_the_journal_is_named(session, kept, change):
    session.execute(update(Ticket).where(Ticket.id == 2).values(change))
    assert journal.astray(session).ticket == 2


def test_a_ticket_without_entries_is_named(session, kept):
    session.execute(delete(JournalEntry).where(JournalEntry.ticket_id == 1))
    assert journal.astray(session).ticket == 1
