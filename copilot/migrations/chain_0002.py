"""From a journal chained per ticket to one chain over all tickets, and back; with the digests of then."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

Row = dict[str, Any]
GENESIS = "0" * 64
BATCH = 1000
MOMENT = sa.DateTime(timezone=True)
BEFORE = "before_upgrade"  # in `details`: what an entry was before
KEPT = ("id", "seq", "action", "idempotency_key", "data", "previous_hash", "hash")
SAME = ("ticket_id", "ticket_version", "at", "actor", "role", "action", "from_state", "to_state", "reason")
COMMON = (*SAME, "seq", "rule_version", "previous_hash")
OLD_COVERED = {*COMMON, "idempotency_key", "data"} - {"previous_hash", "at"}
NEW_COVERED = {*COMMON, "id", "department", "source", "changes", "details"}
# What the old program does not know, and the nearest that it does.
STATES = {
    "merged": "closed",
    "conference": "to_dispatch",
    "extension_requested": "in_progress",
    "pend_requested": "in_progress",
    "pended": "in_progress",
    "rework": "in_progress",
    "adjudication": "to_call_back",
    "archived": "closed",
}
ROLES = {"team_leader": "reviewer", "admin": "supervisor"}
OLD_ACTIONS = frozenset(
    "create fill edit release answer route_out escalate submit approve send_back dispatch sign ask_return accept_return"
    " refuse_return reply accept_reply refuse_reply close".split()
)


@dataclass(slots=True)
class Tail:
    """How far the old journal of a ticket was read. flaw: what was found wrong with it."""

    seq: int = 0
    hash: str = GENESIS
    state: str = ""
    flaw: str = ""


def join() -> None:
    """The old entries in their order, then for each ticket one entry that holds all its columns as they are now."""
    before = _set_aside(_old())
    journal = op.create_table("journal", *_new(), sa.UniqueConstraint("ticket_id", "seq"))
    tails: dict[int, Tail] = {}
    last = _join_entries(before, journal, tails)
    _join_tickets(journal, tails, last)
    op.drop_table("journal_before")


def split() -> None:
    """A chain per ticket again. Entries of before are as they were; the later ones keep what they hold in `data`."""
    before = _set_aside(_new())
    journal = op.create_table("journal", *_old(), sa.UniqueConstraint("ticket_id", "seq"))
    op.create_index("ix_journal_ticket_id", "journal", ["ticket_id"])
    tails: dict[int, Tail] = {}
    for batch in _batches(before):
        op.bulk_insert(journal, [_older(row, tails) for row in batch if row["action"] != "upgrade"])
    op.drop_table("journal_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval('journal_id_seq', max(id)) FROM journal")


def _join_entries(before: sa.TableClause, journal: sa.Table, tails: dict[int, Tail]) -> tuple[int, str]:
    number, previous = 0, GENESIS
    for batch in _batches(before):
        rows = [_newer(row, tails) for row in batch]
        number, previous = _chain(rows, number, previous)
        op.bulk_insert(journal, rows)
    return number, previous


def _join_tickets(journal: sa.Table, tails: dict[int, Tail], last: tuple[int, str]) -> None:
    tickets = sa.Table("tickets", sa.MetaData(), autoload_with=op.get_bind())
    number, previous = last
    now = datetime.now(UTC)
    for batch in _batches(tickets):
        rows = [_upgraded(ticket, tails.get(ticket["id"], Tail()), now) for ticket in batch]
        number, previous = _chain(rows, number, previous)
        op.bulk_insert(journal, rows)


def _newer(old: Row, tails: dict[int, Tail]) -> Row:
    tail = tails.setdefault(old["ticket_id"], Tail())
    expected = (tail.seq + 1, tail.hash, _old_digest(old))
    if not tail.flaw and expected != (old["seq"], old["previous_hash"], old["hash"]):
        tail.flaw = f"升级前第 {old['seq']} 条办理记录已被改动，或它前面的记录缺失"
    tail.seq, tail.hash, tail.state = old["seq"], old["hash"], old["to_state"]
    action = "close" if old["action"] == "call_back" else old["action"]
    own: Row = {"action": action, "department": "", "source": "", "changes": {}}
    kept = {name: old[name] for name in KEPT}
    return {name: old[name] for name in (*SAME, "seq", "rule_version")} | own | {"details": {BEFORE: kept}}


def _upgraded(ticket: Row, tail: Tail, now: datetime) -> Row:
    if not tail.flaw and tail.state != ticket["state"]:
        tail.flaw = "升级前工单状态与办理记录不一致" if tail.seq else "升级前没有办理记录"
    return {
        "ticket_id": ticket["id"],
        "seq": tail.seq + 1,
        "ticket_version": ticket["version"],
        "at": now,
        "actor": "system",
        "role": "system",
        "department": "",
        "source": "",
        "action": "upgrade",
        "from_state": ticket["state"],
        "to_state": ticket["state"],
        "reason": tail.flaw,
        "rule_version": ticket["rule_version"],
        "changes": _plain(ticket),
        "details": {},
    }


def _older(new: Row, tails: dict[int, Tail]) -> Row:
    tail = tails.setdefault(new["ticket_id"], Tail())
    row = {name: new[name] for name in (*SAME, "rule_version")}
    if kept := new["details"].get(BEFORE):
        row |= {name: kept[name] for name in KEPT if name != "id"}
    else:
        row |= _approximated(new) | {"seq": tail.seq + 1, "previous_hash": tail.hash, "idempotency_key": None}
        row["hash"] = _old_digest(row)
    tail.seq, tail.hash = row["seq"], row["hash"]
    return row | {"id": new["id"]}


def _approximated(new: Row) -> Row:
    """What the old program can read of an entry that it would not have written; the whole entry stands in `data`."""
    lost = ("action", "role", "from_state", "to_state", "department", "source", "changes", "details")
    return {
        "action": new["action"] if new["action"] in OLD_ACTIONS else "edit",
        "role": ROLES.get(new["role"], new["role"]),
        "from_state": STATES.get(new["from_state"], new["from_state"]),
        "to_state": STATES.get(new["to_state"], new["to_state"]),
        "data": {"after_upgrade": {name: new[name] for name in lost}},
    }


def _chain(rows: list[Row], number: int, previous: str) -> tuple[int, str]:
    """Number the rows and hash them onto what was before; the new end."""
    for row in rows:
        number += 1
        row |= {"id": number, "previous_hash": previous}
        row["hash"] = previous = _new_digest(row)
    return number, previous


def _old_digest(row: Row) -> str:
    body = {name: row[name] for name in OLD_COVERED}
    body["at"] = row["at"].astimezone(UTC).replace(tzinfo=None).isoformat()
    return _sha256(row["previous_hash"], body)


def _new_digest(row: Row) -> str:
    return _sha256(row["previous_hash"], _plain({name: row[name] for name in NEW_COVERED}))


def _sha256(previous: str, body: Mapping[str, Any]) -> str:
    line = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((previous + line).encode()).hexdigest()


def _plain(row: Mapping[str, Any]) -> Row:
    """As JSON can hold it; moments in UTC."""
    return {name: _moment(value) if isinstance(value, datetime) else value for name, value in row.items()}


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _set_aside(columns: Sequence[sa.Column[Any]]) -> sa.TableClause:
    """A copy of the journal, which is dropped: so the new one's constraints can bear the names of the old."""
    op.execute("CREATE TABLE journal_before AS SELECT * FROM journal")
    op.create_index("journal_before_id", "journal_before", ["id"])
    op.drop_table("journal")
    return sa.table("journal_before", *(sa.column(one.name, one.type) for one in columns))


