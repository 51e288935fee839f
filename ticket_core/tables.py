"""SQLAlchemy tables of tickets and their journal."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    DateTime,
    Dialect,
    ForeignKey,
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


class Ticket(Base):
    """A ticket. `version` counts the saves (optimistic locking); `first_department` is written once."""

    __tablename__ = "tickets"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    call_id: Mapped[str | None] = mapped_column(String(64), index=True)
    channel: Mapped[str] = mapped_column(String(16), default="phone")
    state: Mapped[str] = mapped_column(String(20), index=True)
    called_number: Mapped[str] = mapped_column(String(32), default="")
    calling_number: Mapped[str] = mapped_column(String(32), default="", index=True)
    citizen_name: Mapped[str] = mapped_column(String(50), default="")
    sex: Mapped[str] = mapped_column(String(4), default="")
    confidential: Mapped[bool] = mapped_column(Boolean, default=False)
    callback_number: Mapped[str] = mapped_column(String(32), default="")
    nature: Mapped[str] = mapped_column(String(10), default="")
    matter1: Mapped[str] = mapped_column(String(50), default="")
    matter2: Mapped[str] = mapped_column(String(50), default="")
    title: Mapped[str] = mapped_column(String(100), default="")
    content: Mapped[str] = mapped_column(Text, default="")
    happened_at: Mapped[str] = mapped_column(String(100), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    district: Mapped[str] = mapped_column(String(50), default="")
    party_concerned: Mapped[str] = mapped_column(String(100), default="")
    request: Mapped[str] = mapped_column(String(500), default="")
    urgency: Mapped[str] = mapped_column(String(10), default="普通")
    first_department: Mapped[str] = mapped_column(String(100), default="")
    department: Mapped[str] = mapped_column(String(100), default="", index=True)
    basis: Mapped[str] = mapped_column(String(500), default="")
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rule_version: Mapped[str] = mapped_column(String(50), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    cited: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    summary: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    touched: Mapped[list[str]] = mapped_column(JSON, default=list)
    agent: Mapped[str] = mapped_column(String(64), default="", index=True)
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
    """What happened, by whom, when; each entry's hash covers the one before it in the same ticket.

    `ticket_version` is the ticket's version once the change was saved.
    """

    __tablename__ = "journal"
    __table_args__ = (UniqueConstraint("ticket_id", "seq"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    seq: Mapped[int] = mapped_column(Integer)
    ticket_version: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500), default="")
    rule_version: Mapped[str] = mapped_column(String(50), default="")
    idempotency_key: Mapped[str | None] = mapped_column(String(100), unique=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
