"""What is done to tickets: each service changes the ticket, writes the journal and returns the entry; none commits."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from ticket_core import deadline, journal, workflow
from ticket_core.errors import Conflict, TicketError
from ticket_core.tables import JournalEntry, Ticket
from ticket_core.workflow import Action, Role, State

FIELDS: dict[str, tuple[str, int]] = {
    "citizen_name": ("来电人", 50),
    "sex": ("性别", 4),
    "callback_number": ("回访电话", 32),
    "nature": ("工单性质", 10),
    "matter1": ("事项大类", 50),
    "matter2": ("事项小类", 50),
    "title": ("标题", 100),
    "content": ("诉求内容", 5000),
    "happened_at": ("发生时间", 100),
    "address": ("地址", 200),
    "district": ("区县", 50),
    "party_concerned": ("涉事对象", 100),
    "request": ("诉求目的", 500),
    "urgency": ("紧急程度", 10),
    "department": ("承办单位", 100),
    "basis": ("派单依据", 500),
    "answer": ("答复内容", 5000),
}
NEEDED = ("nature", "content")
CHOICES = {"nature": ("咨询", "求助", "投诉", "举报", "建议", "表扬"), "urgency": ("普通", "紧急")}
DECIDED = {"department", "basis", "answer"}  # by a person; never filled
EMPTY = {"urgency": "普通"}  # of the others: nothing
OWN_SERVICE = {Action.CREATE, Action.FILL, Action.EDIT, Action.RELEASE, Action.DISPATCH, Action.ANSWER}
MAX_REASON = 500
ATTEMPTS = 5


def draft(
    session: Session, *, call_id: str | None, calling_number: str, called_number: str, agent: str
) -> tuple[Ticket, JournalEntry]:
    """A new draft with the day's next number. Raises TicketError where others keep taking it."""
    for _ in range(ATTEMPTS):
        try:
            with session.begin_nested():
                ticket = _new(session, call_id, calling_number, called_number, agent)
            return ticket, journal.write(session, ticket, Action.CREATE, agent, Role.AGENT, State.DRAFT)
        except IntegrityError as error:
            if "number" not in str(error.orig):
                raise
    raise TicketError("工单号正被同时占用，没有建成；请再试一次")


def _new(session: Session, call_id: str | None, calling_number: str, called_number: str, agent: str) -> Ticket:
    now = datetime.now(UTC)
    ticket = Ticket(
        number=_next_number(session, now.astimezone(deadline.ZONE)),
        call_id=call_id,
        calling_number=calling_number,
        called_number=called_number,
        agent=agent,
        state=State.DRAFT.value,
        created_at=now,
        updated_at=now,
        evidence={},
        touched=[],
        cited=[],
    )
    session.add(ticket)
    session.flush()
    return ticket


def fill(session: Session, ticket: Ticket, fields: Mapping[str, Mapping[str, Any]]) -> JournalEntry | None:
    """Fill what no person has touched; None: nothing changed.

    fields: all that is known now, name -> {value, utterance, quote, doubtful}. What was filled before and is not
    among them is taken back. A value that does not fit is left out, not shortened: half a number is a wrong number.
    """
    if ticket.state != State.DRAFT or not (changed := _take_in(ticket, fields)):
        return None
    _save(session, ticket)
    return journal.write(session, ticket, Action.FILL, "copilot", Role.SYSTEM, State.DRAFT, data=changed)


def edit(
    session: Session, ticket: Ticket, changes: Mapping[str, str], *, actor: str, role: Role, expected_version: int
) -> JournalEntry:
    """A person's changes; they count as touched. Raises Conflict when another person's change came in between."""
    _still_draft(ticket)
    clean = {name: check(name, value) for name, value in changes.items()}
    _same_version(session, ticket, expected_version)
    for name, value in clean.items():
        setattr(ticket, name, value)
    evidence = {name: found for name, found in ticket.evidence.items() if name not in clean}
    ticket.evidence, ticket.touched = evidence, sorted({*ticket.touched, *clean})
    _save(session, ticket)
    return journal.write(session, ticket, Action.EDIT, actor, role, State.DRAFT, data=dict(clean))


