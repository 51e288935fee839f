"""Files of a ticket: sent up with their checks, handed out as downloads alone."""

from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Path, Request
from fastapi.responses import FileResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.api import detail, forms
from copilot.api.access import PartsIn
from copilot.api.once import Sent, once
from copilot.api.shapes import AttachmentOut
from copilot.api.tickets import Reader, TicketId, by, load
from copilot.attachments import Store
from ticket_core import moves, workflow
from ticket_core.guards import Case
from ticket_core.tables import Attachment
from ticket_core.vocabulary import Action

router = APIRouter(prefix="/api")
BODY = forms.body({}, ["file"], {"file": forms.FILE})


@router.post("/tickets/{ticket}/attachments", status_code=201, openapi_extra=BODY)
async def upload(
    ticket: TicketId,
    user: Reader,
    parts: PartsIn,
    asked: Request,
    idempotency_key: Annotated[str, Header(max_length=100)] = "",
) -> AttachmentOut:
    """Attach one file (`file` of a multipart form). Its content must be what its name says, of the allowed types."""

    def check(session: Session) -> None:
        row, who = load(session, ticket, user), by(user, asked)
        workflow.find(Case(row, who, parts.rules().at(who.at).limits), Action.ATTACH)
        moves.own_department(row, who)

    await parts.database.read(check)
    async with forms.received(asked, parts, most=1) as form:
        if not form.files:
            raise HTTPException(422, "请选择要上传的文件")

        def keep(session: Session) -> AttachmentOut:
            check(session)
            rows = Store(parts.settings).keep(session, load(session, ticket, user), by(user, asked), form.files)
            return AttachmentOut.model_validate(rows[0])

        sent = Sent(idempotency_key, user.username, form.digest())
        return await parts.database.write(once(sent, AttachmentOut, keep))


@router.get("/tickets/{ticket}/attachments/{attachment}", response_class=FileResponse)
async def download(
    ticket: TicketId, attachment: Annotated[int, Path(ge=1, lt=2**31)], user: Reader, parts: PartsIn
) -> FileResponse:
    """One file, always as a download. Of a confidential ticket a department gives its reason for unmasking first."""

    def find(session: Session) -> Attachment | None:
        row = load(session, ticket, user)
        found = select(Attachment).where(Attachment.id == attachment, Attachment.ticket_id == ticket)
        file = session.scalar(found)
        if file is not None and detail.closed(session, row, user, file):
            raise HTTPException(403, "诉求人要求保密，附件里可能有其信息；请先点“查看诉求人信息”并写明理由，再下载")
        return file

    row = await parts.database.read(find)
    if row is None:
        raise HTTPException(404, "没有这个附件，可能编号有误")
    path = Store(parts.settings).path(row.sha256)
    if not path.is_file():
        raise HTTPException(404, "附件的文件不在了，请联系管理员从备份恢复")
    headers = {"Cache-Control": "private, no-store"}
    return FileResponse(path, media_type=row.media_type, filename=row.name, headers=headers)
