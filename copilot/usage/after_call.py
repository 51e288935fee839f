"""A call that is over, looked through: which cards it was shown, what of them was said, and what found no answer."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from copilot import events
from copilot.database import Database
from copilot.knowledge.tables import ArticleVersion
from copilot.tables import CallRow, CardDecision, EventRow
from copilot.usage import asked, recalls
from copilot.usage.tables import CallUse, Said
from kb_index.article import parse
from kb_index.search.query import essence
from kb_index.spoken import Spoken, said
from ticket_core.tables import Ticket

log = logging.getLogger(__name__)
OVER = ("ended", "lost")
QUOTE = 1000
Version = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Look:
    """What was found in a call. words: the citizen's where no card was shown, else empty."""

    call: str
    cards: int
    heard: int
    spoken: dict[Version, list[Spoken]]
    words: str


async def catch_up(database: Database, now: datetime, since: datetime | None = None) -> int:
    """Look through every call that is over and was not, or in which a card was decided on after; how many.

    since: leaves out calls that began before. One that cannot be read is logged and waits for the next time.
    """
    waiting = await database.read(lambda session: due(session, since))
    done = 0
    for call in waiting:
        try:
            await look_through(database, call, now)
            done += 1
        except Exception:
            log.exception("call not looked through", extra={"call": call})
    return done


async def look_through(database: Database, call: str, now: datetime) -> None:
    """Look through one call and keep what was found; again: in place of what was found before."""
    found = await asyncio.to_thread(database.read_now, lambda session: look(session, call))
    await database.write(lambda session: keep(session, found, now))


def due(session: Session, since: datetime | None = None) -> Sequence[str]:
    """Calls to be looked through, the oldest first."""
    decided = select(func.max(CardDecision.at)).where(CardDecision.call == CallRow.id).scalar_subquery()
    query = select(CallRow.id).outerjoin(CallUse, CallUse.call == CallRow.id)
    query = query.where(CallRow.state.in_(OVER), CallRow.ticket.is_not(None))
    query = query.where(or_(CallUse.call.is_(None), decided > CallUse.looked_at))
    if since is not None:
        query = query.where(CallRow.started_at >= since)
    return session.scalars(query.order_by(CallRow.started_at)).all()


def look(session: Session, call: str) -> Look:
    """What a call's kept events and decisions tell; takes tens of milliseconds of one core."""
    bodies = session.scalars(select(EventRow.body).where(EventRow.call == call).order_by(EventRow.seq))
    told = [events.WIRE.validate_python(body) for body in bodies]
    heard = sorted((one for one in told if isinstance(one, events.Heard) and one.text), key=lambda one: one.start)
    agent = [(one.utterance, one.text) for one in heard if one.leg == "agent"]
    shown = {(card.article, card.version) for one in told if isinstance(one, events.Suggested) for card in one.cards}
    spoken = {cited: _said(session, cited, agent) for cited in sorted(shown | _taken(session, call))}
    words = "" if shown else "。".join(one.text for one in heard if one.leg == "citizen")
    cards = len({article for article, _ in shown})
    return Look(call, cards, len(agent), {one: found for one, found in spoken.items() if found}, essence(words))


def keep(session: Session, found: Look, now: datetime) -> CallUse:
    """Keep what was found, in place of what was found before."""
    call = session.get_one(CallRow, found.call)
    session.execute(delete(Said).where(Said.call == found.call))
    for (article, version), sentences in found.spoken.items():
        session.add_all(_row(found.call, article, version, one, call.started_at) for one in sentences)
    use = session.get(CallUse, found.call) or CallUse(call=found.call)
    use.began_at, use.looked_at, use.cards, use.heard = call.started_at, now, found.cards, found.heard
    session.add(use)
    session.flush()
    if found.words:
        ticket = session.get(Ticket, call.ticket) if call.ticket else None
        name = ticket.citizen_name if ticket else ""
        asked.in_call(session, call.id, found.words, name, call.agent, call.started_at)
    recalls.said_late(session, found.call)
    return use


def _taken(session: Session, call: str) -> set[Version]:
    newest = select(func.max(CardDecision.id)).where(CardDecision.call == call).group_by(CardDecision.article)
    rows = session.scalars(select(CardDecision).where(CardDecision.id.in_(newest), CardDecision.decision == "taken"))
    return {(row.article, row.version) for row in rows}


def _said(session: Session, cited: Version, agent: Sequence[tuple[str, str]]) -> list[Spoken]:
    """The sentences of that very version that the agent said; none of one that the base does not hold."""
    article, version = cited
    query = select(ArticleVersion.body).where(ArticleVersion.article == article, ArticleVersion.version == version)
    body = session.scalar(query)
    return said(agent, [part.text for part in parse(body).slices]) if body and agent else []


def _row(call: str, article: str, version: int, one: Spoken, at: datetime) -> Said:
    return Said(
        call=call,
        article=article,
        version=version,
        slice=one.slice,
        place=one.place,
        sentence=one.sentence[:QUOTE],
        utterance=one.utterance,
        quote=one.quote[:QUOTE],
        share=one.share,
        at=at,
    )
