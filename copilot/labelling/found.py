"""What a source finds to be labelled, and how it is kept: once for each subject."""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.labelling.tables import LabelItem, LabelMark
from copilot.labelling.work import OPEN, VOID, void

KEY = "citizens"
CHUNK = 500  # subjects asked for at once: below what either database takes as parameters


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item that may be there already; the fields are those of `LabelItem`."""

    queue: str
    subject: str
    body: Mapping[str, Any]
    origin: Mapping[str, Any] = field(default_factory=dict)
    priority: float = 1.0
    call: str = ""
    ticket: int | None = None
    citizen: str = ""
    article: str = ""
    sampling: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """mark: where to go on; the same as before: there is nothing more. current: an article's subjects, all of them."""

    items: list[NewItem]
    mark: str
    current: dict[str, set[str]] = field(default_factory=dict)


def keep(session: Session, source: str, found: Found, now: datetime) -> dict[str, int]:
    """Add what is new, let go what is gone, note how far it was read. How many were added, by queue."""
    added: dict[str, int] = defaultdict(int)
    for queue in {one.queue for one in found.items}:
        fresh = {one.subject: one for one in found.items if one.queue == queue}
        for subject in fresh.keys() - _known(session, queue, fresh):
            session.add(_row(fresh[subject], now))
            added[queue] += 1
    for article, subjects in found.current.items():
        _let_go(session, article, subjects)
    put_mark(session, source, found.mark)
    return dict(added)


def mark(session: Session, name: str) -> str:
    """A mark; empty: none yet."""
    row = session.get(LabelMark, name)
    return row.value if row else ""


def put_mark(session: Session, name: str, value: str) -> None:
    """Set a mark."""
    session.merge(LabelMark(name=name, value=value))


def ready(session: Session) -> None:
    """Make the key of hashes where there is none yet."""
    if not mark(session, KEY):
        put_mark(session, KEY, secrets.token_hex(16))


def citizen(session: Session, *numbers: str) -> str:
    """Keyed hashes of a citizen's numbers and addresses, in order, with a space between; of none: empty."""
    key = mark(session, KEY).encode()
    told = {number for number in numbers if "@" in number or sum(c.isdigit() for c in number) >= 5}
    return " ".join(sorted(hashlib.blake2b(one.encode(), key=key, digest_size=8).hexdigest() for one in told))


def digest(*parts: str) -> str:
    """A short name of what is too long to be one."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


def _known(session: Session, queue: str, subjects: Iterable[str]) -> set[str]:
    wanted, found = sorted(subjects), set[str]()
    for start in range(0, len(wanted), CHUNK):
        within = LabelItem.subject.in_(wanted[start : start + CHUNK])
        found |= set(session.scalars(select(LabelItem.subject).where(LabelItem.queue == queue, within)))
    return found


def _row(one: NewItem, now: datetime) -> LabelItem:
    return LabelItem(
        queue=one.queue,
        subject=one.subject,
        state=OPEN,
        priority=one.priority,
        body=dict(one.body),
        origin=dict(one.origin),
        call=one.call,
        ticket=one.ticket,
        citizen=one.citizen,
        article=one.article,
        sampling=one.sampling,
        made_at=now,
    )


def _let_go(session: Session, article: str, subjects: set[str]) -> None:
    """Items of an article's slices that no version holds any more are void; those that are held again are open."""
    rows = session.scalars(select(LabelItem).where(LabelItem.article == article, LabelItem.queue == "slices"))
    for row in rows:
        if row.subject not in subjects:
            void([row])
        elif row.state == VOID:
            row.state = OPEN
