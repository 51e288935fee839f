"""What the system will do to a ticket by itself, and when; a ticket has one open timer at most, for what comes next."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ticket_core.deadline import Alert, Due, Rules
from ticket_core.errors import TicketError
from ticket_core.tables import Ticket, Timer
from ticket_core.vocabulary import Action, Clock, Role, State
from ticket_core.workflow import TABLE

REPLAN = "replan"  # look again: what comes next lies in a year whose holidays are not known yet
AGAIN = timedelta(days=1)
BY_SYSTEM = frozenset((row.source, row.action) for row in TABLE if Role.SYSTEM in row.roles)
WORDS = {Clock.SIGN: "签收", Clock.CONTACT: "联系诉求人", Clock.HANDLE: "办结"}


@dataclass(frozen=True, slots=True)
class Job:
    """A move that the system makes at a moment. kind and at tell it from every other of the ticket."""

    kind: str
    at: datetime
    action: Action
    inputs: dict[str, Any] = field(default_factory=dict)


def schedule(session: Session, ticket: Ticket, rules: Rules, now: datetime | None = None) -> None:
    """Rewrite the ticket's open timer from its clocks and state. now: of its last change where none is given.

    A row that another server is just working on is left to it: it looks again before it acts.
    """
    rows = of(session, ticket)
    job = next_job(ticket, rules, done(rows), now or ticket.updated_at)
    waiting = [row for row in rows if row.done_at is None]
    kept = [row.id for row in waiting if job and (row.kind, row.at) == (job.kind, job.at)][:1]
    if stale := [row.id for row in waiting if row.id not in kept]:
        free = select(Timer.id).where(Timer.id.in_(stale)).with_for_update(skip_locked=True)
        session.execute(delete(Timer).where(Timer.id.in_(session.scalars(free).all())))
    if job and not kept:
        session.add(Timer(ticket_id=ticket.id, kind=job.kind, at=job.at))
        session.flush()


def of(session: Session, ticket: Ticket) -> Sequence[Timer]:
    """All timers of a ticket, done or open."""
    return session.scalars(select(Timer).where(Timer.ticket_id == ticket.id)).all()


def done(timers: Iterable[Timer]) -> set[tuple[str, datetime]]:
    """Kind and moment of what the system has done."""
    return {(timer.kind, timer.at) for timer in timers if timer.done_at is not None}


def next_job(ticket: Ticket, rules: Rules, finished: Collection[tuple[str, datetime]], now: datetime) -> Job | None:
    """What comes next, or is overdue. finished: see `done`.

    Of several moves of one kind that were missed, the last one stands for all: nobody is urged twice at once.
    """
    jobs = sorted(_jobs(ticket, rules, now), key=lambda job: job.at)
    past = [job for job in jobs if job.at <= now]
    last = {one.action: max((job for job in past if job.action == one.action), key=lambda job: job.at) for one in past}
    open_jobs = (job for job in jobs if job.at > now or last[job.action] is job)
    return next((job for job in open_jobs if (job.kind, job.at) not in finished), None)


def _jobs(ticket: Ticket, rules: Rules, now: datetime) -> Iterator[Job]:
    """All that the system would do to the ticket as it stands."""
    match State(ticket.state):
        case State.ANSWERED | State.ROUTED_OUT:
            yield Job("close", ticket.updated_at + timedelta(hours=rules.close_hours), Action.CLOSE)
        case State.CLOSED if ticket.closed_at:
            yield Job("archive", ticket.closed_at + timedelta(days=rules.archive_days), Action.ARCHIVE)
        case State.PENDED if ticket.review_at:
            yield Job("review", ticket.review_at, Action.RESUME, {"note": "已到复核日期，自动恢复办理"})
    yield from _alerts(ticket, rules, now)


def _alerts(ticket: Ticket, rules: Rules, now: datetime) -> Iterator[Job]:
    for alert in _fitting(ticket, rules.alerts):
        if due := _due(ticket, alert.clock):
            try:
                yield _job(alert, rules.alert_at(alert, due))
            except TicketError:
                yield Job(REPLAN, now + AGAIN, Action.NOTE)


def _fitting(ticket: Ticket, alerts: Iterable[Alert]) -> Iterator[Alert]:
    """Those whose move the table allows the system now; a supervision is never lowered."""
    for alert in alerts:
        if (ticket.state, alert.action) in BY_SYSTEM and (alert.action == "urge" or alert.level > ticket.supervision):
            yield alert


def _due(ticket: Ticket, clock: Clock) -> Due | None:
    """A clock that runs on the ticket now; signing and contacting have no amber light of their own on it."""
    at = amber = None
    if clock == Clock.HANDLE and ticket.paused_at is None:
        at, amber = ticket.due_at, ticket.due_amber_at
    elif clock == Clock.SIGN and ticket.state == State.DISPATCHED:
        at = ticket.sign_due_at
    elif clock == Clock.CONTACT and not ticket.contacted_at:
        at = ticket.contact_due_at
    return Due(at, amber or at, ()) if at else None


def _job(alert: Alert, at: datetime) -> Job:
    kind = f"{alert.clock.value}:{alert.action}:{alert.days:+d}:{alert.level}"
    if alert.action == "urge":
        return Job(kind, at, Action.URGE, {"note": _said(alert)})
    return Job(kind, at, Action.SUPERVISE, {"level": alert.level, "reason": _said(alert)})


def _said(alert: Alert) -> str:
    step = WORDS[alert.clock]
    if alert.days < 0:
        return f"系统提醒：离{step}期限不足 {-alert.days} 个工作日"
    return f"系统提醒：已到{step}期限" if alert.days == 0 else f"系统提醒：{step}已超期 {alert.days} 个工作日"
