"""Saved views: a user's named selections of tickets."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.api.access import PartsIn, Who, allow
from copilot.api.once import Once, once
from copilot.tables import SavedView
from ticket_core.text import visible

router = APIRouter(prefix="/api/views", tags=["工单"])
Reader = Annotated[Who, Depends(allow("tickets"))]
MOST = 50
Value = Annotated[str, Field(max_length=100)]


class NewView(BaseModel):
    """A view to keep under a name; one of that name is replaced. query: parameters of the list of tickets."""

    name: Annotated[str, Field(max_length=50, examples=["邗江超期"])]
    query: dict[Annotated[str, Field(max_length=30)], Value | Annotated[list[Value], Field(max_length=20)]] = Field(
        max_length=20, examples=[{"district": "邗江区", "light": "red"}]
    )


class ViewOut(NewView):
    """A saved view."""

    model_config = ConfigDict(from_attributes=True)

    id: int


@router.get("")
async def index(user: Reader, parts: PartsIn) -> list[ViewOut]:
    """The user's own views, in the order in which they were made."""
    own = select(SavedView).where(SavedView.user == user.username).order_by(SavedView.id)

    def find(session: Session) -> list[ViewOut]:
        return [ViewOut.model_validate(row) for row in session.scalars(own)]

    return await parts.database.read(find)


@router.post("", status_code=201)
async def keep(body: NewView, user: Reader, parts: PartsIn, request: Once) -> ViewOut:
    """Keep a view."""
    name = visible(body.name)
    if not name:
        raise HTTPException(422, "请给视图起个名字")
    query = body.model_dump()["query"]

    def save(session: Session) -> ViewOut:
        own = select(SavedView).where(SavedView.user == user.username)
        row = session.scalar(own.where(SavedView.name == name))
        if row is None:
            if (session.scalar(select(func.count()).select_from(own.subquery())) or 0) >= MOST:
                raise HTTPException(422, f"最多保存 {MOST} 个视图，请先删除不用的")
            row = SavedView(user=user.username, name=name)
            session.add(row)
        row.query = query
        session.flush()
        return ViewOut.model_validate(row)

    return await parts.database.write(once(request, ViewOut, save))


@router.delete("/{view}", status_code=204)
async def drop(view: Annotated[int, Path(ge=1, lt=2**31)], user: Reader, parts: PartsIn) -> None:
    """Delete one of the user's own views."""

    def delete(session: Session) -> None:
        row = session.get(SavedView, view)
        if row is None or row.user != user.username:
            raise HTTPException(404, "没有这个视图，可能已删除")
        session.delete(row)

    await parts.database.write(delete)
