"""Writing and reviewing: drafts, acts, comparison, what waits for whom."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.api.access import PartsIn
from copilot.api.knowledge.reading import may_see
from copilot.api.knowledge.shapes import (
    ArticleBody,
    ArticleOut,
    EntryOut,
    Number,
    VersionOut,
    editor,
    listed,
    names,
    shown,
)
from copilot.api.knowledge.who import AuthorIn, KeeperIn
from copilot.api.once import Once, once
from copilot.configuration.versions import local_date
from copilot.knowledge import acts, finding, lists, rules
from copilot.knowledge.acts import Given
from copilot.knowledge.tables import KnowledgeEntry
from copilot.parts import Parts
from kb_index.article import KnowledgeError
from kb_index.compare import compare
from kb_index.lifecycle import Action

router = APIRouter(prefix="/api/knowledge", tags=["热线百科"])
LABELS = rules.LABELS | {"valid_from": "有效期自", "valid_to": "有效期至", "review_due": "复核日期"}


class NewIn(BaseModel):
    """A new article."""

    article: ArticleBody
    note: str = Field("", max_length=500)


class AgainIn(BaseModel):
    """A new version out of an older one."""

    base: Number
    note: str = Field("", max_length=500)


class EditIn(NewIn):
    """A draft as it is to be. seen: the number under which it was read."""

    seen: Number


class ActIn(BaseModel):
    """What goes with an act. wrong: it told people something false, from version wrong_since on."""

    seen: Number
    reason: str = Field("", max_length=500)
    wrong: bool = False
    wrong_since: Annotated[int, Field(ge=1, lt=2**31)] = 1
    review_due: date | None = None


class CheckIn(BaseModel):
    """A text as it stands in the editor; id: empty for a new article."""

    article: ArticleBody
    id: str = Field("", max_length=64)


class CheckOut(BaseModel):
    """What would be refused."""

    problems: list[str]


class SpanOut(BaseModel):
    """A stretch that stayed (kept), came (added) or went (removed)."""

    kind: str
    text: str


class FieldOut(BaseModel):
    """A field that changed."""

    name: str
    label: str
    before: str
    after: str


class ListOut(BaseModel):
    """A list that changed."""

    name: str
    label: str
    kept: list[str]
    added: list[str]
    removed: list[str]


class PartOut(BaseModel):
    """A slice before and after, by its place from 0; kind: same, changed, added, removed."""

    kind: str
    before: int | None
    after: int | None
    clause_before: str
    clause_after: str
    moved: bool
    spans: list[SpanOut]


class ComparisonOut(BaseModel):
    """What differs between version a and version b. changed: how many fields, lists and slices."""

    model_config = ConfigDict(from_attributes=True)

    article: str
    a: int
    b: int
    fields: list[FieldOut]
    lists: list[ListOut]
    slices: list[PartOut]
    changed: int


class QueueOut(BaseModel):
    """What waits: how many, and those who wait longest."""

    name: str
    label: str
    count: int
    items: list[VersionOut]


@router.post("/articles", status_code=201)
async def create(body: NewIn, user: AuthorIn, parts: PartsIn, request: Once) -> ArticleOut:
    """A new article, as a draft; its id is given here."""
    by = editor(user)

    def work(session: Session) -> ArticleOut:
        entry = acts.write(session, body.article.article(), by, body.note)
        return shown(session, entry.article, entry.version, user)

    return await _done(parts, once(request, ArticleOut, work))


@router.post("/check")
async def check(body: CheckIn, user: AuthorIn, parts: PartsIn) -> CheckOut:
    """What would be refused of a text as it stands; nothing is kept."""

    def find(session: Session) -> CheckOut:
        try:
            rules.check(session, body.article.article(body.id))
        except KnowledgeError as error:
            return CheckOut(problems=str(error).split("；"))
        return CheckOut(problems=[])

    return await parts.database.read(find)


@router.post("/articles/{article}/versions", status_code=201)
async def again(article: str, body: AgainIn, user: AuthorIn, parts: PartsIn, request: Once) -> ArticleOut:
    """A new version as a draft, out of one that is or was live."""
    by = editor(user)

    def work(session: Session) -> ArticleOut:
        entry = acts.rewrite(session, article, body.base, by, body.note)
        return shown(session, article, entry.version, user)

    return await _done(parts, once(request, ArticleOut, work))


@router.put("/articles/{article}/versions/{version}")
async def edit(article: str, version: Number, body: EditIn, user: AuthorIn, parts: PartsIn) -> ArticleOut:
    """Save a draft."""
    by = editor(user)

    def work(session: Session) -> ArticleOut:
        acts.edit(session, body.article.article(article, version), by, seen=body.seen, note=body.note)
        return shown(session, article, version, user)

    return await _done(parts, work)


@router.post("/articles/{article}/versions/{version}/acts/{action}")
async def act(
    article: str, version: Number, action: Action, body: ActIn, user: KeeperIn, parts: PartsIn, request: Once
) -> ArticleOut:
    """Do to a version what the table allows; the version that came of it. A change of what is live shows at once."""
    by = editor(user)
    search = await asyncio.to_thread(parts.configured.search, by.at)
    given = Given(body.reason, body.wrong, body.wrong_since, body.review_due, search.review_days)

    def work(session: Session) -> ArticleOut:
        entry = acts.act(session, article, version, action, by, seen=body.seen, given=given)
        return shown(session, article, entry.version, user)

    return await _done(parts, once(request, ArticleOut, work))


@router.get("/articles/{article}/versions")
async def history(article: str, user: KeeperIn, parts: PartsIn) -> list[VersionOut]:
    """Every version, the newest first; of another department's article the live one alone."""

    def find(session: Session) -> list[VersionOut]:
        head = finding.article(session, article)
        rows = [row for row in finding.versions(session, article) if may_see(user, head, row.version)]
        return listed(session, rows, user)

    return await parts.database.read(find)


