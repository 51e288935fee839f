"""What the agent of a call said of the base."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.api.access import PartsIn, WhoIn
from copilot.api.calls import visible
from copilot.usage.figures import titles
from copilot.usage.tables import Said

router = APIRouter(prefix="/api/knowledge")


class SaidOut(BaseModel):
    """A sentence of an article that the agent said; slice from 0, share 0-1."""

    article: str
    version: int
    title: str
    slice: int
    sentence: str
    utterance: str
    quote: str
    share: float
    at: datetime


@router.get("/said/{call}")
async def in_call(call: str, user: WhoIn, parts: PartsIn) -> list[SaidOut]:
    """What the agent of a call said of the articles that were shown or taken."""

    def find(session: Session) -> list[SaidOut]:
        visible(session, call, user)
        query = select(Said).where(Said.call == call).order_by(Said.article, Said.version, Said.slice, Said.place)
        rows = session.scalars(query).all()
        names = titles(session, [row.article for row in rows])
        return [
            SaidOut(
                title=names.get(row.article, ""),
                **{name: getattr(row, name) for name in SaidOut.model_fields if name != "title"},
            )
            for row in rows
        ]

    return await parts.database.read(find)
