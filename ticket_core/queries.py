"""What the pages ask for: lists by cursor, a caller's history, a ticket's journal."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ticket_core.errors import TicketError
from ticket_core.tables import JournalEntry, Ticket

SEARCHED = (Ticket.number, Ticket.title, Ticket.content, Ticket.address, Ticket.department)


def page(
    session: Session, *, text: str = "", state: str = "", agent: str = "", cursor: str = "", limit: int = 30
) -> tuple[list[Ticket], str | None]:
    """Tickets, the newest first, and the cursor of the next page. Raises TicketError for a cursor that is none."""
    query = select(Ticket).order_by(Ticket.id.desc()).limit(limit + 1)
    if cursor:
        if not cursor.isdigit() or len(cursor) > 18:
            raise TicketError("翻页位置不对，请回到第一页")
        query = query.where(Ticket.id < int(cursor))
    if state:
        query = query.where(Ticket.state == state)
    if agent:
        query = query.where(Ticket.agent == agent)
    if text:
        query = query.where(or_(*(column.contains(text, autoescape=True) for column in SEARCHED)))
    rows = list(session.scalars(query))
    return rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else None


def history(session: Session, number: str, limit: int = 10) -> list[Ticket]:
    """What a number asked for before, the newest first."""
    query = select(Ticket).where(Ticket.calling_number == number).order_by(Ticket.id.desc()).limit(limit)
    return list(session.scalars(query))


def journal_of(session: Session, ticket: int) -> list[JournalEntry]:
    """A ticket's journal, oldest first."""
    return list(
        session.scalars(select(JournalEntry).where(JournalEntry.ticket_id == ticket).order_by(JournalEntry.seq))
    )
