"""Fills the queues, each source from where it was read last; what is there already is not added again."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from copilot.labelling import found, from_articles, from_calls, from_questions, from_tickets
from copilot.labelling.found import Found
from copilot.parts import Parts
from ticket_core.deadline import ZONE

Source = Callable[[Session, Parts, str], Found]
SOURCES: Mapping[str, Source] = {
    "articles": from_articles.read,
    "questions": from_questions.read,
    "calls": from_calls.read,
    "tickets": from_tickets.read,
}
AT = "collected"
AGAIN = timedelta(minutes=5)
NIGHT = range(1, 5)  # hours at the hotline


async def collect(parts: Parts, now: datetime) -> dict[str, int]:
    """Read every source to its end; how many items were added, by queue."""
    added: Counter[str] = Counter()
    await parts.database.write(found.ready)
    for name, source in SOURCES.items():
        while (more := await _step(parts, name, source, now)) is not None:
            added.update(more)
    await parts.database.write(lambda session: found.put_mark(session, AT, now.isoformat()))
    return dict(added)


async def collect_again(parts: Parts, now: datetime) -> dict[str, int]:
    """The same, unless it was done within five minutes."""
    last = await parts.database.read(_last)
    return {} if last is not None and now - last < AGAIN else await collect(parts, now)


async def nightly(parts: Parts, now: datetime) -> dict[str, int]:
    """The same, once a night; not where nobody has opened the labelling page yet."""
    here = now.astimezone(ZONE)
    last = await parts.database.read(_last) if here.hour in NIGHT else None
    if last is None or last >= here.replace(hour=NIGHT.start, minute=0, second=0, microsecond=0):
        return {}
    return await collect(parts, now)


async def _step(parts: Parts, name: str, source: Source, now: datetime) -> dict[str, int] | None:
    """The next stretch of a source; None: there is no more."""

    def read(session: Session) -> tuple[str, Found]:
        before = found.mark(session, name)
        return before, source(session, parts, before)

    before, more = await parts.database.read(read)
    if more.mark == before:
        return None
    return await parts.database.write(partial(found.keep, source=name, found=more, now=now))


def _last(session: Session) -> datetime | None:
    told = found.mark(session, AT)
    return datetime.fromisoformat(told) if told else None
