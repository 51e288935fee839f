"""What a desk hears without a gap: the bus, and the database for what the bus left out."""

from collections.abc import AsyncIterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from copilot.bus import Behind, Mailbox
from copilot.database import Database
from copilot.events import WIRE, Event
from copilot.tables import CallRow, EventRow


class Feed:
    """Kept events of an agent's calls in order, each once, and drafts as they come.

    call, after: a call that the desk knows, and the last of its sequence numbers that it has seen.
    """

    def __init__(self, database: Database, mailbox: Mailbox, agent: str, call: str = "", after: int = 0) -> None:
        self._database, self._mailbox, self._agent = database, mailbox, agent
        self._last = {call: after} if call else {}

    async def __aiter__(self) -> AsyncIterator[Event]:
        for event in await self._missed():
            yield event
        while True:
            try:
                event = await self._mailbox.get()
            except Behind:
                waiting = await self._missed()
            else:
                waiting = await self._next(event)
            for event in waiting:
                yield event

    async def _next(self, event: Event) -> list[Event]:
        """The event and what is missing before it; nothing when it was told already."""
        if event.seq == 0:
            return [event]
        last = self._last.get(event.call, 0)
        if event.seq <= last:
            return []
        if event.seq > last + 1:
            return await self._missed()
        self._last[event.call] = event.seq
        return [event]

    async def _missed(self) -> list[Event]:
        """Everything kept that was not told: of the calls that this desk knows and of those under way."""

        def load(session: Session) -> list[Event]:
            mine = select(CallRow.id).where(
                CallRow.agent == self._agent,
                or_(CallRow.id.in_(tuple(self._last)), CallRow.state.in_(("ringing", "live"))),
            )
            found: list[Event] = []
            for call in session.scalars(mine.order_by(CallRow.started_at)).all():
                kept = select(EventRow.body).where(EventRow.call == call, EventRow.seq > self._last.get(call, 0))
                found += [WIRE.validate_python(body) for body in session.scalars(kept.order_by(EventRow.seq))]
            return found

        events = await self._database.read(load)
        for event in events:
            self._last[event.call] = event.seq
        return events