@router.get("/articles/{article}/compare")
async def compared(
    article: str,
    user: KeeperIn,
    parts: PartsIn,
    a: Annotated[int, Query(ge=1, lt=2**31)],
    b: Annotated[int, Query(ge=1, lt=2**31)],
) -> ComparisonOut:
    """What differs between two versions, by field, list and slice."""

    def find(session: Session) -> ComparisonOut:
        head = finding.article(session, article)
        if not all(may_see(user, head, number) for number in (a, b)):
            raise HTTPException(404, "只能比较本单位文章的版本")
        before, after = (finding.as_article(finding.version(session, article, number)) for number in (a, b))
        found = compare(before, after)
        told = asdict(found)
        for one in (*told["fields"], *told["lists"]):
            one["label"] = LABELS[one["name"]]
        return ComparisonOut(article=article, a=a, b=b, changed=found.changed, **told)

    return await parts.database.read(find)


@router.get("/articles/{article}/journal")
async def journal(article: str, user: KeeperIn, parts: PartsIn) -> list[EntryOut]:
    """What happened to an article, the newest first."""

    def find(session: Session) -> list[EntryOut]:
        head, people = finding.article(session, article), names(session)
        query = select(KnowledgeEntry).where(KnowledgeEntry.article == article).order_by(KnowledgeEntry.id.desc())
        seen = [entry for entry in session.scalars(query) if may_see(user, head, entry.version)]
        return [EntryOut.of(entry, people) for entry in seen]

    return await parts.database.read(find)


@router.get("/review")
async def review(user: KeeperIn, parts: PartsIn) -> list[QueueOut]:
    """What waits for the reader: drafts, reviews, publishing, reviews that are due within 30 days."""
    by, today = editor(user), local_date(datetime.now(UTC))

    def find(session: Session) -> list[QueueOut]:
        found = lists.queues(session, by.username, tuple(by.may), by.department, today + timedelta(days=30))
        return [
            QueueOut(name=one.name, label=one.label, count=one.count, items=listed(session, list(one.rows), user))
            for one in found
        ]

    return await parts.database.read(find)


@router.get("/due")
async def due(user: KeeperIn, parts: PartsIn, days: Annotated[int, Query(ge=0, le=3650)] = 30) -> list[VersionOut]:
    """The live articles whose review is due within so many days, the most pressing first; at most 200."""
    own = editor(user).department
    until = local_date(datetime.now(UTC)) + timedelta(days=days)
    which = lists.Which(due=until, department=own or "", own=own)

    def find(session: Session) -> list[VersionOut]:
        return listed(session, lists.page(session, which, "due", 0, 200)[1], user)

    return await parts.database.read(find)


async def _done(parts: Parts, work: Callable[[Session], ArticleOut]) -> ArticleOut:
    """Commit, and let the index see it before anybody is told."""
    answer = await parts.database.write(work)
    await asyncio.to_thread(parts.live.follow)
    return answer
