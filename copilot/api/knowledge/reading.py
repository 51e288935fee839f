"""The knowledge base, as the desk asks for it."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel

from copilot.api.access import PartsIn, WhoIn
from copilot.events import Card
from copilot.suggest import card

router = APIRouter(prefix="/api/knowledge")


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


@router.get("/search")
async def search(user: WhoIn, parts: PartsIn, q: Annotated[str, Query(min_length=1, max_length=200)]) -> list[Card]:
    """The agent's own query; the best ten."""
    hits = await asyncio.to_thread(parts.index.search, q, 10)
    return [card(hit) for hit in hits]


@router.get("/articles/{article}")
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
