"""What the pages ask for: queues and searches by cursor, counts, a caller's history, a ticket's journal and relations.

Cost depends on the tickets that are open and on the page, never on the archive: what a state's B-tree cannot select
alone goes through the inverted index (`words`), from the newest window of ids on.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from ticket_core import words
from ticket_core.deadline import local_day
from ticket_core.errors import TicketError
from ticket_core.tables import NEVER, JournalEntry, Ticket
from ticket_core.vocabulary import State
from ticket_core.words import Phrase, Query, any_of, stage

Sort = Literal["newest", "due", "updated", "urgent"]
OPEN = tuple(state.value for state in State if stage(state) == "open")
ENDED = tuple(state.value for state in State if stage(state) != "open")
DAWN = date(2000, 1, 1)  # nothing is older
PLAIN = ("nature", "district", "urgency", "channel", "matter1")
URGENT = "紧急"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that all hold; empty: none. states, departments, agents: any of them.

    department: the lead; assisting: an assisting one; departments: either. agent: "" is nobody. light: red, amber,
    green. created_from, created_to: local days, both included. within: conditions that hold besides.
    """

    states: tuple[str, ...] = ()
    text: str = ""
    department: str = ""
    assisting: str = ""
    departments: tuple[str, ...] = ()
    agent: str | None = None
    agents: tuple[str, ...] = ()
    nature: str = ""
    district: str = ""
    urgency: str = ""
    channel: str = ""
    matter1: str = ""
    light: str = ""
    created_from: date | None = None
    created_to: date | None = None
    unclaimed: bool = False
    supervised: bool = False
    within: "Filter | None" = None

    def narrowed(self, **conditions: Any) -> "Filter":
        """These conditions and further ones."""
        return Filter(**conditions, within=self)

    def each(self) -> "Iterator[Filter]":
        """This one, and those that it lies within."""
        yield self
        if self.within:
            yield from self.within.each()


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person may see; None: all. departments: lead or assisting. unclaimed: drafts that nobody has as well."""

    departments: tuple[str, ...] | None = None
    agents: tuple[str, ...] | None = None
    unclaimed: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many tickets; capped: there are more. red: overdue, amber: nearly due."""

    total: int
    capped: bool
    red: int
    amber: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a sorted list, after which the next one comes: of these states, in one order."""

    states: tuple[str, ...]
    key: InstrumentedAttribute[Any]
    down: bool
    also: ColumnElement[bool] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter and a scope as a query of the index, conditions on columns, and states."""

    query: Query
    conditions: tuple[ColumnElement[bool], ...]
    states: tuple[str, ...]

    def among(self, states: Sequence[str]) -> "Wanted":
        """The same, of these states alone."""
        return Wanted(self.query, self.conditions, tuple(state for state in self.states if state in states))

    @property
    def empty(self) -> bool:
        """Nothing can be found."""
        return not self.states or not all(self.query)


NEWEST = Stretch((*OPEN, *ENDED), Ticket.id, True)
ARCHIVE = Stretch(ENDED, Ticket.id, True)
SORTS: dict[str, tuple[Stretch, ...]] = {
    "newest": (NEWEST,),
    "due": (Stretch(OPEN, Ticket.step_due_at, False), ARCHIVE),
    "updated": (Stretch(OPEN, Ticket.updated_at, True), ARCHIVE),
    "urgent": (
        Stretch(OPEN, Ticket.step_due_at, False, Ticket.urgency == URGENT),
        Stretch(OPEN, Ticket.step_due_at, False, Ticket.urgency != URGENT),
        ARCHIVE,
    ),
}


def visible(ticket: Ticket, scope: Scope) -> bool:
    """Whether a ticket lies within the scope."""
    own = {ticket.department, *ticket.assisting} if ticket.first_department else set()
    if scope.departments is not None and not own.intersection(scope.departments):
        return False
    unclaimed = scope.unclaimed and ticket.state == State.DRAFT and not ticket.agent
    return scope.agents is None or unclaimed or ticket.agent in scope.agents


def page(
    session: Session, which: Filter, *, scope: Scope, sort: Sort, cursor: str = "", limit: int = 30, now: datetime
) -> tuple[list[Ticket], str | None]:
    """Tickets and the cursor of the next page, None at the end. Ended tickets follow the open ones, the newest first.

    Raises TicketError for a cursor that is none, a sort that is none, and a search that is too long.
    """
    if sort not in SORTS:
        raise TicketError(f"没有“{sort}”这种排序；可选：{'、'.join(SORTS)}")
    wanted, stretches = _wanted(which, scope, now), SORTS[sort]
    first, after = _position(sort, cursor) if cursor else (0, None)
    found: list[tuple[int, Ticket]] = []
    for place in range(first, len(stretches)):
        rows = _stretch(session, wanted, stretches[place], after if place == first else None, limit + 1 - len(found))
        found += [(place, row) for row in rows]
    following = _cursor(sort, *found[limit - 1]) if len(found) > limit else None
    return [row for _, row in found[:limit]], following


