"""热线百科 as everybody reads it: search, one article, lists; who writes or reviews sees more than what is live."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel
from sqlalchemy.orm import Session

from copilot.api.access import PartsIn, Who, WhoIn
from copilot.api.knowledge.shapes import AlikeOut, ArticleOut, HitOut, VersionOut, editor, edits, listed, shown
from copilot.configuration.versions import local_date
from copilot.knowledge import finding, lists, rules
from copilot.knowledge.lists import Sort, Which
from copilot.knowledge.tables import ArticleRow
from copilot.parts import Parts
from copilot.suggest import card
from copilot.usage import asked
from kb_index.lifecycle import State
from kb_index.search.index import Hit

router = APIRouter(prefix="/api/knowledge", tags=["热线百科"])
MOST, TAGS = 50, 500
Text = Annotated[str, Query(max_length=200)]


class PageOut(BaseModel):
    """Some of a list, and how many there are in all."""

    total: int
    items: list[VersionOut]


class StateOut(BaseModel):
    """A state and its name on the screen."""

    name: str
    label: str


class ChoicesOut(BaseModel):
    """What the live articles hold, for filters to choose from."""

    states: list[StateOut]
    lines: list[str]
    regions: list[str]
    issuers: list[str]
    tags: list[str]


@router.get("/search")
async def search(
    user: WhoIn,
    parts: PartsIn,
    q: Annotated[str, Query(min_length=1, max_length=200)],
    region: Text = "",
    line: Text = "",
    issuer: Text = "",
    tag: Annotated[tuple[str, ...], Query(max_length=10)] = (),
    limit: Annotated[int, Query(ge=1, le=MOST)] = 10,
) -> list[HitOut]:
    """The best live articles for a question: the sure ones first, then less likely ones.

    A question that finds none that is sure is noted as a gap.
    """
    index = parts.index
    find = partial(index.search, all_hits=True, region=region, line=line, tags=tag, issuer=issuer)
    hits = await asyncio.to_thread(find, q, limit)
    if not any(hit.sure for hit in hits) and not (region or line or issuer or tag):
        asked.note_search(parts.database, user.username, q)
    return [_hit(hit, parts) for hit in hits]


@router.get("/choices")
async def choices(user: WhoIn, parts: PartsIn) -> ChoicesOut:
    """The lines, regions, issuers and tags of the live articles; the tags used most first."""
    return await parts.database.read(_choices)


@router.get("/articles")
async def articles(
    user: WhoIn,
    parts: PartsIn,
    q: Text = "",
    state: Annotated[State | None, Query()] = None,
    mine: bool = False,
    department: Text = "",
    line: Text = "",
    due: Annotated[int | None, Query(ge=0, le=3650)] = None,
    sort: Sort = "changed",
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = MOST,
) -> PageOut:
    """The articles, one row each: the live version, else the newest; with a state every version in it.

    due: only those whose review is due within so many days.
    """
    which = Which(
        state=state.value if state else "",
        author=user.username if mine else "",
        department=department,
        line=line,
        due=None if due is None else local_date(datetime.now(UTC)) + timedelta(days=due),
        text=q,
        own=editor(user).department,
        visible=not edits(user),
    )

    def find(session: Session) -> PageOut:
        total, rows = lists.page(session, which, sort, offset, limit)
        return PageOut(total=total, items=listed(session, rows, user))

    return await parts.database.read(find)


@router.get("/articles/{article}")
async def read(
    article: str, user: WhoIn, parts: PartsIn, version: Annotated[int | None, Query(ge=1, lt=2**31)] = None
) -> ArticleOut:
    """One article as it is live, or one version of it for who writes or reviews."""

    def find(session: Session) -> ArticleOut:
        head = session.get(ArticleRow, article)
        number = version or (head.live or head.newest if head and edits(user) else head.live if head else 0)
        if head is None or not number or not may_see(user, head, number):
            raise HTTPException(404, _gone(session, article))
        found = shown(session, article, number, user)
        today = local_date(datetime.now(UTC))
        if not edits(user) and not finding.as_article(finding.version(session, article, number)).valid(today):
            raise HTTPException(404, f"{article} 不在有效期内，不能引用")
        return found

    return await parts.database.read(find)


def may_see(user: Who, head: ArticleRow, number: int) -> bool:
    """Whether a user sees a version: everybody the live one, a department its own, who reviews all of them."""
    own = editor(user).department
    return number == head.live or (edits(user) and own in (None, head.department))


def _choices(session: Session) -> ChoicesOut:
    regions, lines, issuers, tags = set(), set(), set(), Counter[str]()
    for region, line, issuer, own in finding.facets(session):
        regions.add(region)
        lines.add(line)
        issuers.add(issuer)
        tags.update(own)
    return ChoicesOut(
        states=[StateOut(name=state.value, label=state.label) for state in State],
        lines=sorted(lines - {""}),
        regions=sorted(regions - {""}),
        issuers=sorted(issuers - {""}),
        tags=[tag for tag, _ in tags.most_common(TAGS)],
    )


def _gone(session: Session, article: str) -> str:
    above = rules.superseded_by(session, article)
    return f"{article[:64]} 已被 {above} 取代" if above else f"热线百科里没有 {article[:64]}，可能已下架"


def _hit(hit: Hit, parts: Parts) -> HitOut:
    alike = [AlikeOut(article=one.id, title=one.title) for name in hit.alike if (one := parts.articles.get(name))]
    return HitOut(
        **card(hit).model_dump(),
        sure=hit.sure,
        slice=hit.slice,
        highlights=[list(span) for span in hit.highlights],
        alike=alike,
        line=hit.article.line,
        tags=list(hit.article.tags),
    )
