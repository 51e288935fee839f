"""Requests in writing: the public web form, and the gateways of WeChat, SMS and e-mail."""

import asyncio
import secrets
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Header, HTTPException, Path, Query, Request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from copilot import inbound
from copilot.api import forms
from copilot.api.access import PartsIn
from copilot.api.throttle import Throttle
from copilot.attachments import KINDS, Store
from copilot.inbound import GATEWAYS, Message
from copilot.parts import Parts
from copilot.understand import understand, written
from ticket_core import tickets
from ticket_core.tables import Ticket
from ticket_core.text import visible

router = APIRouter(prefix="/api")
FILES = 5
MAX_ID, MAX_SENDER = 1000, 254
TEXT: dict[str, Any] = {"type": "string"}
FIELDS: dict[str, Any] = {
    name: {"type": "boolean"} if name in inbound.FLAGS else {"type": "string", "maxLength": tickets.FIELDS[name].most}
    for name in inbound.GIVEN
}
ATTACHED = {"files": {"type": "array", "items": forms.FILE, "maxItems": FILES}}
TRAP = "website"  # hidden from people; what fills it in is a program
WEB_FORM = forms.body({**FIELDS, TRAP: {**TEXT, "maxLength": 0}}, ["content"], ATTACHED)
GATEWAY = forms.body(
    {"message_id": {**TEXT, "maxLength": MAX_ID}, "sender": {**TEXT, "maxLength": MAX_SENDER}, **FIELDS},
    ["message_id", "sender", "content"],
    ATTACHED,
)


class Registered(BaseModel):
    """number and code: with both the citizen may ask how far it is. advice: where there is danger, whom to call."""

    number: str
    code: str
    advice: str


class FormOut(BaseModel):
    """What the public form takes. least: characters of a content; most: of each field; bytes: of all files together;
    types: endings of their names.
    """

    open: bool
    least: int
    most: dict[str, int]
    files: int
    bytes: int
    types: list[str]


class ProgressOut(BaseModel):
    """How far a request is, and what the citizen is answered."""

    number: str
    state_label: str
    created_at: datetime
    updated_at: datetime
    answer: str


@router.get("/web-form")
async def limits(parts: PartsIn) -> FormOut:
    """What the public form takes."""
    settings = parts.settings
    return FormOut(
        open=settings.web_form_hourly > 0,
        least=inbound.LEAST,
        most={name: tickets.FIELDS[name].most for name in inbound.GIVEN if tickets.FIELDS[name].most},
        files=FILES,
        bytes=settings.attachment_mb << 20,
        types=list(KINDS),
    )


@router.post("/web-form", status_code=201, openapi_extra=WEB_FORM)
async def web_form(
    asked: Request, parts: PartsIn, idempotency_key: Annotated[str, Header(max_length=100)] = ""
) -> Registered:
    """A citizen's request, without sign-in. Sent again under the same `Idempotency-Key` it is filed once."""
    if not parts.settings.web_form_hourly:
        raise HTTPException(403, "网上诉求暂未开放，请直接拨打 12345")
    throttle: Throttle = asked.state.forms
    address = _address(asked)
    if wait := throttle.wait(address):
        told = {"Retry-After": str(wait)}
        raise HTTPException(429, f"提交太频繁，请 {-(-wait // 60)} 分钟后再试，急事请直接拨打 12345", told)
    throttle.note(address)
    async with forms.received(asked, parts, FILES) as form:
        if form.fields.pop(TRAP, ""):
            raise HTTPException(422, f"“{TRAP}”一栏请留空；如果您没有填写它，请关闭浏览器的自动填写后再提交")
        fields = inbound.read(form.fields)
        anonymous = fields.get("citizen_kind") == "匿名"
        if not anonymous and not fields.get("callback_number"):
            raise HTTPException(422, "请留下联系电话；不愿留电话的，请选择匿名")
        message = Message(
            "web", idempotency_key or uuid4().hex, fields.get("callback_number", ""), fields, form.digest()
        )
        return await _register(asked, parts, message, form)


@router.get("/web-form/{number}")
async def progress(
    asked: Request,
    parts: PartsIn,
    number: Annotated[str, Path(max_length=16)],
    code: Annotated[str, Query(max_length=16)],
) -> ProgressOut:
    """How far a request is, for whoever has its number and code. Ten wrong ones in a minute hold an address up."""
    throttle: Throttle = asked.state.throttle
    guesser = f"code {_address(asked)}"
    if wait := throttle.wait(guesser):
        raise HTTPException(429, f"查询太频繁，请 {wait} 秒后再试", {"Retry-After": str(wait)})
    clean = number.replace("\0", "")
    found = await parts.database.read(lambda session: inbound.progress(session, clean, code))
    if found is None:
        throttle.note(guesser)
        raise HTTPException(404, "没有查到这张工单，请核对工单编号和查询码")
    return ProgressOut(
        number=found.number,
        state_label=found.label,
        created_at=found.at,
        updated_at=found.updated_at,
        answer=found.answer,
    )


@router.post("/inbound/{channel}", status_code=201, openapi_extra=GATEWAY)
async def gateway(
    channel: Annotated[str, Path(max_length=16)],
    asked: Request,
    parts: PartsIn,
    authorization: Annotated[str, Header(max_length=300)] = "",
) -> Registered:
    """A message that a gateway passes on; sent again under the same `message_id` it is filed once."""
    _admit(parts, channel, authorization)
    async with forms.received(asked, parts, FILES) as form:
        identity = _named(form.fields, "message_id", MAX_ID)
        sender = _named(form.fields, "sender", MAX_SENDER)
        message = Message(channel, identity, sender, inbound.read(form.fields), form.digest())
        return await _register(asked, parts, message, form)


def _admit(parts: Parts, channel: str, authorization: str) -> None:
    """Refuse an unknown or closed channel and a wrong token, before anything of the message is read."""
    if channel not in GATEWAYS:
        raise HTTPException(404, f"没有这个渠道；可用：{'、'.join(GATEWAYS)}")
    token: str = getattr(parts.settings, f"{channel}_token")
    if not token:
        raise HTTPException(403, f"{GATEWAYS[channel]}渠道还没有开通，请管理员设置 COPILOT_{channel.upper()}_TOKEN")
    if not secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        raise HTTPException(401, "网关令牌不对，请核对后再发")


async def _register(asked: Request, parts: Parts, message: Message, form: forms.Form) -> Registered:
    content: str = message.fields["content"]
    read = await asyncio.to_thread(understand, parts.router, written(content), message.sender)
    by = inbound.arrived(message.channel, datetime.now(UTC), _address(asked))
    store = Store(parts.settings)

    def register(session: Session) -> tuple[str, str]:
        receipt = inbound.register(session, message, read, by, form.files, store)
        return session.get_one(Ticket, receipt.ticket_id).number, receipt.code

    number, code = await parts.database.write(register)
    danger = parts.watch.check(content)
    return Registered(number=number, code=code, advice=danger.advice if danger else "")


def _named(fields: dict[str, Any], name: str, most: int) -> str:
    """A field that must be there, taken out of the others."""
    value = fields.pop(name, "")
    clean = visible(value) if isinstance(value, str) else ""
    if not 0 < len(clean) <= most:
        raise HTTPException(422, f"“{name}”要填 1 到 {most} 个字")
    return clean


def _address(asked: Request) -> str:
    return asked.client.host if asked.client else ""
