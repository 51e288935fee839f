"""What the copilot has to say to a ticket that came in writing: answers, departments, and tickets like it."""

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.orm import Session

from copilot import events, inbound
from copilot.api import detail
from copilot.api.access import PartsIn, Who
from copilot.api.shapes import TicketOut, listed
from copilot.api.tickets import Reader, TicketId, load
from copilot.suggest import CARDS, card
from copilot.understand import departments
from copilot.usage.asked import note_ticket
from ticket_core import queries
from ticket_core.similar import Likeness, similar
from ticket_core.tables import Ticket
from ticket_core.vocabulary import Role

router = APIRouter(prefix="/api")
LONGEST = 500
REPEATED = "同一诉求人 24 小时内再次来信，可能是补充或重复"


class Suggestions(BaseModel):
    """The same that a call's desk shows. question: what to ask where the departments are close; else empty."""

    cards: list[events.Card]
    departments: list[events.Department]
    question: str


class LikeOut(BaseModel):
    """An earlier ticket, how alike it is (0–1), why, and whether it is likely the same request."""

    ticket: TicketOut
    score: float
    why: list[str]
    duplicate: bool


@router.get("/tickets/{ticket}/suggestions")
async def suggestions(ticket: TicketId, user: Reader, parts: PartsIn) -> Suggestions:
    """Answers out of the knowledge base and departments for what the ticket tells; nothing where it tells nothing."""
    words, channel = await parts.database.read(lambda session: _words(load(session, ticket, user)))
    if not words:
        return Suggestions(cards=[], departments=[], question="")
    hits = await asyncio.to_thread(parts.index.search, words[:LONGEST], CARDS)
    if not hits and channel in inbound.CHANNELS:
        note_ticket(parts.database, ticket, user.username)
    routing = await asyncio.to_thread(parts.router.route, words)
    return Suggestions(cards=list(map(card, hits)), departments=departments(routing), question=routing.question)


@router.get("/tickets/{ticket}/similar")
async def alike(ticket: TicketId, user: Reader, parts: PartsIn) -> list[LikeOut]:
    """Tickets of the last 30 days like this one, the likeliest first; they are offered, never merged by themselves.

    The centre sees those of every agent, for duplicates come to anybody; a department sees its own alone.
    """
    now = datetime.now(UTC)

    def find(session: Session) -> list[LikeOut]:
        row = load(session, ticket, user)
        scope = detail.reach_of(session, user)
        found = similar(session, row, now, named=user.role != Role.DEPARTMENT)
        return [_like(row, one, user, now) for one in found if queries.visible(one.ticket, scope)]

    return await parts.database.read(find)


def _words(ticket: Ticket) -> tuple[str, str]:
    """What it tells, and its channel."""
    told = dict.fromkeys((ticket.title, ticket.content, ticket.request))
    return "。".join(text for text in told if text), ticket.channel


def _like(row: Ticket, one: Likeness, user: Who, now: datetime) -> LikeOut:
    repeated = one.named and inbound.again(row, one.ticket)
    return LikeOut(
        ticket=listed(one.ticket, now, detail.hides(one.ticket, user.role)),
        score=one.score,
        why=[*one.why, *([REPEATED] if repeated else [])],
        duplicate=one.duplicate or repeated,
    )
