"""The tickets of a list as a file for a spreadsheet."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from functools import partial
from tempfile import TemporaryFile
from typing import Annotated, BinaryIO, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from copilot import export, roles
from copilot.api import detail
from copilot.api.access import PartsIn, Who, allow
from copilot.api.shapes import TicketOut, listed, shape
from copilot.api.tickets import Chosen
from copilot.parts import Parts
from ticket_core import queries
from ticket_core.deadline import ZONE
from ticket_core.queries import Filter
from ticket_core.tables import Ticket

router = APIRouter(prefix="/api")
BATCH, CHUNK = 500, 1 << 16
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
log = logging.getLogger(__name__)


@router.get("/tickets/export", response_class=StreamingResponse)
async def tickets(
    user: Annotated[Who, Depends(allow("export"))],
    parts: PartsIn,
    which: Chosen,
    format: Literal["csv", "xlsx"] = "xlsx",  # noqa: A002 - the name in the address
) -> StreamingResponse:
    """The tickets of a list, the newest first, masked as the list is for who may not unmask; at most as many as set."""
    now = datetime.now(UTC)
    lines = _lines(parts, user, which, now)
    content = export.csv_chunks(lines) if format == "csv" else _read(await asyncio.to_thread(_workbook, lines))
    name = f"tickets-{now.astimezone(ZONE):%Y%m%d-%H%M}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return StreamingResponse(content, media_type=TYPES[format], headers=headers)


def _lines(parts: Parts, user: Who, which: Filter, now: datetime) -> Iterator[list[export.Cell]]:
    """Batch by batch, each read in a session of its own; who took how many out is noted, whatever comes."""
    done, cursor, most = 0, "", parts.settings.export_rows
    try:
        while done < most:
            rows, following = parts.database.read_now(partial(_page, user, which, now, cursor, min(BATCH, most - done)))
            yield from export.rows(rows, partial(_shown, user, now))
            done += len(rows)
            if not following:
                return
            cursor = following
        yield [f"本次最多导出 {most} 张，其余没有导出；请缩小筛选范围后分次导出"]
    finally:
        log.info("tickets exported", extra={"user": user.username, "rows": done, "filter": _noted(which)})


def _page(
    user: Who, which: Filter, now: datetime, cursor: str, limit: int, session: Session
) -> tuple[list[Ticket], str | None]:
    scope = roles.scope_of(session, user)
    return queries.page(session, which, scope=scope, sort="newest", cursor=cursor, limit=limit, now=now)


def _noted(which: Filter) -> dict[str, str]:
    """The filter, without the words that were searched for: they may be a citizen's."""
    told: dict[str, str] = {}
    for one in which.each():
        names = [field.name for field in fields(one) if field.name != "within"]
        told |= {name: str(value) for name in names if (value := getattr(one, name))}
    return told | {"text": "…"} if "text" in told else told


def _shown(user: Who, now: datetime, ticket: Ticket) -> TicketOut:
    """As the list shows it, to those who see a confidential citizen anyway as the ticket's page does."""
    if "unmask" in user.may:
        return shape(ticket, now)
    return listed(ticket, now, detail.hides(ticket, user.role))


def _workbook(lines: Iterator[list[export.Cell]]) -> BinaryIO:
    file: BinaryIO = TemporaryFile()  # whoever sends it closes it
    export.write_xlsx(lines, file)
    file.seek(0)
    return file


def _read(file: BinaryIO) -> Iterator[bytes]:
    with file:
        yield from iter(partial(file.read, CHUNK), b"")
