"""Versions of what an administrator sets: rows are only added, each with its author, its day and its reason."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from copilot.tables import Configuration
from ticket_core.deadline.calendar import ZONE
from ticket_core.errors import Conflict, TicketError

Shipped = Callable[[], Any]


class ConfigurationError(TicketError):
    """What was to be set cannot be; the message (Chinese) names the place, and nothing was changed."""


def local_date(at: datetime) -> date:
    """The day of an aware moment where the hotline is."""
    return at.astimezone(ZONE).date()


def history(session: Session, kind: str) -> Sequence[Configuration]:
    """Every version, the newest first."""
    return session.scalars(_of(kind).order_by(Configuration.version.desc())).all()


def newest(session: Session, kind: str) -> int:
    """The number of the newest version; 0: only what ships with the product."""
    return session.scalar(_numbers(kind).order_by(Configuration.version.desc()).limit(1)) or 0


def current(session: Session, kind: str, day: date, before: int = 2**31 - 1) -> Configuration | None:
    """The version in force on a day: the one that came into effect last, of several from one day the last published.

    before: look at versions below that number alone.
    """
    begun = _of(kind).where(Configuration.effective_from <= day, Configuration.version < before)
    return session.scalar(begun.order_by(Configuration.effective_from.desc(), Configuration.version.desc()).limit(1))


def named(session: Session, kind: str, version: int) -> Configuration:
    """One version. Raises ConfigurationError where there is none."""
    found = session.scalar(_of(kind).where(Configuration.version == version))
    if found is None:
        raise ConfigurationError(f"没有第 {version} 版；现有到第 {newest(session, kind)} 版")
    return found


def publish(
    session: Session,
    kind: str,
    body: Any,
    *,
    seen: int,
    effective_from: date,
    note: str,
    author: str,
    at: datetime,
    undoes: int | None = None,
) -> Configuration:
    """Keep a version. seen: the newest one that the author saw. Raises Conflict, and ConfigurationError for a day
    that is past.
    """
    last, today = newest(session, kind), local_date(at)
    if seen != last:
        raise Conflict(f"您看到的是第 {seen} 版，现在已有第 {last} 版；请刷新后在新版上修改，您的内容没有保存")
    if effective_from < today:
        raise ConfigurationError(f"生效日期不能早于今天（{today}）")
    row = Configuration(
        kind=kind,
        version=last + 1,
        effective_from=effective_from,
        body=body,
        author=author,
        note=note,
        at=at,
        undoes=undoes,
    )
    session.add(row)
    session.flush()
    return row


def before(session: Session, kind: str, version: int, shipped: Shipped) -> Any:
    """The body that held until a version came into effect."""
    undone = named(session, kind, version)
    earlier = current(session, kind, undone.effective_from, undone.version)
    return earlier.body if earlier else shipped()


def undo(
    session: Session, kind: str, version: int, body: Any, *, note: str, author: str, at: datetime
) -> Configuration:
    """Publish what held before the newest version, from its day or from today. Raises Conflict when it is not the
    newest.
    """
    undone = named(session, kind, version)
    day = max(undone.effective_from, local_date(at))
    return publish(
        session, kind, body, seen=version, effective_from=day, note=note, author=author, at=at, undoes=version
    )


def _of(kind: str) -> Select[Configuration]:
    return select(Configuration).where(Configuration.kind == kind)


def _numbers(kind: str) -> Select[int]:
    return select(Configuration.version).where(Configuration.kind == kind)
