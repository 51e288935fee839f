"""What is kept of the use of 热线百科: calls looked through, what was said, questions without answer, gaps, recalls."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ticket_core.tables import Base, UtcDateTime


class CallUse(Base):
    """A call that is over and was looked through. cards: articles that its desk showed; heard: finals of the agent."""

    __tablename__ = "kb_call_use"
    call: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cards: Mapped[int] = mapped_column(Integer)
    heard: Mapped[int] = mapped_column(Integer)


class Said(Base):
    """A sentence of an article's version that the agent said. slice, place: of the sentence, from 0; share: how much.

    quote: the words of the utterance in which it was said.
    """

    __tablename__ = "kb_said"
    __table_args__ = (UniqueConstraint("call", "article", "version", "slice", "place"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    call: Mapped[str] = mapped_column(ForeignKey("calls.id"))
    article: Mapped[str] = mapped_column(String(64), index=True)
    version: Mapped[int] = mapped_column(Integer)
    slice: Mapped[int] = mapped_column(Integer)
    place: Mapped[int] = mapped_column(Integer)
    sentence: Mapped[str] = mapped_column(String(1000))
    utterance: Mapped[str] = mapped_column(String(32))
    quote: Mapped[str] = mapped_column(String(1000))
    share: Mapped[float] = mapped_column(Float)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Cited(Base):
    """That a ticket cites an article's version: `tickets.cited` by article, as the journal of tickets tells it."""

    __tablename__ = "kb_cited"
    __table_args__ = (Index("ix_kb_cited_article", "article", "at"),)
    ticket: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    article: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Followed(Base):
    """How far a journal was followed. entry: the last one that was taken in."""

    __tablename__ = "kb_followed"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    entry: Mapped[int] = mapped_column(Integer)


class Gap(Base):
    """Questions that ask the same and find nothing: a task for a department. state: see `copilot.usage.gaps.State`.

    article: the one that is written for it; closed_at: when it went live or the gap was rejected.
    """

    __tablename__ = "kb_gaps"
    __table_args__ = (Index("ix_kb_gaps_state", "state", "due_at"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    department: Mapped[str] = mapped_column(String(100), index=True)
    basis: Mapped[str] = mapped_column(String(500), default="")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    assigned_by: Mapped[str] = mapped_column(String(64), default="")
    assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    article: Mapped[str] = mapped_column(String(64), default="", index=True)
    linked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(500), default="")
    closed_by: Mapped[str] = mapped_column(String(64), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Asked(Base):
    """A question that found nothing. source: search, call, ticket; text: masked; user: who looked, empty: nobody.

    gap: the task that it belongs to; None: none yet.
    """

    __tablename__ = "kb_asked"
    __table_args__ = (Index("ix_kb_asked_gap", "gap", "at"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    source: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(500))
    user: Mapped[str] = mapped_column(String(64), default="")
    call: Mapped[str | None] = mapped_column(ForeignKey("calls.id"), unique=True)
    ticket: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    gap: Mapped[int | None] = mapped_column(ForeignKey("kb_gaps.id"))


class Recall(Base):
    """An article that was withdrawn as wrong. entry: the journal's; since: the first version that was wrong."""

    __tablename__ = "kb_recalls"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    article: Mapped[str] = mapped_column(String(64), index=True)
    version: Mapped[int] = mapped_column(Integer)
    since: Mapped[int] = mapped_column(Integer)
    entry: Mapped[int] = mapped_column(ForeignKey("kb_journal.id"), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))
    opened_by: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecallItem(Base):
    """Someone to be called because of a recall. call, ticket: where it was cited; how: inserted, said, ticket.

    told: what they were told; attempts: {at, day, actor, outcome, note} each.
    """

    __tablename__ = "kb_recall_items"
    __table_args__ = (Index("ix_kb_recall_items_state", "recall", "state"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    recall: Mapped[int] = mapped_column(ForeignKey("kb_recalls.id"))
    call: Mapped[str | None] = mapped_column(ForeignKey("calls.id"), index=True)
    ticket: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    how: Mapped[list[str]] = mapped_column(JSON)
    told: Mapped[str] = mapped_column(Text)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agent: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(String(500), default="")
    done_by: Mapped[str] = mapped_column(String(64), default="")
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
