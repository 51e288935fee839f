"""How much is done, how far people agree, rulings, and who gets what."""

import asyncio
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.api.access import PartsIn
from copilot.api.labelling.shapes import (
    Adjudicator,
    AgreementOut,
    Annotator,
    AnnotatorOut,
    Assign,
    Assigned,
    ClassOut,
    DisputeOut,
    ItemId,
    LabelOut,
    PeopleOut,
    Settle,
    WorkOut,
    known,
    own,
    shown,
    today,
)
from copilot.labelling import agreement, progress, queues, work
from copilot.labelling.errors import LabelError
from copilot.labelling.kappa import Kappa
from copilot.labelling.queues import worded
from copilot.labelling.tables import Label, LabelItem
from copilot.parts import Parts
from copilot.tables import User

router = APIRouter(prefix="/api/labelling")
NOTHING = Kappa(0, 0.0, None, None, None)


@router.get("/progress")
async def made(user: Annotator, parts: PartsIn, days: Annotated[int, Query(ge=1, le=366)] = 7) -> list[WorkOut]:
    """One's own work of the last days; everybody's for adjudicators."""
    begin = today(datetime.now(UTC)) - timedelta(days=days - 1)
    whose = "" if "adjudicate" in user.may else user.username

    def load(session: Session) -> list[WorkOut]:
        names = _names(session)
        rows = progress.since(session, begin, whose)
        return [WorkOut(**asdict(one), name=names.get(one.who, one.who), per_hour=one.per_hour) for one in rows]

    return await parts.database.read(load)


@router.get("/agreement")
async def agreed(user: Annotator, parts: PartsIn) -> list[AgreementOut]:
    """κ by queue and class. Annotators see it up to yesterday and over enough pairs: so it tells nothing of one."""
    ruling = "adjudicate" in user.may
    before = None if ruling else today(datetime.now(UTC))
    pairs = await parts.database.read(lambda session: agreement.twice(session, before))
    return [_agreement(parts, one, ruling) for one in agreement.agreements(pairs)]


@router.get("/disputes")
async def disputes(
    user: Adjudicator, parts: PartsIn, queue: Annotated[str, Query(max_length=16)] = ""
) -> list[DisputeOut]:
    """What two people see differently, without who saw what; none that one labelled oneself."""

    def load(session: Session) -> list[DisputeOut]:
        own = select(Label.item).where(Label.annotator == user.username, Label.at.is_not(None))
        rows = select(LabelItem).where(LabelItem.state == work.DISPUTED, LabelItem.id.not_in(own))
        if queue:
            rows = rows.where(LabelItem.queue == queue)
        found = session.scalars(rows.order_by(LabelItem.id).limit(100))
        return [_dispute(parts, item, work.labels(session, item.id)) for item in found]

    return await parts.database.read(load)


@router.post("/items/{item}/settle", status_code=204)
async def settle(item: ItemId, body: Settle, user: Adjudicator, parts: PartsIn) -> None:
    """Rule on an item; by somebody who is not one of the two."""
    now, what = datetime.now(UTC), await asyncio.to_thread(known, parts)
    given, reason = body.given(), body.reason.strip()
    await parts.database.write(lambda session: work.rule(session, user.username, item, given, reason, what, now))


@router.get("/annotators")
async def annotators(user: Adjudicator, parts: PartsIn) -> list[AnnotatorOut]:
    """Whom items can be assigned to."""

    def load(session: Session) -> list[AnnotatorOut]:
        held = select(Label.annotator, Label.assigned, func.count()).where(Label.at.is_(None))
        rows = session.execute(held.group_by(Label.annotator, Label.assigned)).all()
        counts = {(who, assigned): count for who, assigned, count in rows}
        return [
            AnnotatorOut(
                username=one.username,
                name=one.name,
                held=counts.get((one.username, False), 0),
                assigned=counts.get((one.username, True), 0),
            )
            for one in _labellers(session, parts)
        ]

    return await parts.database.read(load)


@router.post("/assign")
async def assign(body: Assign, user: Adjudicator, parts: PartsIn) -> Assigned:
    """Keep items for somebody, or give them back to whoever comes next."""
    now, name = datetime.now(UTC), queues.queue(body.queue).name

    def work_on(session: Session) -> Assigned:
        people = {one.username: one.name for one in _labellers(session, parts)}
        if body.annotator not in people:
            raise LabelError(f"只能分给有标注权限的在职人员：{'、'.join(people.values()) or '目前没有'}")
        if body.release:
            return Assigned(assigned=work.unassign(session, name, body.annotator, body.count))
        return Assigned(assigned=work.assign(session, name, body.annotator, body.count, now))

    return await parts.database.write(work_on)


def _names(session: Session) -> dict[str, str]:
    return {username: name for username, name in session.execute(select(User.username, User.name))}


def _labellers(session: Session, parts: Parts) -> list[User]:
    roles = [role for role, card in parts.roles.items() if "label" in card.may]
    active = select(User).where(User.active, User.role.in_(roles))
    return list(session.scalars(active.order_by(User.username)))


def _dispute(parts: Parts, item: LabelItem, labels: Iterable[Label]) -> DisputeOut:
    names = {one.value: one.label for one in queues.choices(item.queue, item.body)}
    told = [
        LabelOut(
            **own(one.value or {}).model_dump(),
            label=names.get((one.value or {}).get("choice", ""), one.judged),
            title=_title(parts, (one.value or {}).get("article", "")),
        )
        for one in labels
    ]
    return DisputeOut(item=shown(item), labels=told)


def _title(parts: Parts, article: str) -> str:
    found = parts.articles.get(article) if article else None
    return found.title if found else ""


def _agreement(parts: Parts, one: agreement.Agreement, ruling: bool) -> AgreementOut:
    enough = ruling or one.whole.pairs >= agreement.ENOUGH
    classes = [
        ClassOut(value=name, label=worded(one.queue, name, parts.articles), **_figures(kappa))
        for name, kappa in one.classes.items()
    ]
    people = [PeopleOut(a=a, b=b, **_figures(kappa)) for (a, b), kappa in one.people.items()]
    return AgreementOut(
        queue=one.queue,
        label=queues.queue(one.queue).label,
        enough=enough,
        distance=one.distance if enough else None,
        classes=classes if enough else [],
        people=people if ruling else [],
        **(_figures(one.whole) if enough else _figures(NOTHING)),
    )


def _figures(kappa: Kappa) -> dict[str, Any]:
    rounded = {name: value if value is None else round(value, 4) for name, value in asdict(kappa).items()}
    return rounded | {"pairs": kappa.pairs, "agreed": rounded["agreed"] if kappa.pairs else None}
