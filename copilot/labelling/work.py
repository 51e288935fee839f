"""Labelling by people: take, label, undo, assign, rule. Each item is labelled twice, blind, by two different people.

Every function runs in the writer, which lets one work in at a time; the tables' constraints hold even without.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from copilot.labelling import queues
from copilot.labelling.errors import Closed, LabelError
from copilot.labelling.queues import Given, Known
from copilot.labelling.tables import Label, LabelItem

PLACES = 2
LEASE = timedelta(minutes=15)
IDLE = 120.0  # seconds: who stays away longer did not work longer
OPEN, SETTLED, DISPUTED, VOID = "open", "settled", "disputed", "void"
SHUT = "这一条已经收卷，不能再改；如有不同意见请告诉审核员"
GONE = "这一条现在不在您手上，可能超过 15 分钟没有标注、已收回；请取下一条"


def take(session: Session, who: str, queue: str, count: int, now: datetime) -> list[LabelItem]:
    """At most `count` items for somebody, those in hand first; empty queue: of every queue. They are leased."""
    held = session.execute(_held(who, queue).limit(count)).all()
    for _, label in held:
        _lease(label, now)
    items = [item for item, _ in held]
    for item in session.scalars(_free(who, queue, now).limit(max(0, count - len(items)))):
        _lease(_place(session, item, who, now), now)
        items.append(item)
    session.flush()
    return items


def release(session: Session, who: str, items: Iterable[int]) -> None:
    """Give back what is in hand and not labelled; what was assigned stays assigned."""
    mine = select(Label).where(Label.annotator == who, Label.item.in_(list(items)), Label.at.is_(None))
    for label in session.scalars(mine):
        if label.assigned:
            label.leased_at = label.leased_until = None
        else:
            session.delete(label)


def label(session: Session, who: str, item: int, given: Given, known: Known, now: datetime) -> LabelItem:
    """Label an item in hand, or change one's label. Raises LabelError, Closed."""
    mine, found = _mine(session, who, item)
    _still_open(found)
    judged = queues.judge(found.queue, found.body, found.origin, given, known)
    if mine.at is None:
        mine.seconds = _worked(session, mine, now)
        mine.at = now
    mine.judged, mine.value = judged.said, judged.value
    session.flush()
    _settle(session, found, now)
    return found


def undo(session: Session, who: str, now: datetime) -> tuple[LabelItem, dict[str, Any]] | None:
    """Take back one's last label; the item is in hand again. None: there is none. Raises Closed."""
    latest = (
        select(Label).where(Label.annotator == who, Label.at.is_not(None)).order_by(Label.at.desc(), Label.id.desc())
    )
    mine = session.scalars(latest.limit(1)).first()
    if mine is None:
        return None
    item = session.get_one(LabelItem, mine.item)
    _still_open(item)
    value = dict(mine.value or {})
    mine.at, mine.value, mine.judged, mine.seconds = None, None, "", 0.0
    mine.leased_at, mine.leased_until = now, now + LEASE
    session.flush()
    _settle(session, item, now)
    return item, value


def assign(session: Session, queue: str, to: str, count: int, now: datetime) -> int:
    """Keep the next items of a queue for a person; how many there were."""
    items = list(session.scalars(_free(to, queue, now).limit(count)))
    for item in items:
        _place(session, item, to, now).assigned = True
    return len(items)


def unassign(session: Session, queue: str, who: str, count: int) -> int:
    """Give a person's unlabelled assignments back to whoever comes next; how many."""
    rows = session.execute(_held(who, queue).where(Label.assigned).limit(count)).all()
    for _, mine in rows:
        session.delete(mine)
    return len(rows)


def rule(session: Session, who: str, item: int, given: Given, reason: str, known: Known, now: datetime) -> LabelItem:
    """Settle what two people see differently; by a third, who may also revise the own ruling. Raises LabelError."""
    found = _existing(session, item)
    if found.closed:
        raise Closed("这一条已进入数据集，不能再裁定")
    if found.state != DISPUTED and found.settled_by != who:
        raise LabelError("这一条没有分歧，不需要裁定")
    if who in [one.annotator for one in labels(session, item)]:
        raise LabelError("您标过这一条，请由另一位有裁定权限的同事裁定")
    judged = queues.judge(found.queue, found.body, found.origin, given, known)
    found.state, found.settled, found.settled_by = SETTLED, _kept(found, [judged.value], judged.said), who
    found.settled_at, found.reason = now, reason
    return found


def labels(session: Session, item: int) -> list[Label]:
    """The labels given to an item, in an order that tells nothing about who came first."""
    given = select(Label).where(Label.item == item, Label.at.is_not(None)).order_by(Label.judged, Label.id)
    return list(session.scalars(given))


def in_hand(session: Session, who: str, item: int) -> tuple[LabelItem, Label]:
    """An item that somebody holds or labelled, and their place. Raises LabelError."""
    mine, found = _mine(session, who, item)
    return found, mine


