"""Queues, items in hand, labels."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot import recording
from copilot.api.access import PartsIn
from copilot.api.labelling.shapes import (
    Annotator,
    Collected,
    Done,
    ItemId,
    ItemIds,
    ItemOut,
    LabelIn,
    Next,
    QueueOut,
    known,
    own,
    shown,
    today,
)
from copilot.labelling import collect, progress, queues, work
from copilot.labelling.queues import TABLE, Name
from copilot.labelling.tables import Label, LabelItem

router = APIRouter(prefix="/api/labelling")
STATES = (work.OPEN, work.DISPUTED, work.SETTLED)


@router.get("/queues")
async def every_queue(user: Annotator, parts: PartsIn) -> list[QueueOut]:
    """The queues, with what waits for this person."""
    now, ruling = datetime.now(UTC), "adjudicate" in user.may

    def load(session: Session) -> list[QueueOut]:
        done = progress.done(session, user.username, today(now))
        assigned, states = _assigned(session, user.username), _states(session) if ruling else {}
        return [
            QueueOut(
                name=one.name,
                label=one.label,
                hint=one.hint,
                waiting=work.waiting(session, user.username, one.name, now),
                assigned=assigned.get(one.name, 0),
                done_today=done.get(one.name, 0),
                **{state: states.get((one.name, state), 0) for state in STATES if ruling},
            )
            for one in TABLE.values()
        ]

    return await parts.database.read(load)


@router.post("/collect")
async def fill(user: Annotator, parts: PartsIn) -> Collected:
    """Bring in what came up since the last time; does nothing again within five minutes."""
    now = datetime.now(UTC)
    return Collected(added=await collect.collect_again(parts, now), at=now)


@router.post("/next")
async def following(body: Next, user: Annotator, parts: PartsIn) -> list[ItemOut]:
    """The next items, in hand for 15 minutes; none: nothing is left."""
    now = datetime.now(UTC)
    if body.queue:
        queues.queue(body.queue)

    def take(session: Session) -> list[ItemOut]:
        items = work.take(session, user.username, body.queue, body.count, now)
        held = {label.item: label for label in _places(session, user.username, [item.id for item in items])}
        return [shown(item, held[item.id]) for item in items]

    return await parts.database.write(take)


@router.post("/release", status_code=204)
async def release(body: ItemIds, user: Annotator, parts: PartsIn) -> None:
    """Give back what is in hand and not labelled."""
    await parts.database.write(lambda session: work.release(session, user.username, body.items))


@router.get("/items/{item}")
async def read(item: ItemId, user: Annotator, parts: PartsIn) -> ItemOut:
    """An item that one holds or labelled."""
    return await parts.database.read(lambda session: shown(*work.in_hand(session, user.username, item)))


@router.put("/items/{item}/label")
async def put(item: ItemId, body: LabelIn, user: Annotator, parts: PartsIn) -> Done:
    """Label, or change one's label."""
    now, what = datetime.now(UTC), await asyncio.to_thread(known, parts)

    def keep(session: Session) -> Done:
        found = work.label(session, user.username, item, body.given(), what, now)
        done = progress.done(session, user.username, today(now)).get(found.queue, 0)
        return Done(done_today=done, remaining=work.waiting(session, user.username, found.queue, now))

    return await parts.database.write(keep)


@router.delete("/labels/last")
async def undo(user: Annotator, parts: PartsIn) -> ItemOut:
    """Take back one's last label; the item is in hand again, with the label that it had."""
    now = datetime.now(UTC)

    def back(session: Session) -> ItemOut:
        undone = work.undo(session, user.username, now)
        if undone is None:
            raise HTTPException(404, "没有可以撤回的标注")
        item, value = undone
        return shown(*work.in_hand(session, user.username, item.id)).model_copy(update={"mine": own(value)})

    return await parts.database.write(back)


@router.get("/items/{item}/clip")
async def clip(item: ItemId, user: Annotator, parts: PartsIn) -> Response:
    """The sound of an utterance as WAV, for who has it in hand or rules on it."""

    def load(session: Session) -> LabelItem:
        found = session.get(LabelItem, item)
        if found is None or found.queue != Name.SPEECH:
            raise HTTPException(404, "没有这一条的录音，可能编号有误")
        if found.state != work.DISPUTED or "adjudicate" not in user.may:
            work.in_hand(session, user.username, item)
        return found

    found = await parts.database.read(load)
    where = found.body["clip"]
    try:
        wav = await recording.cut(parts.settings.data, found.call, where["leg"], where["start"], where["end"])
    except FileNotFoundError:
        raise HTTPException(404, "这通电话的录音已不在，请选“听不清”") from None
    return Response(wav, media_type="audio/wav", headers={"Cache-Control": "private, no-store"})


def _assigned(session: Session, who: str) -> dict[str, int]:
    mine = select(LabelItem.queue, func.count()).join(Label, Label.item == LabelItem.id)
    mine = mine.where(Label.annotator == who, Label.assigned, Label.at.is_(None), LabelItem.state == work.OPEN)
    return {queue: count for queue, count in session.execute(mine.group_by(LabelItem.queue))}


def _states(session: Session) -> dict[tuple[str, str], int]:
    rows = select(LabelItem.queue, LabelItem.state, func.count()).group_by(LabelItem.queue, LabelItem.state)
    return {(queue, state): count for queue, state, count in session.execute(rows)}


def _places(session: Session, who: str, items: Iterable[int]) -> Iterable[Label]:
    return session.scalars(select(Label).where(Label.annotator == who, Label.item.in_(list(items))))
