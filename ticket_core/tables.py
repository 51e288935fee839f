"""SQLAlchemy tables of tickets and their journal."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, validates

from ticket_core.errors import TicketError


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in, UTC out, on a database that forgets the zone (SQLite) as well. Refuses a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """See TypeDecorator."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"a moment without its zone cannot be kept: {value}")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """See TypeDecorator."""
        if value is not None and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value and value.astimezone(UTC)


class Base(DeclarativeBase):
    """Common to all tables of the product."""


NEVER = datetime(9999, 12, 31, tzinfo=UTC)


class Ticket(Base):
    """A ticket. `version` counts the saves (optimistic locking); `first_department` is written once.

    department: the lead, at last the final one. step_due_at, step_amber_at: by when the present step is wanted and
    when it turns amber; NEVER where nothing is awaited. opinions: who ruled what in an adjudication. callbacks: the
    attempts, each {at, day, actor, outcome, reason}. evidence: the words that a field came from. touched: fields that
    a person has written.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_state_step", "state", "step_due_at", "id"),
        Index("ix_tickets_state_new", "state", "id"),
        Index("ix_tickets_state_updated", "state", "updated_at", "id"),
        Index("ix_tickets_state_urgency", "state", "urgency", "step_due_at", "id"),
        Index("ix_tickets_department_step", "department", "state", "step_due_at", "id"),
        Index("ix_tickets_agent_new", "agent", "id"),
        Index("ix_tickets_matter_new", "matter2", "created_at"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    call_id: Mapped[str | None] = mapped_column(String(64), index=True)
    channel: Mapped[str] = mapped_column(String(16), default="phone")
    state: Mapped[str] = mapped_column(String(20))
    state_before: Mapped[str] = mapped_column(String(20), default="")
    # the citizen
    called_number: Mapped[str] = mapped_column(String(32), default="")
    calling_number: Mapped[str] = mapped_column(String(254), default="", index=True)
    citizen_name: Mapped[str] = mapped_column(String(50), default="")
    sex: Mapped[str] = mapped_column(String(4), default="")
    citizen_kind: Mapped[str] = mapped_column(String(10), default="个人")
    confidential: Mapped[bool] = mapped_column(Boolean, default=False)
    wants_callback: Mapped[bool] = mapped_column(Boolean, default=True)
    callback_number: Mapped[str] = mapped_column(String(32), default="", index=True)
    # the matter
    nature: Mapped[str] = mapped_column(String(10), default="")
    matter1: Mapped[str] = mapped_column(String(50), default="")
    matter2: Mapped[str] = mapped_column(String(50), default="")
    matter3: Mapped[str] = mapped_column(String(50), default="")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    title: Mapped[str] = mapped_column(String(100), default="")
    content: Mapped[str] = mapped_column(Text, default="")
    happened_at: Mapped[str] = mapped_column(String(100), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    district: Mapped[str] = mapped_column(String(50), default="")
    coordinates: Mapped[str] = mapped_column(String(50), default="")
    grid: Mapped[str] = mapped_column(String(50), default="")
    party_concerned: Mapped[str] = mapped_column(String(100), default="")
    party_code: Mapped[str] = mapped_column(String(18), default="")
    request: Mapped[str] = mapped_column(String(500), default="")
    urgency: Mapped[str] = mapped_column(String(10), default="普通")
    sensitive: Mapped[list[str]] = mapped_column(JSON, default=list)
    # whose it is
    first_department: Mapped[str] = mapped_column(String(100), default="")
    department: Mapped[str] = mapped_column(String(100), default="")
    assisting: Mapped[list[str]] = mapped_column(JSON, default=list)
    basis: Mapped[str] = mapped_column(String(500), default="")
    locked: Mapped[bool] = mapped_column(Boolean, default=False)
    # the clocks
    rule_version: Mapped[str] = mapped_column(String(50), default="")
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sign_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contact_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contacted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    return_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_amber_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    report_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    report_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    callback_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    step_due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=NEVER)
    step_amber_at: Mapped[datetime] = mapped_column(UtcDateTime, default=NEVER)
    # what was done
    returns: Mapped[int] = mapped_column(Integer, default=0)
    returned_by: Mapped[list[str]] = mapped_column(JSON, default=list)
    redispatches: Mapped[int] = mapped_column(Integer, default=0)
    extensions: Mapped[int] = mapped_column(Integer, default=0)
    asked_days: Mapped[int] = mapped_column(Integer, default=0)
    plan: Mapped[str] = mapped_column(Text, default="")
    urges: Mapped[int] = mapped_column(Integer, default=0)
    supervision: Mapped[int] = mapped_column(Integer, default=0)
    reworks: Mapped[int] = mapped_column(Integer, default=0)
    emergency: Mapped[str] = mapped_column(String(3), default="")
    route: Mapped[str] = mapped_column(String(500), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    cited: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    reply: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(String(10), default="")
    callbacks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    first_satisfaction: Mapped[str] = mapped_column(String(10), default="")
    satisfaction: Mapped[str] = mapped_column(String(10), default="")
    opinions: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    quality_score: Mapped[float | None] = mapped_column(Float)
    archive_hash: Mapped[str] = mapped_column(String(64), default="")
    # relations
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    linked_to: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    provincial_number: Mapped[str] = mapped_column(String(40), default="")
    police_number: Mapped[str] = mapped_column(String(40), default="")
    # the desk
    summary: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    touched: Mapped[list[str]] = mapped_column(JSON, default=list)
    agent: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}

    @validates("first_department")
    def _freeze(self, _: str, value: str) -> str:
        if self.first_department and value != self.first_department:
            raise TicketError(f"首派单位已定为“{self.first_department}”，不能更改；可以改派承办单位")
        return value


class JournalEntry(Base):
    """What happened, by whom, when. One chain over all tickets: ids leave no gap, each hash covers the one before.

    changes: the ticket's columns that changed, as they are after it; details: what was given with the move.
    ticket_version: of the ticket once the change was saved.
    """

    __tablename__ = "journal"
    __table_args__ = (UniqueConstraint("ticket_id", "seq"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    seq: Mapped[int] = mapped_column(Integer)
    ticket_version: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(20))
    department: Mapped[str] = mapped_column(String(100), default="")
    source: Mapped[str] = mapped_column(String(64), default="")
    action: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500), default="")
    rule_version: Mapped[str] = mapped_column(String(50), default="")
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Timer(Base):
    """Something to be done at a moment, once. `done_at` is set in the transaction of what it did."""

    __tablename__ = "timers"
    __table_args__ = (Index("ix_timers_open", "done_at", "at"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Attachment(Base):
    """A file of a ticket; its bytes lie in the data folder under their SHA-256."""

    __tablename__ = "attachments"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
