"""The knowledge base, the departments and the matters, as the desk asks for them."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel

from copilot.api.access import PartsIn, WhoIn
from copilot.events import Card
from copilot.suggest import card

router = APIRouter(prefix="/api")


class ArticleOut(BaseModel):
    """An article to read."""

    id: str
    version: int
    title: str
    body: str
    clause: str
    issuer: str
    region: str
    valid_from: str
    valid_to: str
    source: str
    tags: list[str]


class DepartmentOut(BaseModel):
    """A department of the catalogue."""

    name: str
    level: str


class MatterOut(BaseModel):
    """A matter of the catalogue, two levels."""

    matter1: str
    matter2: str


@router.get("/knowledge/search")
async def search(user: WhoIn, parts: PartsIn, q: Annotated[str, Query(min_length=1, max_length=200)]) -> list[Card]:
    """The agent's own query; the best ten."""
    hits = await asyncio.to_thread(parts.index.search, q, 10)
    return [card(hit) for hit in hits]


@router.get("/knowledge/{article}")
async def read(article: str, user: WhoIn, parts: PartsIn) -> ArticleOut:
    """One article."""
    found = parts.articles.get(article)
    if found is None:
        raise HTTPException(404, f"热线百科里没有 {article}，可能已下架")
    return ArticleOut(
        id=found.id,
        version=found.version,
        title=found.title,
        body=found.body,
        clause=found.clause,
        issuer=found.issuer,
        region=found.region,
        valid_from=str(found.valid_from or ""),
        valid_to=str(found.valid_to or ""),
        source=found.source,
        tags=list(found.tags),
    )


@router.get("/departments")
async def departments(user: WhoIn, parts: PartsIn) -> list[DepartmentOut]:
    """Every department that can be dispatched to."""
    return [DepartmentOut(name=d.name, level=d.level) for d in parts.catalogue.departments.values()]


@router.get("/matters")
async def matters(user: WhoIn, parts: PartsIn) -> list[MatterOut]:
    """Every matter of the catalogue."""
    pairs = dict.fromkeys((line.matter1, line.matter2) for line in parts.catalogue.lines)
    return [MatterOut(matter1=first, matter2=second) for first, second in pairs]
