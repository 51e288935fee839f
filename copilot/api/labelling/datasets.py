"""Data sets: written, compared, downloaded."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.api.access import PartsIn
from copilot.api.detail import names_of
from copilot.api.labelling.shapes import Adjudicator, Annotator
from copilot.labelling import datasets
from copilot.labelling.errors import LabelError
from copilot.labelling.rows import KINDS
from copilot.labelling.tables import LabelDataset
from copilot.parts import Parts

router = APIRouter(prefix="/api/labelling")
DatasetId = Annotated[int, Path(ge=1, lt=2**31)]
EXAMPLES = 5


class DatasetIn(BaseModel):
    """What to write, and a word on it."""

    kind: Literal["search", "routing", "speech"]
    note: str = Field("", max_length=500)


class DatasetOut(BaseModel):
    """A data set as it was written; size: bytes of the file; manifest: counts, balance, sides, hashes of its files."""

    id: int
    kind: str
    kind_label: str
    version: int
    author: str
    author_name: str
    at: datetime
    note: str
    sha256: str
    size: int
    manifest: dict[str, Any]


class ComparisonOut(BaseModel):
    """How many rows came, went, changed, or moved to another side from the older version to this; a few ids of each."""

    added: int
    removed: int
    changed: int
    moved: int
    same: int
    examples: dict[str, list[str]]


@router.get("/datasets")
async def every_dataset(user: Annotator, parts: PartsIn) -> list[DatasetOut]:
    """All data sets, the newest first."""
    newest = select(LabelDataset).order_by(LabelDataset.id.desc())

    def find(session: Session) -> list[DatasetOut]:
        rows = session.scalars(newest).all()
        people = names_of(session, {row.author for row in rows})
        return [_shown(row, people) for row in rows]

    return await parts.database.read(find)


@router.post("/datasets", status_code=201)
async def write(body: DatasetIn, user: Adjudicator, parts: PartsIn) -> DatasetOut:
    """Write the next version out of what is settled; its labels are closed by that."""
    row = await datasets.write(parts, body.kind, user.username, body.note.strip(), datetime.now(UTC))
    return _shown(row, {user.username: user.name})


@router.get("/datasets/{dataset}/download")
async def download(dataset: DatasetId, user: Adjudicator, parts: PartsIn) -> Response:
    """The archive of JSON lines; its hash is checked first."""
    row = await _find(parts, dataset)
    packed = await asyncio.to_thread(datasets.content, parts.settings.data, row)
    headers = {
        "Content-Disposition": f'attachment; filename="{row.kind}-v{row.version}.zip"',
        "Cache-Control": "private, no-store",
    }
    return Response(packed, media_type="application/zip", headers=headers)


@router.get("/datasets/{dataset}/compare")
async def compare(
    dataset: DatasetId, user: Annotator, parts: PartsIn, other: Annotated[int, Query(ge=1, lt=2**31)]
) -> ComparisonOut:
    """What changed from another, older version to this one."""
    new, old = await _find(parts, dataset), await _find(parts, other)
    if new.kind != old.kind:
        raise LabelError("只能比较同一种数据集的两个版本")
    data = parts.settings.data
    found = await asyncio.to_thread(lambda: datasets.compare(datasets.content(data, old), datasets.content(data, new)))
    lists = {name: getattr(found, name) for name in ("added", "removed", "changed", "moved")}
    counts = {name: len(ids) for name, ids in lists.items()}
    return ComparisonOut(**counts, same=found.same, examples={name: ids[:EXAMPLES] for name, ids in lists.items()})


async def _find(parts: Parts, dataset: int) -> LabelDataset:
    row = await parts.database.read(lambda session: session.get(LabelDataset, dataset))
    if row is None:
        raise HTTPException(404, "没有这个数据集，可能编号有误")
    return row


def _shown(row: LabelDataset, people: Mapping[str, str]) -> DatasetOut:
    return DatasetOut(
        id=row.id,
        kind=row.kind,
        kind_label=KINDS[row.kind],
        version=row.version,
        author=row.author,
        author_name=people.get(row.author, ""),
        at=row.at,
        note=row.note,
        sha256=row.sha256,
        size=row.size,
        manifest=row.manifest,
    )