def release(
    session: Session,
    ticket: Ticket,
    names: Collection[str],
    fields: Mapping[str, Mapping[str, Any]],
    *,
    actor: str,
    role: Role,
    expected_version: int,
) -> JournalEntry:
    """Give fields back to the copilot: they hold what it last filled, and it may fill them again.

    fields: what it filled last, as in `fill`. Raises TicketError for a field that it never fills.
    """
    _still_draft(ticket)
    if never := [name for name in names if name not in FIELDS or name in DECIDED]:
        raise TicketError(
            f"“{'、'.join(FIELDS.get(name, (name,))[0] for name in never)}”由人填写，没有智能填写可以恢复"
        )
    _same_version(session, ticket, expected_version)
    ticket.touched = [name for name in ticket.touched if name not in names]
    changed = _take_in(ticket, fields, names)
    _save(session, ticket)
    return journal.write(session, ticket, Action.RELEASE, actor, role, State.DRAFT, data=changed)


def dispatch(
    session: Session,
    ticket: Ticket,
    *,
    department: str,
    basis: str,
    actor: str,
    role: Role,
    expected_version: int,
    answer: str = "",
    cited: Sequence[Mapping[str, Any]] = (),
    idempotency_key: str = "",
    rules: deadline.Rules | None = None,
) -> JournalEntry:
    """Dispatch. The first department is frozen; the same idempotency key again returns the same entry.

    answer, cited: what the citizen was told already, and out of which articles.
    """
    if done := _repeated(session, ticket, idempotency_key):
        return done
    before = State(ticket.state)
    target = workflow.move(before, Action.DISPATCH, role)
    _same_version(session, ticket, expected_version)
    missing = [FIELDS[name][0] for name in NEEDED if not getattr(ticket, name)]
    if missing or not department.strip():
        raise TicketError(f"派单前还要填：{'、'.join(missing + ([] if department.strip() else ['承办单位']))}")
    now, rules = datetime.now(UTC), rules or deadline.load()
    ticket.department, ticket.basis = check("department", department), check("basis", basis)
    ticket.first_department = ticket.first_department or ticket.department
    ticket.dispatched_at = now
    if answer or cited:
        _answered(ticket, answer, cited)
    ticket.due_at, ticket.rule_version = rules.due(ticket.nature, ticket.urgency, now), rules.version
    ticket.state = target.value
    _save(session, ticket)
    data = {
        "department": ticket.department,
        "basis": ticket.basis,
        "nature": ticket.nature,
        "urgency": ticket.urgency,
        "dispatched_at": now.isoformat(),
        "due_at": ticket.due_at.isoformat(),
        "answer": ticket.answer,
        "cited": ticket.cited,
    }
    return journal.write(session, ticket, Action.DISPATCH, actor, role, before, "", data, idempotency_key)


def answer(
    session: Session,
    ticket: Ticket,
    *,
    answer: str,
    cited: Sequence[Mapping[str, Any]],
    actor: str,
    role: Role,
    expected_version: int,
) -> JournalEntry:
    """Answer out of the knowledge base; needs the text and at least one citation."""
    before = State(ticket.state)
    target = workflow.move(before, Action.ANSWER, role)
    _same_version(session, ticket, expected_version)
    if not answer.strip():
        raise TicketError("请先填写答复内容")
    if not cited:
        raise TicketError("直接答复必须引用热线百科：请先按 Alt+1 采用一条建议")
    _answered(ticket, answer, cited)
    ticket.state = target.value
    _save(session, ticket)
    data = {"answer": ticket.answer, "cited": ticket.cited}
    return journal.write(session, ticket, Action.ANSWER, actor, role, before, data=data)


