"""The index of tickets: an inverted one over character bigrams and facets, in SQLite FTS5 or in PostgreSQL GIN.

Tokens are made here, of [0-9a-z] alone, so that no database parses what people wrote: two characters next to each
other are a hexadecimal token, `i` before it where they tell who a confidential citizen is; `x` begins a facet (a
department, a day, …), `w` a window of ids, by which a search can go from the newest on.
"""

import hashlib
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    TableClause,
    cast,
    column,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from ticket_core.deadline import local_day
from ticket_core.errors import TicketError
from ticket_core.tables import Ticket
from ticket_core.vocabulary import State

SEARCHED = (
    *("number", "title", "content", "address", "district", "department", "party_concerned"),
    *("matter1", "matter2", "matter3"),
)
IDENTITY = ("citizen_name", "calling_number", "callback_number")
FACETS = ("agent", "nature", "district", "urgency", "channel", "matter1")
COLUMNS = frozenset(
    {*SEARCHED, *IDENTITY, *FACETS, "assisting", "confidential", "supervision", "state"}
)  # a change asks for `index`
_KEPT = text("SELECT body FROM ticket_words WHERE rowid = :id")
WINDOWS = (10, 13, 16, 19)  # bits of an id: a thousand tickets, then eight times as many, …
MOST = 100
CREATE = {
    "sqlite": ("CREATE VIRTUAL TABLE ticket_words USING fts5(body, tokenize='unicode61', columnsize=0)",),
    "postgresql": (
        "CREATE TABLE ticket_words (ticket_id INTEGER PRIMARY KEY, words TSVECTOR NOT NULL)",
        # beside the table its words would cost the planner nothing, and it would read all of them rather than the index
        "ALTER TABLE ticket_words ALTER COLUMN words SET STORAGE MAIN",
        # searches read all that is pending, so little may be
        "CREATE INDEX ix_ticket_words ON ticket_words USING gin (words) WITH (gin_pending_list_limit = 512)",
    ),
}
INSERT = {  # rows of `row`, also over older ones
    "sqlite": text("INSERT OR REPLACE INTO ticket_words (rowid, body) VALUES (:id, :words)"),
    "postgresql": text(
        "INSERT INTO ticket_words (ticket_id, words) VALUES (:id, CAST(:words AS tsvector)) ON CONFLICT (ticket_id) "
        "DO UPDATE SET words = EXCLUDED.words WHERE ticket_words.words <> EXCLUDED.words"
    ),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that follow each other; prefix: the last one is the beginning of a token."""

    tokens: tuple[str, ...]
    prefix: bool = False


Query = tuple[tuple[Phrase, ...], ...]  # each of them must hold by any of its phrases


def create(connection: Connection) -> None:
    """Make the table `ticket_words`, empty; the tickets that are there already are given to `index`."""
    for statement in CREATE[connection.dialect.name]:
        connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Take the table away."""
    connection.execute(text("DROP TABLE ticket_words"))


def runs(words: str) -> list[str]:
    """Letters and digits that stand together, as they are compared: full width and capitals make no difference."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    return ["".join(found) for known, found in groupby(plain, str.isalnum) if known]


def bigrams(words: str) -> list[str]:
    """Each two characters that stand together, and the last one of every run alone."""
    return [pair for run in runs(words) for pair in [*map("".join, pairwise(run)), run[-1]]]


def fours(words: str) -> list[str]:
    """Each four digits that stand together: pairs of digits stand in every ticket and would narrow nothing."""
    return [run[at : at + 4] for run in runs(words) for at in range(len(run) - 3) if run[at : at + 4].isdecimal()]


@lru_cache(10_000)
def facet(name: str, value: str = "") -> str:
    """The token of a property that a ticket has."""
    return "x" + hashlib.blake2s(f"{name}={value}".encode(errors="replace"), digest_size=8).hexdigest()


def window(level: int, ticket: int) -> str:
    """The token of the window of ids that a ticket lies in."""
    return f"w{level}w{ticket >> WINDOWS[level]:x}"


def stage(state: str) -> str:
    """open, or where an ended ticket stands."""
    return str(state) if state in (State.CLOSED, State.ARCHIVED) else "open"


def document(ticket: Ticket) -> tuple[list[str], list[str]]:
    """Tokens in the order of the text, and tokens of facets. The ticket must have its id."""
    marked = [("", name) for name in SEARCHED] + [("i" if ticket.confidential else "", name) for name in IDENTITY]
    told = [(mark, getattr(ticket, name) if mark else _said(ticket, name)) for mark, name in marked]
    texts = [(mark, said) for mark, said in told if said]
    words = [mark + _token(pair) for mark, said in texts for pair in bigrams(said)]
    digits = [mark + _token(four) for mark, said in texts for four in fours(said)]
    return words, list(dict.fromkeys([*digits, *_facets(ticket)]))


def _said(ticket: Ticket, name: str) -> str:
    """A field's text; of a confidential ticket without the citizen's name and numbers, which are marked apart."""
    said: str = getattr(ticket, name)
    if not said or not ticket.confidential:
        return said
    hidden = {getattr(ticket, one) for one in IDENTITY}
    for value in sorted(hidden - {""}, key=len, reverse=True):
        said = said.replace(value, " ")
    return said


def row(ticket: Ticket, dialect: str) -> dict[str, Any]:
    """A ticket's row of `ticket_words`, for `INSERT`."""
    words, facets = document(ticket)
    if dialect == "sqlite":
        return {"id": ticket.id, "words": " ".join([*words, *facets])}
    return {"id": ticket.id, "words": " ".join([*(f"{word}:{n}" for n, word in enumerate(words, 1)), *facets])}


def index(session: Session, *tickets: Ticket, fresh: bool = False) -> None:
    """Keep the words and facets of tickets, which must have their ids, in the session's transaction. fresh: all new."""
    dialect = session.get_bind().dialect.name
    rows = [row(ticket, dialect) for ticket in tickets]
    if dialect == "sqlite" and not fresh:
        rows = [new for new in rows if session.scalar(_KEPT, {"id": new["id"]}) != new["words"]]
    if rows:
        session.connection().execute(INSERT[dialect], rows)


def reindex(session: Session, batch: int = 500) -> int:
    """Index every ticket of the database, as after `create` on one that has tickets; how many."""
    last = done = 0
    while tickets := session.scalars(select(Ticket).where(Ticket.id > last).order_by(Ticket.id).limit(batch)).all():
        index(session, *tickets)
        last, done = tickets[-1].id, done + len(tickets)
    return done


def sought(words: str, identity: bool) -> Query | None:
    """What a person typed: every run of it must stand in a ticket; None where nothing of it can be searched for.

    identity: also in the name and numbers of confidential citizens. Raises TicketError for more than MOST characters.
    """
    if len(words) > MOST:
        raise TicketError(f"搜索内容最多 {MOST} 字，现在是 {len(words)} 字；请换成几个关键词")
    marks = ("", "i") if identity else ("",)
    told = [[_phrase(run, mark) for mark in marks] for run in runs(words)]
    told += [[Phrase((mark + _token(four),)) for mark in marks] for four in fours(words)]
    return tuple(dict.fromkeys(map(tuple, told))) or None


def any_of(name: str, values: Iterable[str]) -> tuple[Phrase, ...]:
    """The facet has one of these values."""
    return tuple(Phrase((facet(name, value),)) for value in values)


def within(level: int, ticket: int) -> tuple[Phrase, ...]:
    """The id lies in the same window as this one."""
    return (Phrase((window(level, ticket),)),)


def created(first: date, last: date) -> tuple[Phrase, ...]:
    """Made on a local day from first to last; by whole years and months where they fit, so that phrases stay few."""
    day, spans = first, []
    while day <= last:
        span, end = next((span, end) for span, end in _ends(day) if end <= last)
        spans.append(Phrase((_days(day)[span],)))
        day = end + timedelta(days=1)
    return tuple(spans)


def holds(dialect: str, query: Query) -> tuple[TableClause, ColumnElement[int], ColumnElement[bool]]:
    """The table of the index, its column of ticket ids, and the condition that a query holds."""
    if dialect == "sqlite":
        kept = table("ticket_words", column("rowid", Integer))
        return kept, kept.c.rowid, literal_column("ticket_words").bool_op("MATCH")(_fts5(query))
    kept = table("ticket_words", column("ticket_id", Integer), column("words"))
    return kept, kept.c.ticket_id, kept.c.words.bool_op("@@")(cast(_tsquery(query), TSQUERY))


def _token(characters: str) -> str:
    """Hexadecimal; in UTF-16 no character's code begins another's."""
    return characters.encode("utf-16-be").hex()


def _phrase(run: str, mark: str) -> Phrase:
    return Phrase(
        tuple(mark + _token(pair) for pair in map("".join, pairwise(run))) or (mark + _token(run),), not run[1:]
    )


def _facets(ticket: Ticket) -> Iterator[str]:
    yield from (facet(name, getattr(ticket, name)) for name in FACETS)
    if ticket.first_department:  # before that a department is only proposed
        yield facet("lead", ticket.department)
        yield from (facet("assisting", name) for name in ticket.assisting)
    yield from _days(date.fromisoformat(local_day(ticket.created_at)))
    yield from (window(level, ticket.id) for level in range(len(WINDOWS)))
    yield facet("stage", stage(ticket.state))
    if ticket.supervision:
        yield facet("supervised", "1")
    if ticket.state == State.DRAFT and not ticket.agent:
        yield facet("unclaimed")


@lru_cache(1000)
def _days(day: date) -> tuple[str, str, str]:
    """The facets of a day: itself, its month, its year."""
    return facet("day", f"{day}"), facet("month", f"{day:%Y-%m}"), facet("year", f"{day:%Y}")


def _ends(day: date) -> Iterator[tuple[int, date]]:
    """The last days of the spans that begin on a day, the longest first, each with its place in `_days`."""
    if (day.month, day.day) == (1, 1):
        yield 2, day.replace(month=12, day=31)
    if day.day == 1:
        yield 1, day.replace(day=monthrange(day.year, day.month)[1])
    yield 0, day


def _fts5(query: Query) -> str:
    def written(phrase: Phrase) -> str:
        return f'"{" ".join(phrase.tokens)}"{" *" * phrase.prefix}'

    return " AND ".join(f"({' OR '.join(map(written, phrases))})" for phrases in query)


def _tsquery(query: Query) -> str:
    def written(phrase: Phrase) -> str:
        return f"({' <-> '.join(phrase.tokens)}{':*' * phrase.prefix})"

    return " & ".join(f"({' | '.join(map(written, phrases))})" for phrases in query)
