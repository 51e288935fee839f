"""The journal: written in the transaction of the change, hash-chained within a ticket."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ticket_core.tables import JournalEntry, Ticket
from ticket_core.workflow import Action, Role, State

GENESIS = "0" * 64
COVERED = (
    "ticket_id",
    "seq",
    "ticket_version",
    "actor",
    "role",
    "action",
    "from_state",
    "to_state",
    "reason",
    "rule_version",
    "idempotency_key",
    "data",
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Where a ticket and its journal do not agree; seq 0: the journal as a whole."""

    ticket: int
    seq: int
    what: str


def write(
    session: Session,
    ticket: Ticket,
    action: Action,
    actor: str,
    role: Role,
    before: State,
    reason: str = "",
    data: dict[str, Any] | None = None,
    idempotency_key: str = "",
) -> JournalEntry:
    """Append what was just done to `ticket`, whose id must be known."""
    last = session.scalar(_of(ticket.id).order_by(JournalEntry.seq.desc()).limit(1))
    entry = JournalEntry(
        ticket_id=ticket.id,
        seq=last.seq + 1 if last else 1,
        ticket_version=ticket.version,
        at=datetime.now(UTC),
        actor=actor,
        role=role.value,
        action=action.value,
        from_state=before.value,
        to_state=ticket.state,
        reason=reason,
        rule_version=ticket.rule_version or "",
        idempotency_key=idempotency_key or None,
        data=data or {},
        previous_hash=last.hash if last else GENESIS,
    )
    entry.hash = digest(entry)
    session.add(entry)
    session.flush()
    return entry


def digest(entry: JournalEntry) -> str:
    """SHA-256 over the entry and the hash before it."""
    body = {name: getattr(entry, name) for name in COVERED}
    body["at"] = entry.at.astimezone(UTC).replace(tzinfo=None).isoformat()
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((entry.previous_hash + text).encode()).hexdigest()


def verify(session: Session, ticket: int) -> JournalEntry | None:
    """The first entry of a ticket that was altered, or that follows a missing one; None when all is well.

    Entries cut off at the end leave a sound chain: `audit` finds those.
    """
    return _broken(session.scalars(_of(ticket).order_by(JournalEntry.seq)).all())


def audit(session: Session) -> list[Flaw]:
    """Every ticket whose journal was altered, is gone, or tells another state than the ticket's."""
    flaws = []
    for ticket, state in session.execute(select(Ticket.id, Ticket.state).order_by(Ticket.id)).all():
        entries = session.scalars(_of(ticket).order_by(JournalEntry.seq)).all()
        if not entries:
            flaws.append(Flaw(ticket, 0, "没有办理记录，记录可能被删除"))
        elif broken := _broken(entries):
            flaws.append(Flaw(ticket, broken.seq, "这条记录被改动过，或它前面的记录缺失"))
        elif state_from(entries) != state:
            flaws.append(Flaw(ticket, entries[-1].seq, "工单状态与办理记录不一致，状态被改动或末尾记录缺失"))
    return flaws


def _broken(entries: Sequence[JournalEntry]) -> JournalEntry | None:
    previous = GENESIS
    for seq, entry in enumerate(entries, 1):
        if entry.seq != seq or entry.previous_hash != previous or entry.hash != digest(entry):
            return entry
        previous = entry.hash
    return None


def state_from(entries: Sequence[JournalEntry]) -> State:
    """The state of a ticket, from its journal alone."""
    return State(max(entries, key=lambda entry: entry.seq).to_state)


def _of(ticket: int) -> Select[JournalEntry]:
    return select(JournalEntry).where(JournalEntry.ticket_id == ticket)
