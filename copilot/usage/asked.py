"""Asked and not found: what agents searched, callers said and citizens wrote that the base had no answer to."""

import logging
import re
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.database import Database
from copilot.masking import mask
from copilot.usage.tables import Asked
from kb_index.search.query import essence
from ticket_core.tables import Ticket
from ticket_core.text import visible

log = logging.getLogger(__name__)
LONGEST = 500
CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")
SAME = timedelta(minutes=2)  # within which a longer or shorter search of the same person is the same question


class Source(StrEnum):
    """Where a question came from."""

    SEARCH = "search"
    CALL = "call"
    TICKET = "ticket"

    @property
    def label(self) -> str:
        """As the screen says it."""
        return {"search": "坐席检索", "call": "通话", "ticket": "书面来件"}[self.value]


def note_search(database: Database, user: str, text: str) -> None:
    """A search without a hit. Returns at once and never raises: it is written behind the answer."""
    now = datetime.now(UTC)
    _behind(database, lambda session: searched(session, user, text, now))


def note_ticket(database: Database, ticket: int, user: str) -> None:
    """A written ticket that nothing can be suggested for; as `note_search`."""
    now = datetime.now(UTC)
    _behind(database, lambda session: written(session, ticket, user, now))


def searched(session: Session, user: str, text: str, now: datetime) -> Asked | None:
    """Keep a search. What goes on from the one before, or shortens it, takes its place; None: it asks nothing."""
    clean = asks(text)
    if not clean:
        return None
    own = select(Asked).where(Asked.source == Source.SEARCH, Asked.user == user, Asked.at >= now - SAME)
    for before in session.scalars(own.order_by(Asked.id.desc())):
        if before.gap is None and (clean.startswith(before.text) or before.text.startswith(clean)):
            before.text, before.at = max(clean, before.text, key=len), now
            return before
    return _add(session, Asked(source=Source.SEARCH, text=clean, user=user, at=now))


def written(session: Session, ticket: int, user: str, now: datetime) -> Asked | None:
    """Keep what a written ticket asks, once however often it is looked at."""
    row = session.get_one(Ticket, ticket)
    told = dict.fromkeys(filter(None, (row.title, row.content, row.request)))
    clean = asks("。".join(told), row.citizen_name)
    known = session.scalar(select(Asked).where(Asked.ticket == ticket))
    if known is not None or not clean:
        return known
    return _add(session, Asked(source=Source.TICKET, text=clean, user=user, ticket=ticket, at=now))


def in_call(session: Session, call: str, words: str, name: str, user: str, at: datetime) -> Asked | None:
    """Keep what the citizen of a call asked that was shown no card; name: the citizen's, empty: not known."""
    clean = asks(words, name)
    known = session.scalar(select(Asked).where(Asked.call == call))
    if known is not None or not clean:
        return known
    return _add(session, Asked(source=Source.CALL, text=clean, user=user, call=call, at=at))


def asks(text: str, name: str = "") -> str:
    """What a text asks, masked; empty where it asks nothing in Chinese: slips of the keyboard are no gap."""
    clean = mask(essence(visible(text)), (name,))[:LONGEST]
    return clean if CHINESE.search(clean) else ""


def _add(session: Session, row: Asked) -> Asked:
    session.add(row)
    session.flush()
    return row


def _behind(database: Database, work: Callable[[Session], object]) -> None:
    database.submit(work).add_done_callback(_failed)


def _failed(done: "Future[object]") -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        log.warning("question not kept", extra={"kind": type(error).__name__})