def waiting(session: Session, who: str, queue: str, now: datetime) -> int:
    """How many items of a queue somebody could label now, those in hand included."""
    fitting = and_(LabelItem.queue == queue, LabelItem.state == OPEN)
    every = session.scalar(select(func.count()).where(fitting)) or 0
    places = select(Label.item).join(LabelItem, LabelItem.id == Label.item).where(fitting)
    mine = places.where(Label.annotator == who)
    full = places.where(_taken(now), Label.item.not_in(mine)).group_by(Label.item).having(func.count() >= PLACES)
    done = mine.where(Label.at.is_not(None))
    return every - sum(session.scalar(select(func.count()).select_from(one.subquery())) or 0 for one in (full, done))


def void(items: Iterable[LabelItem]) -> None:
    """What they were about is gone; what was labelled already stays."""
    for item in items:
        if item.state == OPEN:
            item.state = VOID


def _held(who: str, queue: str) -> Select[LabelItem, Label]:
    """What somebody took or was assigned and has not labelled, the assigned first."""
    mine = and_(Label.item == LabelItem.id, Label.annotator == who, Label.at.is_(None))
    rows = select(LabelItem, Label).join(Label, mine).where(LabelItem.state == OPEN)
    if queue:
        rows = rows.where(LabelItem.queue == queue)
    return rows.order_by(Label.assigned.desc(), LabelItem.priority.desc(), LabelItem.id)


def _free(who: str, queue: str, now: datetime) -> Select[LabelItem]:
    """Open items of which a place is free and none is somebody's own."""
    mine = select(Label.id).where(Label.item == LabelItem.id, Label.annotator == who).exists()
    places = select(func.count()).where(Label.item == LabelItem.id, _taken(now)).scalar_subquery()
    rows = select(LabelItem).where(LabelItem.state == OPEN, ~mine, places < PLACES)
    if queue:
        rows = rows.where(LabelItem.queue == queue)
    return rows.order_by(LabelItem.priority.desc(), LabelItem.id)


def _taken(now: datetime) -> ColumnElement[bool]:
    return or_(Label.at.is_not(None), Label.assigned, Label.leased_until > now)


def _place(session: Session, item: LabelItem, who: str, now: datetime) -> Label:
    """A free place of an item, now somebody's: a new one, or one that was left."""
    rows = list(session.scalars(select(Label).where(Label.item == item.id).order_by(Label.place)))
    if len(rows) < PLACES:
        free = next(place for place in (1, 2) if place not in [row.place for row in rows])
        fresh = Label(item=item.id, place=free, annotator=who)
        session.add(fresh)
        return fresh
    left = next(row for row in rows if row.at is None and not row.assigned and not _later(row.leased_until, now))
    left.annotator, left.leased_at, left.leased_until = who, None, None
    return left


def _lease(mine: Label, now: datetime) -> None:
    """In hand from now on; what was in hand before is so since then."""
    if not _later(mine.leased_until, now):
        mine.leased_at = now
    mine.leased_until = now + LEASE


def _later(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment > now


def _worked(session: Session, mine: Label, now: datetime) -> float:
    """Seconds since the last label, or since the item came to hand, whichever is less; a long pause is cut."""
    last = session.scalar(select(func.max(Label.at)).where(Label.annotator == mine.annotator))
    begun = max((moment for moment in (last, mine.leased_at) if moment is not None), default=now)
    return min(IDLE, max(0.0, (now - begun).total_seconds()))


def _settle(session: Session, item: LabelItem, now: datetime) -> None:
    """What two labels come to."""
    given = session.scalars(select(Label).where(Label.item == item.id, Label.at.is_not(None)).order_by(Label.id)).all()
    item.settled = item.settled_at = None
    if len(given) < PLACES:
        item.state = OPEN
    elif len({one.judged for one in given}) > 1:
        item.state = DISPUTED
    else:
        item.state, item.settled_at = SETTLED, now
        item.settled = _kept(item, [one.value or {} for one in given], given[0].judged)
    session.flush()


def _kept(item: LabelItem, values: Sequence[dict[str, Any]], said: str) -> dict[str, Any]:
    return queues.merged(values) | {"said": said}


def _mine(session: Session, who: str, item: int) -> tuple[Label, LabelItem]:
    found = _existing(session, item)
    mine = session.scalar(select(Label).where(Label.item == item, Label.annotator == who))
    if mine is None:
        raise LabelError(GONE)
    return mine, found


def _existing(session: Session, item: int) -> LabelItem:
    found = session.get(LabelItem, item)
    if found is None:
        raise LabelError("没有这一条，可能编号有误")
    return found


def _still_open(item: LabelItem) -> None:
    if item.closed or item.settled_by or item.state == VOID:
        raise Closed(SHUT)