def counts(session: Session, filters: Iterable[Filter], scope: Scope, now: datetime, cap: int = 1000) -> list[Count]:
    """How many tickets each filter finds, counted up to `cap`; those with a red or amber light exactly."""
    return [_count(session, _wanted(one, scope, now), now, cap) for one in filters]


def newest(session: Session, query: Query, limit: int) -> list[Ticket]:
    """The newest tickets that a query of the index finds."""
    return _by_window(session, select(Ticket), Wanted(query, (), (*OPEN, *ENDED)), limit, None)


def history(session: Session, number: str, limit: int = 10) -> list[Ticket]:
    """What a number asked for before, the newest first."""
    if not number:
        return []
    called = or_(Ticket.calling_number == number, Ticket.callback_number == number)
    return list(session.scalars(select(Ticket).where(called).order_by(Ticket.id.desc()).limit(limit)))


def journal_of(session: Session, ticket: int) -> list[JournalEntry]:
    """A ticket's journal, oldest first."""
    return list(
        session.scalars(select(JournalEntry).where(JournalEntry.ticket_id == ticket).order_by(JournalEntry.seq))
    )


def related(session: Session, ticket: Ticket, limit: int = 50) -> list[tuple[str, Ticket]]:
    """The tickets that belong to this one, each with what it is to it (Chinese)."""
    found = [("主单", session.get(Ticket, ticket.merged_into)) if ticket.merged_into else ("", None)]
    found += [("前次工单", session.get(Ticket, ticket.linked_to)) if ticket.linked_to else ("", None)]
    for relation, column in (("并入本单", Ticket.merged_into), ("后续工单", Ticket.linked_to)):
        rows = session.scalars(select(Ticket).where(column == ticket.id).order_by(Ticket.id.desc()).limit(limit))
        found += [(relation, row) for row in rows]
    return [(relation, row) for relation, row in found if row is not None]


def _wanted(which: Filter, scope: Scope, now: datetime) -> Wanted:
    query, conditions, states = list(_scoped(scope)), [], (*OPEN, *ENDED)
    for one in which.each():
        query += _sought(one, scope.departments is None, now)
        conditions += [LIGHTS[one.light](now)] if one.light else []
        allowed = OPEN if one.light else states
        states = tuple(state for state in states if state in allowed and state in (one.states or states))
    return Wanted(tuple(query), tuple(conditions), states)


def _scoped(scope: Scope) -> Iterator[tuple[Phrase, ...]]:
    if scope.departments is not None:
        yield _either(scope.departments)
    if scope.agents is not None:
        yield (*any_of("agent", scope.agents), *(any_of("unclaimed", [""]) if scope.unclaimed else ()))


def _sought(one: Filter, identity: bool, now: datetime) -> Iterator[tuple[Phrase, ...]]:
    if one.text.strip():
        yield from words.sought(one.text, identity) or [()]
    if one.departments:
        yield _either(one.departments)
    if one.agents:
        yield any_of("agent", one.agents)
    if one.created_from or one.created_to:
        latest = date.fromisoformat(local_day(now)) + timedelta(days=366)
        yield words.created(max(one.created_from or DAWN, DAWN), min(one.created_to or latest, latest))
    agents = [*([one.agent] if one.agent is not None else []), *([""] if one.unclaimed else [])]
    yield from (any_of("agent", [agent]) for agent in agents)
    single = {"lead": one.department, "assisting": one.assisting, "supervised": "1" if one.supervised else ""}
    single |= {name: getattr(one, name) for name in PLAIN}
    yield from (any_of(name, [value]) for name, value in single.items() if value)


def _either(departments: Sequence[str]) -> tuple[Phrase, ...]:
    return (*any_of("lead", departments), *any_of("assisting", departments))


LIGHTS = {
    "red": lambda now: Ticket.step_due_at < now,
    "amber": lambda now: (Ticket.step_due_at >= now) & (Ticket.step_amber_at <= now),
    "green": lambda now: (Ticket.step_due_at >= now) & (Ticket.step_amber_at > now) & (Ticket.step_due_at < NEVER),
}


def _stretch(session: Session, wanted: Wanted, stretch: Stretch, after: Any, limit: int) -> list[Ticket]:
    """The next tickets of a stretch. after: the key (unless it is the id) and the id of the one before them."""
    wanted = wanted.among(stretch.states)
    if wanted.empty or limit <= 0:
        return []
    keys = (Ticket.id,) if stretch.key is Ticket.id else (stretch.key, Ticket.id)
    query = select(Ticket).order_by(*(key.desc() if stretch.down else key for key in keys)).where(*wanted.conditions)
    if stretch.also is not None:
        query = query.where(stretch.also)
    if wanted.query and stretch.key is Ticket.id:
        return _by_window(session, query, wanted, limit, after)
    if after is not None:
        here = tuple_(*(literal(one, key.type) for one, key in zip(after, keys, strict=True)))
        query = query.where(tuple_(*keys) < here if stretch.down else tuple_(*keys) > here)
    if not wanted.query:
        return _by_state(session, query, wanted.states, stretch, limit)
    return list(session.scalars(_joined(session, query, wanted).limit(limit)))


