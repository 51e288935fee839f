"""What is done to tickets: each service changes the ticket, writes the journal and returns the entry; none commits."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

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


def draft(
    session: Session, *, call_id: str | None, calling_number: str, called_number: str, agent: str
) -> tuple[Ticket, JournalEntry]:
    """A new draft with the day's next number."""
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
    return ticket, journal.write(session, ticket, Action.CREATE, agent, Role.AGENT, State.DRAFT)


def fill(session: Session, ticket: Ticket, fields: Mapping[str, Mapping[str, Any]]) -> JournalEntry | None:
    """Fill what no person has touched. fields: name -> {value, utterance, quote, doubtful}. None: nothing changed."""
    if ticket.state != State.DRAFT:
        return None
    evidence = dict(ticket.evidence)
    changed = {}
    for name, found in fields.items():
        value = str(found["value"])[: FIELDS[name][1]] if name in FIELDS else ""
        if not value or name in ticket.touched or getattr(ticket, name) == value:
            continue
        changed[name] = value
        evidence[name] = {key: found[key] for key in ("utterance", "quote", "doubtful")}
        setattr(ticket, name, value)
    for name in set(evidence) - set(fields) - set(ticket.touched):
        changed[name] = ""
        setattr(ticket, name, "")
        del evidence[name]
    if not changed:
        return None
    ticket.evidence, ticket.updated_at = evidence, datetime.now(UTC)
    session.flush()
    return journal.write(session, ticket, Action.FILL, "copilot", Role.SYSTEM, State.DRAFT, data=changed)


def edit(
    session: Session, ticket: Ticket, changes: Mapping[str, str], *, actor: str, role: Role, expected_version: int
) -> JournalEntry:
    """A person's changes; they count as touched. Raises Conflict when the same field changed under their hands."""
    if ticket.state != State.DRAFT:
        raise TicketError(f"工单已是“{State(ticket.state).label}”，不能再修改；如需补充请另建工单")
    clean = {name: check(name, value) for name, value in changes.items()}
    _same_version(session, ticket, expected_version, clean)
    for name, value in clean.items():
        setattr(ticket, name, value)
    evidence = {name: found for name, found in ticket.evidence.items() if name not in clean}
    ticket.evidence, ticket.touched = evidence, sorted({*ticket.touched, *clean})
    ticket.updated_at = datetime.now(UTC)
    session.flush()
    return journal.write(session, ticket, Action.EDIT, actor, role, State.DRAFT, data=dict(clean))


def dispatch(
    session: Session,
    ticket: Ticket,
    *,
    department: str,
    basis: str,
    actor: str,
    role: Role,
    expected_version: int,
    idempotency_key: str = "",
    rules: deadline.Rules | None = None,
) -> JournalEntry:
    """Dispatch. The first department is frozen; the same idempotency key again returns the same entry."""
    if done := _repeated(session, ticket, idempotency_key):
        return done
    before = State(ticket.state)
    target = workflow.move(before, Action.DISPATCH, role)
    _same_version(session, ticket, expected_version, FIELDS)
    missing = [FIELDS[name][0] for name in NEEDED if not getattr(ticket, name)]
    if missing or not department.strip():
        raise TicketError(f"派单前还要填：{'、'.join(missing + ([] if department.strip() else ['承办单位']))}")
    now, rules = datetime.now(UTC), rules or deadline.load()
    ticket.department, ticket.basis = check("department", department), check("basis", basis)
    ticket.first_department = ticket.first_department or ticket.department
    ticket.dispatched_at = ticket.updated_at = now
    ticket.due_at, ticket.rule_version = rules.due(ticket.nature, ticket.urgency, now), rules.version
    ticket.state = target.value
    session.flush()
    data = {"department": ticket.department, "basis": ticket.basis, "due_at": ticket.due_at.isoformat()}
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
    _same_version(session, ticket, expected_version, FIELDS)
    if not answer.strip():
        raise TicketError("请先填写答复内容")
    if not cited:
        raise TicketError("直接答复必须引用热线百科：请先按 Alt+1 采用一条建议")
    ticket.answer, ticket.cited = check("answer", answer), [dict(found) for found in cited]
    ticket.state, ticket.updated_at = target.value, datetime.now(UTC)
    session.flush()
    return journal.write(session, ticket, Action.ANSWER, actor, role, before, data={"cited": ticket.cited})


def act(
    session: Session, ticket: Ticket, action: Action, *, actor: str, role: Role, expected_version: int, reason: str = ""
) -> JournalEntry:
    """Any other move of the table."""
    before = State(ticket.state)
    target = workflow.move(before, action, role, reason)
    _same_version(session, ticket, expected_version, FIELDS)
    ticket.state, ticket.updated_at = target.value, datetime.now(UTC)
    session.flush()
    return journal.write(session, ticket, action, actor, role, before, reason)


def check(name: str, value: str) -> str:
    """A field's value without what nobody can see. Raises TicketError for an unknown field or a value too long."""
    if name not in FIELDS:
        raise TicketError(f"没有“{name}”这个字段；可填：{'、'.join(label for label, _ in FIELDS.values())}")
    label, limit = FIELDS[name]
    clean = "".join(c for c in value if c in "\n\t" or unicodedata.category(c)[0] != "C").strip()
    if len(clean) > limit:
        raise TicketError(f"“{label}”最多 {limit} 字，现在是 {len(clean)} 字")
    return clean


def _same_version(session: Session, ticket: Ticket, expected: int, changing: Mapping[str, object]) -> None:
    """What the copilot filled since, in fields that are not being changed, is no conflict."""
    if ticket.version == expected:
        return
    since = session.scalars(
        select(JournalEntry).where(JournalEntry.ticket_id == ticket.id).order_by(JournalEntry.seq.desc()).limit(50)
    )
    behind = ticket.version - expected
    for entry in list(since)[: max(behind, 0)]:
        if entry.action != Action.FILL:
            who = entry.actor
            raise Conflict(f"{who} 刚刚修改了这张工单，您的修改没有保存；请刷新后核对再改")
    if behind < 0:
        raise Conflict("工单版本不对，请刷新后再改")


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