def _batches(table: sa.FromClause) -> Iterator[list[Row]]:
    """Rows by id, a thousand at a time, every moment with its zone."""
    after = 0
    while True:
        query = sa.select(table).where(table.c.id > after).order_by(table.c.id).limit(BATCH)
        rows = [_aware(row) for row in op.get_bind().execute(query).mappings()]
        if not rows:
            return
        yield rows
        after = rows[-1]["id"]


def _aware(row: sa.RowMapping) -> Row:
    """SQLite forgets the zone: UTC."""
    naive = {name: at.replace(tzinfo=UTC) for name, at in row.items() if isinstance(at, datetime) and not at.tzinfo}
    return {**row, **naive}


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _common() -> list[sa.Column[Any]]:
    return [
        sa.Column("ticket_id", sa.Integer, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("ticket_version", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _text("actor", 64),
        _text("role", 20),
        _text("action", 20),
        _text("from_state", 20),
        _text("to_state", 20),
        _text("reason", 500),
        _text("rule_version", 50),
        _text("previous_hash", 64),
        _text("hash", 64),
    ]


def _old() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Integer, primary_key=True),
        *_common(),
        sa.Column("idempotency_key", sa.String(100), unique=True),
        sa.Column("data", sa.JSON, nullable=False),
    ]


def _new() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        *_common(),
        _text("department", 100),
        _text("source", 64),
        sa.Column("changes", sa.JSON, nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
    ]
