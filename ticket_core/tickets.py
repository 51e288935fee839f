"""A ticket's draft and its fields: each service changes the ticket and returns its journal entry; none commits."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session, make_transient_to_detached

from ticket_core import deadline, inputs, journal, workflow
from ticket_core.by import By
from ticket_core.deadline import Rulebook
from ticket_core.errors import TicketError
from ticket_core.guards import Case
from ticket_core.inputs import Input
from ticket_core.moves import same_version
from ticket_core.tables import JournalEntry, Ticket
from ticket_core.vocabulary import Action, State

FIELDS: dict[str, Input] = {
    "citizen_name": Input("来电人", "line", 50),
    "sex": Input("性别", "choice", 4, ("男", "女")),
    "citizen_kind": Input("诉求人类型", "choice", 10, ("个人", "企业", "匿名")),
    "callback_number": Input("回访电话", "line", 32),
    "confidential": Input("要求保密", "flag"),
    "wants_callback": Input("需要回访", "flag"),
    "nature": Input("工单性质", "choice", 10, ("咨询", "求助", "投诉", "举报", "建议", "表扬")),
    "matter1": Input("事项大类", "line", 50),
    "matter2": Input("事项小类", "line", 50),
    "matter3": Input("事项细类", "line", 50),
    "tags": Input("标签", "words", 20),
    "title": Input("标题", "line", 100),
    "content": Input("诉求内容", "text", 5000),
    "happened_at": Input("发生时间", "line", 100),
    "address": Input("地址", "line", 200),
    "district": Input("区县", "line", 50),
    "coordinates": Input("坐标", "line", 50),
    "grid": Input("网格", "line", 50),
    "party_concerned": Input("涉事对象", "line", 100),
    "party_code": Input("统一社会信用代码", "line", 18),
    "request": Input("诉求目的", "text", 500),
    "urgency": Input("紧急程度", "choice", 10, ("普通", "紧急")),
    "sensitive": Input("敏感标识", "words", 10),
    "department": Input("承办单位", "department", 100),
    "basis": Input("派单依据", "text", 500),
    "answer": Input("答复内容", "text", 5000),
    "provincial_number": Input("省平台工单号", "line", 40),
    "police_number": Input("110 联动单号", "line", 40),
}
FILLED = frozenset(row.source for row in workflow.TABLE if row.action == Action.FILL)
DECIDED = {"department", "basis", "answer"}  # by a person; never filled
_INSERT = insert(Ticket)
_TAKEN = text("SELECT max(number) FROM tickets WHERE number > :first AND number < :beyond")
DEFAULTS: dict[str, Any] = {"urgency": "普通", "citizen_kind": "个人", "wants_callback": True, "confidential": False}


def draft(
    session: Session,
    by: By,
    *,
    call_id: str | None = None,
    calling_number: str = "",
    called_number: str = "12345",
    channel: str = "phone",
    agent: str = "",
    linked_to: int | None = None,
) -> tuple[Ticket, JournalEntry]:
    """A new draft with the day's next number. agent: whose it is; empty: to be claimed."""
    journal.lock(session)
    ticket = _insert(
        session,
        number=_next_number(session, by.at),
        call_id=call_id,
        calling_number=calling_number,
        called_number=called_number,
        channel=channel,
        agent=agent,
        linked_to=linked_to,
        state=State.DRAFT.value,
        created_at=by.at,
        updated_at=by.at,
        version=1,
    )
    return ticket, journal.write(session, ticket, Action.CREATE, by, State.DRAFT)


def fill(session: Session, ticket: Ticket, fields: Mapping[str, Mapping[str, Any]], by: By) -> JournalEntry | None:
    """Fill what no person has touched; None: nothing changed.

    fields: all that is known now, name -> {value, utterance, quote, doubtful}. What was filled before and is not
    among them is taken back. A value that does not fit is left out, not shortened: half a number is a wrong number.
    """
    if ticket.state not in FILLED or not _take_in(ticket, fields):
        return None
    return journal.write(session, ticket, Action.FILL, by, State(ticket.state))


def summarise(session: Session, ticket: Ticket, text: str, by: By) -> JournalEntry:
    """The copilot's summary of what was said."""
    ticket.summary = text
    return journal.write(session, ticket, Action.FILL, by, State(ticket.state))


