"""What citizens write becomes a ticket by the same path as a call: a draft, filled out of their own words."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.attachments import Staged, Store
from copilot.events import Filled
from copilot.evidence import by_name
from copilot.tables import Receipt
from copilot.understand import Understood
from ticket_core import tickets
from ticket_core.by import By
from ticket_core.errors import Conflict, TicketError
from ticket_core.tables import Ticket
from ticket_core.text import visible
from ticket_core.vocabulary import Role, State

GATEWAYS = {"wechat": "微信", "sms": "短信", "email": "电子邮件"}
CHANNELS = {"web": "网页", **GATEWAYS}
GIVEN = (
    *("nature", "title", "content", "request", "happened_at", "address"),
    *("citizen_kind", "citizen_name", "callback_number", "confidential", "wants_callback"),
)  # what a citizen may say of a field in so many words
FLAGS = ("confidential", "wants_callback")
TRUTH = {"true": True, "1": True, "on": True, "是": True, "false": False, "0": False, "": False, "否": False}
LEAST = 5  # characters of a content
QUOTE = 200
SOON = timedelta(hours=24)
# What the citizen is told of a state: who argues with whom over the ticket is the centre's own affair.
PUBLIC: dict[State, str] = {
    State.DRAFT: "已收到",
    State.IN_REVIEW: "受理中",
    State.TO_DISPATCH: "受理中",
    State.EMERGENCY: "紧急处置中",
    State.ANSWERED: "已答复",
    State.ROUTED_OUT: "已告知办理途径",
    State.TO_CALL_BACK: "已办理，待回访",
    State.CLOSED: "已办结",
    State.ARCHIVED: "已办结",
}
HANDLING = "办理中"
TOLD = (State.ANSWERED, State.ROUTED_OUT, State.TO_CALL_BACK, State.CLOSED, State.ARCHIVED)


@dataclass(frozen=True, slots=True)
class Message:
    """id: by which the channel knows it; the same again is the same request. fields: as `read` gives them."""

    channel: str
    id: str
    sender: str
    fields: Mapping[str, Any]
    digest: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a request is, in words for the citizen."""

    number: str
    label: str
    at: datetime
    updated_at: datetime
    answer: str


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a citizen gave, checked. Raises TicketError for one that there is not and one that does not fit.

    Flags may come as words, as forms send them.
    """
    if unknown := [name for name in given if name not in GIVEN]:
        raise TicketError(f"没有“{visible(unknown[0])[:30]}”这一栏；可填：{'、'.join(GIVEN)}")
    fields = {name: tickets.check(name, _plain(name, value)) for name, value in given.items()}
    if len(fields.get("content", "")) < LEAST:
        raise TicketError(f"请写清发生了什么，至少 {LEAST} 个字")
    return fields


def register(
    session: Session, message: Message, read: Understood, by: By, files: Sequence[Staged], store: Store
) -> Receipt:
    """The receipt of a message: of the new draft that it became, or of the one that it became before.

    Raises Conflict where another message came under the same id.
    """
    key = hashlib.sha256(f"{message.channel}\0{message.id}".encode()).hexdigest()
    if before := session.get(Receipt, key):
        if before.request != message.digest:
            raise Conflict("这个消息编号已用于另一条消息，没有重复建单；请换一个编号再提交")
        return before
    ticket = _draft(session, message, read, by)
    store.keep(session, ticket, by, files)
    receipt = Receipt(
        key=key,
        request=message.digest,
        ticket_id=ticket.id,
        channel=message.channel,
        sender=message.sender,
        code=f"{secrets.randbelow(10**8):08d}",
        at=by.at,
    )
    session.add(receipt)
    session.flush()
    return receipt


def progress(session: Session, number: str, code: str) -> Progress | None:
    """How far the request of this number is; None where number or code is wrong."""
    found = select(Ticket, Receipt.code).join(Receipt, Receipt.ticket_id == Ticket.id).where(Ticket.number == number)
    row = session.execute(found).first()
    if row is None or not secrets.compare_digest(row.code.encode(), code.encode()):
        return None
    ticket, state = row.Ticket, State(row.Ticket.state)
    answer = (ticket.reply or ticket.route or ticket.answer) if state in TOLD else ""
    return Progress(ticket.number, PUBLIC.get(state, HANDLING), ticket.created_at, ticket.updated_at, answer)


def again(ticket: Ticket, other: Ticket) -> bool:
    """Whether both came in writing from the same citizen within hours, so that one may answer or repeat the other."""
    written = ticket.channel in CHANNELS and other.channel in CHANNELS
    same = ticket.calling_number != "" and ticket.calling_number == other.calling_number
    return written and same and abs(ticket.created_at - other.created_at) <= SOON


def arrived(channel: str, at: datetime, source: str) -> By:
    """A channel as an actor of the journal."""
    return By(channel, Role.SYSTEM, at, source=source)


def _draft(session: Session, message: Message, read: Understood, by: By) -> Ticket:
    ticket, _ = tickets.draft(session, by, calling_number=message.sender, channel=message.channel)
    words = {name: value for name, value in message.fields.items() if value and name not in FLAGS}
    for name in FLAGS:
        if name in message.fields:
            setattr(ticket, name, message.fields[name])
    ticket.summary = read.summary
    fields = {**read.fields, **{name: _told(name, value) for name, value in words.items()}}
    tickets.fill(session, ticket, by_name(fields.values()), by)
    return ticket


def _told(name: str, value: str) -> Filled:
    return Filled(name=name, value=value, utterance="form", quote=value[:QUOTE])


def _plain(name: str, value: Any) -> Any:
    """A flag as true or false, a text that was not sent in another encoding."""
    if not isinstance(value, str):
        return value
    if name in FLAGS:
        return TRUTH.get(value.strip().lower(), value)
    if _mangled(value):
        raise TicketError("文字的编码不对，读出来是乱码；请用 UTF-8 编码提交")
    return value


def _mangled(text: str) -> bool:
    """Whether it was sent in another encoding: forms then hold replacement marks, or a letter for each byte."""
    return "\ufffd" in text or (not text.isascii() and max(text) <= "\xff")
