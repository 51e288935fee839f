"""The base as a whole: audits, export and import, the encoder, and how far such work is."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Request, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.api.access import PartsIn
from copilot.api.knowledge.who import ConfigurerIn, ReviewerIn, UpkeepIn
from copilot.configuration import versions
from copilot.configuration.versions import local_date
from copilot.knowledge import bundle, upkeep
from copilot.knowledge.jobs import Jobs, Progress
from copilot.knowledge.tables import ArticleRow, AuditRow
from copilot.parts import Parts
from kb_index.encoders.registry import CHOICES
from ticket_core.deadline.calendar import ZONE

router = APIRouter(prefix="/api/knowledge", tags=["热线百科"])
CHUNK, AUDITS = 1 << 16, 50


def jobs_of(request: Request) -> Jobs:
    """The long work of this server."""
    jobs: Jobs = request.state.jobs
    return jobs


JobsIn = Annotated[Jobs, Depends(jobs_of)]


class JobOut(BaseModel):
    """A long work: how far it is, in articles, rows or passages; what it came to, or what went wrong (Chinese)."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: Literal["audit", "import", "encoder", "reranker"]
    label: str
    state: Literal["running", "done", "failed"]
    done: int
    total: int
    error: str
    result: dict[str, Any]


class FaultOut(BaseModel):
    """What did not agree. where: index or database; part: which part of it; says: the same in Chinese."""

    article: str
    where: str
    part: str
    says: str
    repaired: bool


class AuditOut(BaseModel):
    """A comparison of index and database."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    seconds: float
    articles: int
    slices: int
    faults: list[FaultOut]
    repaired: bool


class AuditIn(BaseModel):
    """Whether what is found is repaired at once."""

    repair: bool = True


class EncoderIn(BaseModel):
    """An encoder by its name; empty: that of the settings."""

    encoder: str = Field("", max_length=300)


class EncoderOut(BaseModel):
    """What search goes by. encoder: the name chosen; name: of its weights; notice: why search is less than it could be.

    reranker: the name of the model that looks at the best again, empty: none.
    position: how far the index followed the journal; job: the newest change of the encoder.
    """

    encoder: str
    name: str
    size: int
    reranker: str
    notice: str
    choices: list[str]
    articles: int
    position: int
    job: JobOut | None


@router.get("/audits")
async def audits(user: UpkeepIn, parts: PartsIn) -> list[AuditOut]:
    """The newest audits, the last first."""

    def find(session: Session) -> list[AuditOut]:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(AUDITS))
        return [AuditOut.model_validate(row) for row in rows]

    return await parts.database.read(find)


@router.post("/audits", status_code=202)
async def audit(body: AuditIn, user: ReviewerIn, parts: PartsIn, jobs: JobsIn) -> JobOut:
    """Begin an audit of this server's index."""
    return JobOut.model_validate(jobs.start("audit", partial(upkeep.audit_live, parts, body.repair)))


@router.get("/jobs/{job}")
async def job_of(job: int, user: UpkeepIn, jobs: JobsIn) -> JobOut:
    """How far a long work is."""
    found = jobs.find(job)
    if found is None:
        raise HTTPException(404, "没有这项工作，可能服务已重新启动")
    return JobOut.model_validate(found)


@router.get("/export", response_class=StreamingResponse)
async def export(user: ReviewerIn, parts: PartsIn) -> StreamingResponse:
    """The whole base with all versions and its journal, as a zip file."""
    path = await asyncio.to_thread(_temporary, parts.settings.data)
    try:
        await asyncio.to_thread(upkeep.export, parts.database, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    name = f"knowledge-{datetime.now(UTC).astimezone(ZONE):%Y%m%d-%H%M}.zip"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(path.stat().st_size),
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(_sent(path), media_type="application/zip", headers=headers)


@router.post("/import-base", status_code=202)
async def import_base(file: UploadFile, user: ConfigurerIn, parts: PartsIn, jobs: JobsIn) -> JobOut:
    """Begin to fill an empty base with an exported one."""
    await parts.database.read(bundle.refuse_kept)
    path = await asyncio.to_thread(_kept, file.file, parts.settings.data)
    try:
        return JobOut.model_validate(jobs.start("import", partial(upkeep.load, parts, path)))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@router.get("/encoder")
async def encoder(user: UpkeepIn, parts: PartsIn, jobs: JobsIn) -> EncoderOut:
    """What search goes by, and how far a change of it is."""
    return await _encoder(parts, jobs)


@router.post("/encoder", status_code=202)
async def change_encoder(body: EncoderIn, user: ConfigurerIn, parts: PartsIn, jobs: JobsIn) -> EncoderOut:
    """Begin to rebuild with another encoder, beside the live index; it is used, and noted, when all is encoded."""
    at = datetime.now(UTC)
    await parts.database.read(
        lambda session: parts.configured.check(session, "search", _search(parts, body, at), local_date(at))
    )

    def work(progress: Progress) -> dict[str, Any]:
        result = upkeep.change_encoder(parts, body.encoder or parts.settings.encoder, progress)
        parts.database.submit(partial(_note, parts, body, user.username)).result()
        parts.configured.forget()
        return result

    jobs.start("encoder", work)
    return await _encoder(parts, jobs)


async def _encoder(parts: Parts, jobs: Jobs) -> EncoderOut:
    index, last, second = parts.index, jobs.last("encoder"), jobs.last("reranker")
    live = select(func.count()).select_from(ArticleRow).where(ArticleRow.live > 0)
    articles = await parts.database.read(lambda session: session.scalar(live) or 0)
    return EncoderOut(
        encoder=parts.live.encoder,
        name=index.encoder.name,
        size=index.encoder.size,
        reranker=parts.live.reranker,
        notice=index.notice or (second.error if second else ""),
        choices=list(CHOICES),
        articles=articles,
        position=index.position,
        job=JobOut.model_validate(last) if last else None,
    )


def _search(parts: Parts, body: EncoderIn, at: datetime) -> dict[str, Any]:
    return {**parts.configured.search(at).model_dump(), "encoder": body.encoder}


def _note(parts: Parts, body: EncoderIn, author: str, session: Session) -> None:
    """Keep the choice, so that it holds at the next start and on other servers."""
    at = datetime.now(UTC)
    seen, given = versions.newest(session, "search"), _search(parts, body, at)
    day = local_date(at)
    versions.publish(session, "search", given, seen=seen, effective_from=day, note="更换编码器", author=author, at=at)


def _temporary(folder: Path) -> Path:
    with NamedTemporaryFile(prefix="knowledge-", suffix=".zip", dir=folder, delete=False) as file:
        return Path(file.name)


def _kept(given: IO[bytes], folder: Path) -> Path:
    path = _temporary(folder)
    with path.open("wb") as file:
        while part := given.read(CHUNK):
            file.write(part)
    return path


def _sent(path: Path) -> Iterator[bytes]:
    """The file, which is gone afterwards."""
    try:
        with path.open("rb") as file:
            yield from iter(partial(file.read, CHUNK), b"")
    finally:
        path.unlink(missing_ok=True)
