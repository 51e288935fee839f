"""What labelling keeps: items, labels, what came out, and how far the collecting of items is."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ticket_core.tables import Base, UtcDateTime


class LabelItem(Base):
    """Something that two people must look at. subject: what it is about, so that nothing is asked twice.

    body: what annotators see, masked; origin: what they do not. call, ticket, citizen (a keyed hash), article: what it
    must not be parted from. sampling: why it was chosen, where it was. settled: the label that counts; settled_by:
    who ruled, empty: the two agreed. closed: it went into a data set.
    """

    __tablename__ = "label_items"
    __table_args__ = (
        UniqueConstraint("queue", "subject"),
        Index("ix_label_items_open", "queue", "state", "priority", "id"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    queue: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    priority: Mapped[float] = mapped_column(Float, default=0.0)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    origin: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    call: Mapped[str] = mapped_column(String(64), default="")
    ticket: Mapped[int | None] = mapped_column(Integer)
    citizen: Mapped[str] = mapped_column(String(64), default="")
    article: Mapped[str] = mapped_column(String(64), default="", index=True)
    sampling: Mapped[str] = mapped_column(String(16), default="")
    settled: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    settled_by: Mapped[str] = mapped_column(String(64), default="")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(500), default="")
    closed: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Label(Base):
    """One of the two places of an item: taken by somebody, then labelled. at: when; None: not yet.

    assigned: it waits for this person, however long; else until leased_until. judged: what the label says, as far as
    two are compared. seconds: of work on it, measured by the server.
    """

    __tablename__ = "labels"
    __table_args__ = (
        UniqueConstraint("item", "annotator"),
        UniqueConstraint("item", "place"),
        Index("ix_labels_annotator", "annotator", "at"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    item: Mapped[int] = mapped_column(ForeignKey("label_items.id"))
    place: Mapped[int] = mapped_column(Integer)
    annotator: Mapped[str] = mapped_column(String(64))
    assigned: Mapped[bool] = mapped_column(default=False)
    leased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    judged: Mapped[str] = mapped_column(String(200), default="")
    value: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    seconds: Mapped[float] = mapped_column(Float, default=0.0)


class LabelDataset(Base):
    """A data set as it was written, for ever: the database refuses to change a row. The file lies under its SHA-256."""

    __tablename__ = "label_datasets"
    __table_args__ = (UniqueConstraint("kind", "version"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(Integer)
    manifest: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    author: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LabelSplit(Base):
    """Where an item stands in every data set: train, dev or test; what was test once is never anything else."""

    __tablename__ = "label_splits"
    item: Mapped[int] = mapped_column(ForeignKey("label_items.id"), primary_key=True)
    split: Mapped[str] = mapped_column(String(8))


class LabelMark(Base):
    """Something to go on from: how far a source was read, the key of hashes, when items were collected last."""

    __tablename__ = "label_marks"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