def act(
    session: Session, ticket: Ticket, action: Action, *, actor: str, role: Role, expected_version: int, reason: str = ""
) -> JournalEntry:
    """Any other move of the table. Raises TicketError for what has a service of its own and for a reason too long."""
    before = State(ticket.state)
    if action in OWN_SERVICE:
        raise TicketError(f"“{action.label}”要填写内容，请用对应的按钮办理")
    reason = _visible(reason)
    if len(reason) > MAX_REASON:
        raise TicketError(f"理由最多 {MAX_REASON} 字，现在是 {len(reason)} 字")
    target = workflow.move(before, action, role, reason)
    _same_version(session, ticket, expected_version)
    ticket.state = target.value
    _save(session, ticket)
    return journal.write(session, ticket, action, actor, role, before, reason)


def check(name: str, value: str) -> str:
    """A field's value without what nobody can see.

    Raises TicketError for an unknown field, a value too long, and one that is not among the choices.
    """
    if name not in FIELDS:
        raise TicketError(f"没有“{name}”这个字段；可填：{'、'.join(label for label, _ in FIELDS.values())}")
    label, limit = FIELDS[name]
    clean = _visible(value)
    if len(clean) > limit:
        raise TicketError(f"“{label}”最多 {limit} 字，现在是 {len(clean)} 字")
    if clean and name in CHOICES and clean not in CHOICES[name]:
        raise TicketError(f"“{label}”没有“{clean}”；可选：{'、'.join(CHOICES[name])}")
    return clean


def _still_draft(ticket: Ticket) -> None:
    if ticket.state != State.DRAFT:
        raise TicketError(f"工单已是“{State(ticket.state).label}”，不能再修改；如需补充请另建工单")


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
        changed[name] = EMPTY.get(name, "")
        evidence.pop(name, None)
    for name, value in changed.items():
        setattr(ticket, name, value)
    ticket.evidence = evidence
    return changed


def _answered(ticket: Ticket, answer: str, cited: Sequence[Mapping[str, Any]]) -> None:
    ticket.answer, ticket.cited = check("answer", answer), [dict(found) for found in cited]


def _visible(text: str) -> str:
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C").strip()


def _fillable(name: str, value: str) -> str:
    try:
        return "" if name not in FIELDS or name in DECIDED else check(name, value)
    except TicketError:
        return ""


def _save(session: Session, ticket: Ticket) -> None:
    """Write the ticket now, so that its new version is known to the journal."""
    ticket.updated_at = datetime.now(UTC)
    try:
        session.flush()
    except StaleDataError as error:
        raise Conflict("这张工单刚刚被别人修改，您的修改没有保存；请刷新后核对再改") from error


def _same_version(session: Session, ticket: Ticket, expected: int) -> None:
    """What the copilot filled or summed up since is no conflict; what a person did is."""
    if expected > ticket.version:
        raise Conflict("工单版本不对，请刷新后再改")
    since = select(JournalEntry).where(
        JournalEntry.ticket_id == ticket.id,
        JournalEntry.ticket_version > expected,
        JournalEntry.action != Action.FILL.value,
    )
    if ticket.version > expected and (entry := session.scalars(since.limit(1)).first()):
        raise Conflict(f"{entry.actor} 刚刚修改了这张工单，您的修改没有保存；请刷新后核对再改")


def _repeated(session: Session, ticket: Ticket, key: str) -> JournalEntry | None:
    if not key:
        return None
    entry = session.scalar(select(JournalEntry).where(JournalEntry.idempotency_key == key))
    if entry is not None and entry.ticket_id != ticket.id:
        raise Conflict("这个提交编号已用于另一张工单，请刷新页面后重试")
    return entry


def _next_number(session: Session, now: datetime) -> str:
    day = f"{now:%Y%m%d}"
    last = session.scalar(select(func.max(Ticket.number)).where(Ticket.number.like(f"{day}-%")))
    return f"{day}-{int(last.split('-')[1]) + 1 if last else 1:05d}"
