"""Files brought into the knowledge base: read, looked at, taken."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from copilot.api import forms
from copilot.api.access import PartsIn
from copilot.api.knowledge.shapes import ArticleBody, Names, Number, editor, names
from copilot.api.knowledge.who import AuthorIn
from copilot.knowledge import alike, imports
from copilot.knowledge.imports import Item, State
from copilot.knowledge.intake import Intake
from copilot.knowledge.tables import ImportRow
from kb_index.article import Article, KnowledgeError
from kb_index.slicing import LONGEST, cut

router = APIRouter(prefix="/api/knowledge", tags=["热线百科"])
BODY = forms.body({}, ["file"], {"file": forms.FILE})
ImportId = Annotated[int, Path(ge=1, lt=2**31)]
Only = Literal["", "open", "clean", "duplicate", "contradiction", "noted", "taken"]
TEXT = 300_000
FEW = 20  # refusals of each import in a list


class SameOut(BaseModel):
    """The import that brought the same file in before."""

    id: int
    at: datetime
    author: str
    author_name: str


class RefusedOut(BaseModel):
    """What was not read: where it stands, and why, with what to do."""

    where: str
    why: str


class CountsOut(BaseModel):
    """How many proposals there are, and with what."""

    items: int = 0
    slices: int = 0
    taken: int = 0
    refused: int = 0
    duplicate: int = 0
    contradiction: int = 0
    noted: int = 0


class ImportOut(BaseModel):
    """A file that was brought in. size: bytes; done, total: of the stage that it is in; notes: about the whole file."""

    id: int
    name: str
    size: int
    state: State
    label: str
    done: int
    total: int
    stage: str
    kind: str
    kind_label: str
    author: str
    author_name: str
    at: datetime
    same: SameOut | None
    notes: list[str]
    refused: list[RefusedOut]
    counts: CountsOut


class SpanOut(BaseModel):
    """Characters of a text, from and to before."""

    start: int
    end: int


class SideOut(BaseModel):
    """A passage, with the words that differ. slice: from 0."""

    slice: int
    text: str
    spans: list[SpanOut]


class OtherOut(SideOut):
    """The passage on the other side: of a live article, or of an item of the same file."""

    article: str
    version: int
    item: int
    title: str


class FindingOut(BaseModel):
    """What a proposal repeats, or contradicts."""

    kind: Literal["duplicate", "contradiction"]
    label: str
    says: str
    mine: SideOut
    theirs: OtherOut


class ItemOut(BaseModel):
    """A proposed article. n: from 1; chosen: nothing speaks against taking it; article: what it became."""

    n: int
    where: str
    row: dict[str, Any]
    notes: list[str]
    findings: list[FindingOut]
    seen: int
    taken: bool
    article: str
    version: int
    chosen: bool


class ImportPage(ImportOut):
    """An import with some of its items. matching: how many the filter leaves."""

    items: list[ItemOut]
    matching: int


class RowIn(ArticleBody):
    """A proposal as it is to be; days may be empty texts."""

    model_config = ConfigDict(extra="ignore")

    @field_validator("valid_from", "valid_to", "review_due", mode="before")
    @classmethod
    def _open(cls, value: Any) -> Any:
        return value or None


class ItemIn(BaseModel):
    """A corrected proposal. seen: the number under which it was read."""

    row: RowIn
    seen: Number


class TakeIn(BaseModel):
    """The items to take; all: every open one with nothing against it. submit: for first review at once."""

    items: list[Annotated[int, Field(ge=1, lt=2**31)]] = Field([], max_length=10_000)
    all: bool = False
    submit: bool = False


class TakenOut(BaseModel):
    """An item that is a draft now."""

    model_config = ConfigDict(from_attributes=True)

    n: int
    article: str
    version: int
    title: str


class TakeOut(BaseModel):
    """What was taken. left: how many open items with nothing against them remain."""

    model_config = ConfigDict(populate_by_name=True)

    taken: list[TakenOut]
    left: int
    import_: ImportOut = Field(serialization_alias="import")


class KeptOut(BaseModel):
    """An article that has gone on from its draft, and stays."""

    article: str
    version: int
    title: str
    state_label: str


class UndoOut(BaseModel):
    """What became of an import that is given up."""

    model_config = ConfigDict(populate_by_name=True)

    dropped: int
    kept: list[KeptOut]
    import_: ImportOut = Field(serialization_alias="import")


class CutIn(BaseModel):
    """A text to be sliced."""

    text: str = Field(max_length=TEXT)


class CutPart(BaseModel):
    """A slice; clause: what it stands under."""

    text: str
    clause: str


class CutOut(BaseModel):
    """A text in slices. longest: characters that a slice has at most."""

    slices: list[CutPart]
    longest: int = LONGEST


def intake_of(request: Request) -> Intake:
    """The files that this server reads."""
    intake: Intake = request.state.intake
    return intake


IntakeIn = Annotated[Intake, Depends(intake_of)]


@router.post("/imports", status_code=202, openapi_extra=BODY)
async def upload(user: AuthorIn, parts: PartsIn, intake: IntakeIn, asked: Request) -> ImportOut:
    """Bring in one file (`file` of a multipart form). It is read afterwards: ask for the import until it is."""
    async with asked.form(max_files=1, max_fields=4) as sent:
        file = next((one for _, one in sent.multi_items() if isinstance(one, UploadFile)), None)
        if file is None:
            raise HTTPException(422, "请选择要导入的文件")
        row = await intake.receive(file.file, file.filename or "", editor(user))
    return await parts.database.read(lambda session: _shown(session, row))


@router.get("/imports")
async def index(
    user: AuthorIn,
    parts: PartsIn,
    intake: IntakeIn,
    before: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[ImportOut]:
    """The imports that the user may see, the newest first; `before`: those older than this one."""
    await intake.sweep(datetime.now(UTC))

    def find(session: Session) -> list[ImportOut]:
        people = names(session)
        return [_out(row, people, FEW) for row in imports.listed(session, editor(user), before, limit)]

    return await parts.database.read(find)


@router.get("/imports/{number}")
async def read(
    number: ImportId,
    user: AuthorIn,
    parts: PartsIn,
    only: Only = "",
    offset: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ImportPage:
    """One import: how far its reading is, what was refused, and its items, those that `only` leaves."""

    def find(session: Session) -> ImportPage:
        row = imports.find(session, number, editor(user))
        matching = [item for item in row.items if _is(item, only)]
        shown = [_item(item) for item in matching[offset : offset + limit]]
        return ImportPage(**_shown(session, row).model_dump(), items=shown, matching=len(matching))

    return await parts.database.read(find)


@router.put("/imports/{number}/items/{item}")
async def edit(number: ImportId, item: ImportId, body: ItemIn, user: AuthorIn, parts: PartsIn) -> ItemOut:
    """Correct a proposal; what it repeats or contradicts is looked for anew."""
    article = body.row.article()

    def others(session: Session) -> list[tuple[int, Article]]:
        row = imports.find(session, number, editor(user))
        old = imports.open_item(row, item, body.seen)
        if problem := imports.check(session, article):
            raise KnowledgeError(problem)
        return imports.beside(row, old)

    near = await parts.database.read(others)
    findings = await asyncio.to_thread(alike.findings, parts.index, article, near)

    def work(session: Session) -> ItemOut:
        row = imports.find(session, number, editor(user))
        return _item(imports.edit(row, item, article, findings, body.seen))

    return await parts.database.write(work)


@router.post("/imports/{number}/take")
async def take(number: ImportId, body: TakeIn, user: AuthorIn, parts: PartsIn) -> TakeOut:
    """Make drafts of items, all of them or none; at most 500 at once (`all`: the first 500)."""
    by = editor(user)

    def work(session: Session) -> TakeOut:
        row = imports.find(session, number, by)
        chosen = [item["n"] for item in row.items if imports.is_clean(item)][: imports.AT_ONCE] if body.all else []
        taken = imports.take(session, row, chosen or body.items, by, submit=body.submit)
        left = sum(imports.is_clean(item) for item in row.items)
        told = [TakenOut.model_validate(one) for one in taken]
        return TakeOut(taken=told, left=left, import_=_shown(session, row))

    return await parts.database.write(work)


@router.delete("/imports/{number}")
async def undo(number: ImportId, user: AuthorIn, parts: PartsIn, intake: IntakeIn) -> UndoOut:
    """Give an import up: its reading stops, its drafts are dropped; what has gone on from a draft stays."""
    by = editor(user)

    def work(session: Session) -> UndoOut:
        row = imports.find(session, number, by)
        dropped, kept = imports.undo(session, row, by)
        told = [KeptOut(article=k.article, version=k.version, title=k.title, state_label=k.state.label) for k in kept]
        return UndoOut(dropped=dropped, kept=told, import_=_shown(session, row))

    done = await parts.database.write(work)
    await intake.stop(number)
    return done


@router.post("/cut")
async def sliced(body: CutIn, user: AuthorIn) -> CutOut:
    """A text in slices, as an import would propose them."""
    parts = await asyncio.to_thread(cut, body.text)
    return CutOut(slices=[CutPart(text=part.text, clause=part.clause) for part in parts])


def _is(item: Item, only: Only) -> bool:
    match only:
        case "open":
            return not item["article"]
        case "taken":
            return bool(item["article"])
        case "clean":
            return imports.is_clean(item)
        case "noted":
            return bool(item["notes"])
        case "duplicate" | "contradiction":
            return any(found["kind"] == only for found in item["findings"])
    return True


def _item(item: Item) -> ItemOut:
    return ItemOut(**item, taken=bool(item["article"]), chosen=imports.is_clean(item))


def _shown(session: Session, row: ImportRow) -> ImportOut:
    return _out(row, names(session))


def _out(row: ImportRow, people: Names, most: int | None = None) -> ImportOut:
    """An import; most: how many refusals are listed, None: all."""
    report, state = row.report, State(row.state)
    same, refused = report.get("same"), report.get("refused", [])
    return ImportOut(
        id=row.id,
        name=row.name,
        size=row.size,
        state=state,
        label=state.label,
        done=row.done,
        total=row.total,
        stage=report.get("stage", ""),
        kind=report.get("kind", ""),
        kind_label=report.get("kind_label", ""),
        author=row.author,
        author_name=people.get(row.author, ""),
        at=row.at,
        same=SameOut(**same, author_name=people.get(same["author"], "")) if same else None,
        notes=report.get("notes", []),
        refused=[RefusedOut(**one) for one in refused[:most]],
        counts=CountsOut(**report.get("counts", {}), refused=len(refused)),
    )
