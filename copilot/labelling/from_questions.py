"""Questions that were asked of 热线百科 and found nothing."""

from datetime import UTC, datetime, timedelta
from itertools import takewhile

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.labelling.found import Found, NewItem, citizen, digest
from copilot.labelling.queues import Name, squash
from copilot.parts import Parts
from copilot.tables import CallRow
from copilot.usage.tables import Asked
from ticket_core.tables import Ticket

ROWS = 500
LEAST = 4  # characters of something that can be answered
STILL = timedelta(minutes=5)  # a search that goes on being typed is not read yet


def read(session: Session, parts: Parts, mark: str) -> Found:
    """Follows the log of what was asked; mark: its last row read. The same words again are the same item."""
    settled = datetime.now(UTC) - STILL
    rows = session.scalars(select(Asked).where(Asked.id > int(mark or 0)).order_by(Asked.id).limit(ROWS))
    asked = list(takewhile(lambda row: row.at <= settled, rows))
    items = [item for row in asked if (item := _item(session, row))]
    return Found(items, str(asked[-1].id) if asked else mark)


def _item(session: Session, row: Asked) -> NewItem | None:
    call = session.get(CallRow, row.call) if row.call else None
    number = row.ticket or (call.ticket if call else None)
    ticket = session.get(Ticket, number) if number else None
    if len(squash(row.text)) < LEAST or (ticket is not None and ticket.confidential):
        return None
    numbers = [call.number if call else "", *((ticket.calling_number, ticket.callback_number) if ticket else ())]
    return NewItem(
        queue=Name.QUESTIONS,
        subject=digest(squash(row.text)),
        body={"text": row.text, "context": {"source": row.source}},
        call=row.call or "",
        ticket=number,
        citizen=citizen(session, *numbers),
    )
