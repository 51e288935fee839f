"""Gaps as their page shows them: with what was asked, how often and by whom, and how it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.usage.gaps import WORKED_ON, State
from copilot.usage.tables import Asked, Gap

MOST = 200  # gaps in one list
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Filled:
    """A gap with its questions, the newest first."""

    gap: Gap
    questions: Sequence[Asked]

    @property
    def examples(self) -> list[str]:
        """Some of the questions, each text once."""
        return list(dict.fromkeys(one.text for one in self.questions))[:EXAMPLES]

    @property
    def callers(self) -> int:
        """How many calls and tickets are among them."""
        return sum(one.call is not None or one.ticket is not None for one in self.questions)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Conditions that all hold; empty: none. q: stands in the title."""

    state: str = ""
    department: str | None = None
    q: str = ""
    overdue: bool = False


def page(session: Session, wanted: Wanted, now: datetime) -> list[Filled]:
    """Gaps with their questions: those that are worked on first, the soonest due before the others."""
    query = select(Gap)
    if wanted.state:
        query = query.where(Gap.state == wanted.state)
    if wanted.department is not None:
        query = query.where(Gap.department == wanted.department)
    if wanted.q:
        query = query.where(Gap.title.contains(wanted.q, autoescape=True))
    if wanted.overdue:
        query = query.where(Gap.state.in_(WORKED_ON), Gap.due_at < now)
    worked_on = Gap.state.in_(WORKED_ON)
    rows = session.scalars(query.order_by(worked_on.desc(), Gap.due_at, Gap.id).limit(MOST)).all()
    return filled(session, rows)


def filled(session: Session, gaps: Sequence[Gap]) -> list[Filled]:
    """Gaps with their questions."""
    found: dict[int, list[Asked]] = {gap.id: [] for gap in gaps}
    of = select(Asked).where(Asked.gap.in_(found)).order_by(Asked.at.desc(), Asked.id.desc())
    for row in session.scalars(of):
        if row.gap is not None:
            found[row.gap].append(row)
    return [Filled(gap, found[gap.id]) for gap in gaps]


def counts(session: Session, department: str | None, now: datetime) -> tuple[dict[State, int], int]:
    """How many gaps are in each state, and how many are overdue."""
    own = () if department is None else (Gap.department == department,)
    found = dict.fromkeys(State, 0)
    for state, count in session.execute(select(Gap.state, func.count()).where(*own).group_by(Gap.state)):
        found[State(state)] = count
    late = select(func.count()).select_from(Gap).where(*own, Gap.state.in_(WORKED_ON), Gap.due_at < now)
    return found, session.scalar(late) or 0


def waiting(session: Session) -> int:
    """Questions that are in no gap."""
    return session.scalar(select(func.count()).select_from(Asked).where(Asked.gap.is_(None))) or 0
