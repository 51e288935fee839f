"""Which ticket cites which article: the tickets' journal followed, so that nobody has to look through every ticket."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from copilot.usage.tables import Cited, Followed
from ticket_core.tables import JournalEntry

TICKETS = "tickets"
BATCH = 2000


def follow(session: Session, most: int | None = None) -> int:
    """Take in what the journal says since the last time, so many entries at most; how many were taken in."""
    place = session.get(Followed, TICKETS) or Followed(name=TICKETS, entry=0)
    session.add(place)
    done = 0
    while most is None or done < most:
        query = select(JournalEntry.id, JournalEntry.ticket_id, JournalEntry.seq, JournalEntry.at, JournalEntry.changes)
        rows = session.execute(query.where(JournalEntry.id > place.entry).order_by(JournalEntry.id).limit(BATCH)).all()
        for entry, ticket, number, at, changes in rows:
            place.entry = entry
            if changes.get("cited") or (number > 1 and "cited" in changes):
                _replace(session, ticket, at, changes["cited"])
        session.flush()
        done += len(rows)
        if len(rows) < BATCH:
            break
    return done


def behind(session: Session) -> bool:
    """Whether the journal has entries that were not taken in."""
    taken = session.scalar(select(Followed.entry).where(Followed.name == TICKETS)) or 0
    return session.scalar(select(JournalEntry.id).where(JournalEntry.id > taken).limit(1)) is not None


def _replace(session: Session, ticket: int, at: datetime, cited: list[dict[str, Any]]) -> None:
    session.execute(delete(Cited).where(Cited.ticket == ticket))
    for article, version in {one["article"]: one["version"] for one in cited}.items():
        session.add(Cited(ticket=ticket, article=article, version=version, at=at))
    session.flush()
