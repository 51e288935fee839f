"""The journal: written in the transaction of the change, one hash chain over all tickets."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, func, inspect, select, text
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.exc import StaleDataError

from ticket_core import words
from ticket_core.by import By
from ticket_core.errors import Conflict, TicketError
from ticket_core.tables import JournalEntry, Ticket
from ticket_core.vocabulary import Action, State

GENESIS = "0" * 64
SKEW = timedelta(seconds=60)  # between servers; more is a clock that was set back
LOCK = 12345
TABLE = cast(Table, JournalEntry.__table__)
COLUMNS = tuple(inspect(Ticket).column_attrs.keys())
COVERED = tuple(column.name for column in TABLE.columns if column.name != "hash")
BATCH = 2000
SIMPLE = (str, int, float, bool, type(None))
LINE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=lambda value: plain(value))
_LAST = text(
    "SELECT (SELECT max(id) FROM journal) AS id, (SELECT hash FROM journal ORDER BY id DESC LIMIT 1) AS hash, "
    "(SELECT max(seq) FROM journal WHERE ticket_id = :ticket) AS seq"
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first entry that is not as it was written; entry 0: no entry at all."""

    entry: int
    ticket: int
    what: str


def write(
    session: Session,
    ticket: Ticket,
    action: Action,
    by: By,
    before: State,
    *,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
    rules: str = "",
) -> JournalEntry:
    """Save the ticket and append what was just done to it. Raises Conflict when another transaction saved it first.

    Raises TicketError where the clock stands before the ticket's last change. rules: the version of the rule pack that
    it was done under, where the ticket has none of its own yet.
    """
    lock(session)
    at = _moment(ticket, by.at)
    created = action == Action.CREATE
    changes = {} if created else _changes(ticket)
    if changes:
        ticket.updated_at, changes["updated_at"] = at, plain(at)
        _flush(session)
    last = session.connection().execute(_LAST, {"ticket": ticket.id}).one()
    entry = JournalEntry(
        id=(last.id or 0) + 1,
        ticket_id=ticket.id,
        seq=(last.seq or 0) + 1,
        ticket_version=ticket.version,
        at=at,
        actor=by.actor,
        role=by.role.value,
        department=by.department,
        source=by.source,
        action=action.value,
        from_state=before.value,
        to_state=ticket.state,
        reason=reason,
        rule_version=ticket.rule_version or rules,
        changes=snapshot(ticket) if created else changes,
        details=plain(dict(details or {})),
        previous_hash=last.hash or GENESIS,
    )
    row = {name: getattr(entry, name) for name in COVERED}
    entry.hash = digest(row)
    session.connection().execute(TABLE.insert(), row | {"hash": entry.hash})
    if entry.changes:
        words.index(session, ticket, fresh=created)
    return entry


def lock(session: Session) -> None:
    """Nobody else appends until this transaction ends: SQLite has one writer, PostgreSQL is asked for a lock.

    The connection's option `in_turn`: it has been asked already.
    """
    connection = session.connection()  # asked through the session it would flush first
    if connection.dialect.name == "postgresql" and not connection.get_execution_options().get("in_turn"):
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))


def head(session: Session) -> tuple[int, str]:
    """The number and hash of the last entry; of none: 0 and GENESIS."""
    row = session.execute(select(TABLE.c.id, TABLE.c.hash).order_by(TABLE.c.id.desc()).limit(1)).first()
    return (row.id, row.hash) if row else (0, GENESIS)


def digest(entry: Mapping[str, Any] | RowMapping) -> str:
    """SHA-256 over the hash before it and the entry, as JSON with sorted keys and UTC moments."""
    line = LINE.encode({name: entry[name] for name in COVERED})
    return hashlib.sha256((str(entry["previous_hash"]) + line).encode()).hexdigest()


