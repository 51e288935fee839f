"""What 热线百科 keeps: articles, their versions, and a journal of what happened to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ticket_core.tables import Base, UtcDateTime


class ArticleRow(Base):
    """An article over all its versions. live: the version that is shown, 0: none; newest: the highest number.

    department: who answers for it.
    """

    __tablename__ = "kb_articles"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    department: Mapped[str] = mapped_column(String(100), index=True)
    live: Mapped[int] = mapped_column(Integer, default=0, index=True)
    newest: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ArticleVersion(Base):
    """A version. body: the row of `kb_index.article.Article`; title, line, review_due stand outside it to be listed by.

    digest: SHA-256 of the body. valid_to, review_due: days as text, empty: none. base: the version it was made from.
    seen: rises with each change, so that two who edit notice each other.
    """

    __tablename__ = "kb_versions"
    __table_args__ = (UniqueConstraint("article", "version"), Index("ix_kb_versions_state", "state", "changed_at"))
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    article: Mapped[str] = mapped_column(ForeignKey("kb_articles.id"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    line: Mapped[str] = mapped_column(String(16), default="")
    valid_to: Mapped[str] = mapped_column(String(10), default="", index=True)
    review_due: Mapped[str] = mapped_column(String(10), default="", index=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    base: Mapped[int] = mapped_column(Integer, default=0)
    note: Mapped[str] = mapped_column(String(500), default="")
    author: Mapped[str] = mapped_column(String(64), index=True)
    first_reviewer: Mapped[str] = mapped_column(String(64), default="")
    reviewer: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen: Mapped[int] = mapped_column(Integer, default=1)


class KnowledgeEntry(Base):
    """What happened to a version, in order of id: every index follows it. live: the article's live version after it."""

    __tablename__ = "kb_journal"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    article: Mapped[str] = mapped_column(String(64), index=True)
    version: Mapped[int] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    live: Mapped[int] = mapped_column(Integer)
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(500), default="")
    wrong: Mapped[bool] = mapped_column(default=False)


class ImportRow(Base):
    """A file that was brought in. state: reading, read, refused, taken, dropped; report: counts and what was refused.

    items: the proposed articles, each with its duplicates and contradictions.
    """

    __tablename__ = "kb_imports"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    author: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditRow(Base):
    """A comparison of index and database. faults: what did not agree, each with what was done about it."""

    __tablename__ = "kb_audits"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    seconds: Mapped[float] = mapped_column(Float, default=0.0)
    articles: Mapped[int] = mapped_column(Integer)
    slices: Mapped[int] = mapped_column(Integer)
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    repaired: Mapped[bool] = mapped_column(default=False)