def edit(session: Session, ticket: Ticket, changes: Mapping[str, Any], by: By, book: Rulebook) -> JournalEntry:
    """A person's changes; they count as touched. Raises Conflict when another person's change came in between.

    Raises IllegalMove where this role cannot edit in this state, TicketError for a value that does not fit.
    """
    same_version(session, ticket, by.seen)
    _allowed(ticket, Action.EDIT, by, book)
    clean = {name: check(name, value) for name, value in changes.items()}
    for name, value in clean.items():
        setattr(ticket, name, value)
    evidence = {name: found for name, found in ticket.evidence.items() if name not in clean}
    ticket.evidence, ticket.touched = evidence, sorted({*ticket.touched, *clean})
    return journal.write(session, ticket, Action.EDIT, by, State(ticket.state))


def release(
    session: Session,
    ticket: Ticket,
    names: Collection[str],
    fields: Mapping[str, Mapping[str, Any]],
    by: By,
    book: Rulebook,
) -> JournalEntry:
    """Give fields back to the copilot: they hold what it last filled, and it may fill them again.

    fields: what it filled last, as in `fill`. Raises TicketError for a field that it never fills.
    """
    same_version(session, ticket, by.seen)
    _allowed(ticket, Action.RELEASE, by, book)
    if never := [name for name in names if name not in FIELDS or name in DECIDED]:
        raise TicketError(f"“{'、'.join(_label(name) for name in never)}”由人填写，没有智能填写可以恢复")
    ticket.touched = [name for name in ticket.touched if name not in names]
    _take_in(ticket, fields, names)
    return journal.write(session, ticket, Action.RELEASE, by, State(ticket.state))


def editable(ticket: Ticket, by: By, book: Rulebook) -> bool:
    """Whether this person may edit the fields now."""
    rows = workflow.possible(Case(ticket, by, book.at(by.at).limits))
    return any(row.action == Action.EDIT for row in rows)


def check(name: str, value: Any) -> Any:
    """A field's value without what nobody can see.

    Raises TicketError for an unknown field, a value too long, and one that is not among the choices.
    """
    if name not in FIELDS:
        raise TicketError(f"没有“{name}”这个字段；可填：{'、'.join(field.label for field in FIELDS.values())}")
    return inputs.checked(FIELDS[name], empty(name) if value is None else value)


def empty(name: str) -> Any:
    """What a field holds when nothing is known."""
    return DEFAULTS.get(name, [] if FIELDS[name].kind == "words" else "")


def _allowed(ticket: Ticket, action: Action, by: By, book: Rulebook) -> None:
    workflow.find(Case(ticket, by, book.at(by.at).limits), action)


def _label(name: str) -> str:
    return FIELDS[name].label if name in FIELDS else name


def _take_in(ticket: Ticket, fields: Mapping[str, Mapping[str, Any]], released: Collection[str] = ()) -> dict[str, str]:
    """Fill in what is known and nobody touched, take back what is known no more; the fields that changed."""
    evidence, changed = dict(ticket.evidence), {}
    known = {name: value for name, found in fields.items() if (value := _fillable(name, str(found["value"])))}
    for name, value in known.items():
        found = {key: fields[name][key] for key in ("utterance", "quote", "doubtful")}
        same = getattr(ticket, name) == value and evidence.get(name, {}).get("doubtful") == found["doubtful"]
        if name not in ticket.touched and not same:
            changed[name], evidence[name] = value, found
    for name in {*evidence, *released} - known.keys() - set(ticket.touched):
        changed[name] = empty(name)
        evidence.pop(name, None)
    for name, value in changed.items():
        setattr(ticket, name, value)
    ticket.evidence = evidence
    return changed


def _fillable(name: str, value: str) -> str:
    try:
        return "" if name not in FIELDS or name in DECIDED else str(check(name, value))
    except TicketError:
        return ""


def _insert(session: Session, **row: Any) -> Ticket:
    """A ticket's row and the ticket, as if just loaded; the unit of work would take thrice the time of the insert."""
    done = session.connection().execute(_INSERT, row)
    given, key = done.last_inserted_params(), done.inserted_primary_key
    assert isinstance(given, dict) and key is not None  # noqa: PT018 - it was one row
    ticket = Ticket()
    vars(ticket).update(dict.fromkeys(journal.COLUMNS) | given | {"id": key[0]})  # as loading does
    make_transient_to_detached(ticket)
    session.add(ticket)
    return ticket


def _next_number(session: Session, at: datetime) -> str:
    day = f"{at.astimezone(deadline.ZONE):%Y%m%d}"
    last = session.connection().execute(_TAKEN, {"first": f"{day}-", "beyond": f"{day}."}).scalar()
    return f"{day}-{int(last.split('-')[1]) + 1 if last else 1:05d}"
