"""What the roof keeps: calls, their events, card decisions, users and sessions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ticket_core.tables import Base, UtcDateTime


class CallRow(Base):
    """A call. state: ringing, live, ended, lost (the server stopped in mid-call)."""

    __tablename__ = "calls"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent: Mapped[str] = mapped_column(String(64), index=True)
    number: Mapped[str] = mapped_column(String(32), index=True)
    called: Mapped[str] = mapped_column(String(32))
    source: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16), index=True)
    title: Mapped[str] = mapped_column(String(100), default="")
    ticket: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seconds: Mapped[float] = mapped_column(Float, default=0.0)


class EventRow(Base):
    """A kept wire event; (call, seq) is its place."""

    __tablename__ = "events"
    call: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    type: Mapped[str] = mapped_column(String(16))
    body: Mapped[dict[str, object]] = mapped_column(JSON)


class CardDecision(Base):
    """That the agent took or refused a card, or took that back; the newest row of a card counts."""

    __tablename__ = "card_decisions"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    call: Mapped[str] = mapped_column(ForeignKey("calls.id"), index=True)
    article: Mapped[str] = mapped_column(String(64), index=True)
    version: Mapped[int] = mapped_column(Integer)
    decision: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(100), default="")
    agent: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class User(Base):
    """Someone who may sign in; `password` is an argon2 hash. department: of a department's staff; team: of agents.

    temporary: the password was given out by an administrator. changes_at: when a change of the user that was made
    ahead comes into effect.
    """

    __tablename__ = "users"
    username: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(32))
    department: Mapped[str] = mapped_column(String(100), default="", index=True)
    team: Mapped[str] = mapped_column(String(64), default="", index=True)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    temporary: Mapped[bool] = mapped_column(Boolean, default=False)
    changes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    password: Mapped[str] = mapped_column(String(200))
    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignIn(Base):
    """A server-side session; the key is the SHA-256 of the cookie's token."""

    __tablename__ = "sessions"
    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("users.username"), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DoneOnce(Base):
    """The answer to a request with an idempotency key; `request` is the SHA-256 of what was asked for."""

    __tablename__ = "done_once"
    user: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    request: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, object]] = mapped_column(JSON)


class Configuration(Base):
    """A version of something that an administrator sets; rows are only ever added.

    kind: of configuration, or `user:` and a username. effective_from: the day at the hotline from which it holds.
    undoes: the version that this one takes back.
    """

    __tablename__ = "configurations"
    __table_args__ = (
        UniqueConstraint("kind", "version"),
        Index("ix_configurations_effective", "kind", "effective_from", "version"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(Integer)
    effective_from: Mapped[date] = mapped_column(Date)
    body: Mapped[Any] = mapped_column(JSON)
    author: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undoes: Mapped[int | None] = mapped_column(Integer)


class SavedView(Base):
    """A user's named selection of tickets; query: the parameters of the list, as they stand in its address."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user", "name"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("users.username"))
    name: Mapped[str] = mapped_column(String(50))
    query: Mapped[dict[str, Any]] = mapped_column(JSON)


class Receipt(Base):
    """A request that came in writing and the ticket it became. key: SHA-256 of channel and the message's identity.

    request: SHA-256 of what was sent. sender: as the channel knows the citizen. code: with the ticket's number it
    lets the citizen ask how far it is.
    """

    __tablename__ = "receipts"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    request: Mapped[str] = mapped_column(String(64))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    sender: Mapped[str] = mapped_column(String(254))
    code: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