def verify(
    session: Session,
    anchors: Mapping[int, str] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Flaw | None:
    """The first entry that was altered, is missing or out of order; None when all is well.

    anchors: entry -> hash as noted outside the database; they tell of a tail cut off, too. progress: entries done
    and to do.
    """
    anchors, (total, _) = anchors or {}, head(session)
    number, previous = 0, GENESIS
    with session.execute(select(TABLE).order_by(TABLE.c.id).execution_options(yield_per=BATCH)) as rows:
        for row in rows.mappings():
            if flaw := _flaw(row, number + 1, previous, anchors):
                return flaw
            number, previous = row["id"], row["hash"]
            if number % BATCH == 0:
                progress(number, total)
    progress(number, total)
    if lost := [entry for entry in anchors if entry > number]:
        return Flaw(number + 1, 0, f"第 {number + 1} 条起的记录缺失：锚定文件记到第 {max(lost)} 条")
    return None


def astray(session: Session) -> Flaw | None:
    """The first ticket whose row is not what its journal says, in state or version."""
    newest = select(TABLE.c.ticket_id, func.max(TABLE.c.id).label("id")).group_by(TABLE.c.ticket_id).subquery()
    last = aliased(JournalEntry)
    query = select(Ticket.id, last.id.label("entry")).outerjoin(newest, newest.c.ticket_id == Ticket.id)
    query = query.outerjoin(last, last.id == newest.c.id)
    told = (last.to_state == Ticket.state) & (last.ticket_version == Ticket.version)
    row = session.execute(query.where(last.id.is_(None) | ~told).order_by(Ticket.id).limit(1)).first()
    return Flaw(row.entry or 0, row.id, "工单与它的办理记录不一致，工单被直接改动") if row else None


def rebuild(entries: Iterable[JournalEntry]) -> dict[str, Any]:
    """A ticket's columns, as `snapshot` gives them, from its journal alone; entries in their order."""
    row: dict[str, Any] = {}
    for entry in entries:
        row |= entry.changes
        row["version"] = entry.ticket_version
    return row


def snapshot(ticket: Ticket) -> dict[str, Any]:
    """Every column of a saved ticket, as JSON can hold it."""
    held = vars(ticket)  # what is there costs less than asking the mapper for it
    return {name: plain(held[name] if name in held else getattr(ticket, name)) for name in COLUMNS}


def plain(value: Any) -> Any:
    """A value as JSON can hold it; moments in UTC."""
    if value.__class__ in SIMPLE:
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def _changes(ticket: Ticket) -> dict[str, Any]:
    state = inspect(ticket)
    return {name: plain(getattr(ticket, name)) for name in COLUMNS if state.attrs[name].history.has_changes()}


def _moment(ticket: Ticket, at: datetime) -> datetime:
    last = ticket.updated_at
    if last is not None and at < last - SKEW:
        raise TicketError(f"服务器时间早于这张工单上一次办理的时间（{last:%Y-%m-%d %H:%M:%S} UTC），请先校准时间再办理")
    return max(at, last) if last else at


def _flush(session: Session) -> None:
    try:
        session.flush()
    except StaleDataError as error:
        raise Conflict("这张工单刚刚被别人办理，您的操作没有保存；请刷新后核对再办") from error


def _flaw(row: RowMapping, expected: int, previous: str, anchors: Mapping[int, str]) -> Flaw | None:
    if row["id"] != expected:
        return Flaw(expected, 0, f"第 {expected} 条记录缺失或次序被改动")
    if row["previous_hash"] != previous:
        return Flaw(expected, row["ticket_id"], f"第 {expected} 条记录与前一条接不上，次序被改动或前一条被替换")
    if row["hash"] != digest(row):
        return Flaw(expected, row["ticket_id"], f"第 {expected} 条记录被改动")
    if anchors.get(expected, row["hash"]) != row["hash"]:
        return Flaw(expected, row["ticket_id"], f"第 {expected} 条记录与锚定文件不符，记录被整体改写")
    return None