def _by_state(
    session: Session, query: Select[Ticket], states: Sequence[str], stretch: Stretch, limit: int
) -> list[Ticket]:
    """Each state by its own index, then the first of them all."""
    if len(states) == len(State):
        return list(session.scalars(query.limit(limit)))
    brief = query.with_only_columns(stretch.key, Ticket.id)
    keys = [tuple(row) for state in states for row in session.execute(brief.where(Ticket.state == state).limit(limit))]
    first: list[int] = [key[-1] for key in sorted(keys, reverse=stretch.down)[:limit]]
    rows = {row.id: row for row in session.scalars(select(Ticket).where(Ticket.id.in_(first)))}
    return [rows[ticket] for ticket in first]


def _by_window(session: Session, query: Select[Ticket], wanted: Wanted, limit: int, after: Any) -> list[Ticket]:
    """From the newest on: windows of ids that grow while they hold too little, so that common words cost no more."""
    level, rows = 0, list[Ticket]()
    below = after[0] if after else (session.scalar(select(func.max(Ticket.id))) or 0) + 1
    while below > 1 and len(rows) < limit:
        within = replace(wanted, query=(*wanted.query, words.within(level, below - 1)))
        rows += session.scalars(_joined(session, query, within, below).limit(limit - len(rows)))
        below = (below - 1) >> words.WINDOWS[level] << words.WINDOWS[level]
        level = min(level + 1, len(words.WINDOWS) - 1)
    return rows


def _joined(session: Session, query: Select[Any], wanted: Wanted, below: int | None = None) -> Select[Any]:
    """The query over what the index finds. below: of the ids before this one, the newest first."""
    sought, dialect = wanted.query, session.get_bind().dialect.name
    if len(wanted.states) < len(State):
        # SQLite would go through a state's tickets one by one and ask the index of words about each
        state = Ticket.state + "" if dialect == "sqlite" else Ticket.state
        query = query.where(state.in_(wanted.states))
        sought = (*sought, any_of("stage", dict.fromkeys(map(stage, wanted.states))))
    kept, ticket, holds = words.holds(dialect, sought)
    if below is not None:
        # PostgreSQL would walk the ids backwards for words that it takes for common, past the window's end
        number = ticket if dialect == "sqlite" else ticket + 0
        query = query.where(number < below).order_by(None).order_by(number.desc())
    return query.join_from(Ticket, kept, ticket == Ticket.id).where(holds)


def _count(session: Session, wanted: Wanted, now: datetime, cap: int) -> Count:
    total, red, amber = _lights(session, wanted.among(OPEN), now)
    if total <= cap:
        total += _ended(session, wanted.among(ENDED), cap + 1 - total)
    return Count(min(total, cap), total > cap, red, amber)


def _lights(session: Session, wanted: Wanted, now: datetime) -> tuple[int, int, int]:
    """How many in all, red and amber."""
    if wanted.empty:
        return 0, 0, 0
    sums = [func.coalesce(func.sum(case((LIGHTS[light](now), 1), else_=0)), 0) for light in ("red", "amber")]
    total, red, amber = session.execute(_rows(session, select(func.count(), *sums), wanted)).one()
    return total, red, amber


def _ended(session: Session, wanted: Wanted, cap: int) -> int:
    if wanted.empty:
        return 0
    some = _rows(session, select(literal(1)), wanted).limit(cap).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _rows(session: Session, query: Select[Any], wanted: Wanted) -> Select[Any]:
    query = query.where(*wanted.conditions)
    if wanted.query:
        return _joined(session, query, wanted)
    return query.select_from(Ticket).where(Ticket.state.in_(wanted.states))


def _cursor(sort: str, place: int, last: Ticket) -> str:
    key = getattr(last, SORTS[sort][place].key.key)
    number = (key - EPOCH) // timedelta(microseconds=1) if isinstance(key, datetime) else key
    return urlsafe_b64encode(f"{sort} {place} {number} {last.id}".encode()).decode().rstrip("=")


def _position(sort: str, cursor: str) -> tuple[int, tuple[Any, ...]]:
    """The stretch of a cursor, and the key and id of the ticket that it stands behind."""
    try:
        named, *numbers = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        place, number, last = (int(one) for one in numbers)
        key = SORTS[sort][place].key
        if named == sort and place >= 0 and 0 <= last < 2**31:
            return place, (last,) if key is Ticket.id else (EPOCH + timedelta(microseconds=number), last)
    except (ValueError, IndexError, OverflowError) as error:
        raise TicketError("翻页位置不对，请回到第一页") from error
    raise TicketError("翻页位置与排序不符，请回到第一页")
