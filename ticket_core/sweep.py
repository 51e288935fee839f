"""Does what timers are due for: each once, in the transaction that marks it done."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ticket_core import moves, timers
from ticket_core.by import By
from ticket_core.deadline import Rulebook, Rules
from ticket_core.errors import TicketError
from ticket_core.tables import Ticket, Timer
from ticket_core.vocabulary import Role

log = logging.getLogger(__name__)


def due(session: Session, now: datetime, limit: int = 1000) -> list[int]:
    """Ids of the timers whose moment has come, the oldest first."""
    query = select(Timer.id).where(Timer.done_at.is_(None), Timer.at <= now).order_by(Timer.at, Timer.id)
    return list(session.scalars(query.limit(limit)))


def sweep(session: Session, now: datetime, book: Rulebook, ids: Sequence[int]) -> int:
    """Do what these timers are for; how many are off the list. What fails undoes itself alone and stays on it.

    Rows that another server works on are passed over, and so are those that are done by now.
    """
    query = select(Timer).where(Timer.id.in_(ids), Timer.done_at.is_(None), Timer.at <= now)
    rows = session.scalars(query.order_by(Timer.at, Timer.id).with_for_update(skip_locked=True)).all()
    return sum(_settled(session, timer, now, book) for timer in rows)


def _settled(session: Session, timer: Timer, now: datetime, book: Rulebook) -> bool:
    where = {"timer": timer.id, "ticket": timer.ticket_id}
    try:
        with session.begin_nested():
            _do(session, timer, now, book)
        return True
    except TicketError as error:
        log.info("timer waits", extra={**where, "why": type(error).__name__})
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        log.exception("timer failed", extra=where)
    except Exception:
        log.exception("timer failed", extra=where)
    return False


def _do(session: Session, timer: Timer, now: datetime, book: Rulebook) -> None:
    """Make the move; a timer that the ticket has outgrown makes way for the one that it needs now."""
    ticket = session.get_one(Ticket, timer.ticket_id, populate_existing=True)
    rules = _running(ticket, book, now)
    job = timers.next_job(ticket, rules, timers.done(timers.of(session, ticket)), now)
    if job is None or (job.kind, job.at) != (timer.kind, timer.at):
        timers.schedule(session, ticket, rules, now)
        return
    timer.done_at = now
    session.flush()
    moves.act(session, ticket, job.action, By("system", Role.SYSTEM, now), job.inputs, book)


def _running(ticket: Ticket, book: Rulebook, now: datetime) -> Rules:
    return book.named(ticket.rule_version) if ticket.rule_version else book.at(now)
