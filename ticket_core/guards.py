"""Conditions of moves beyond state and role: each looks at a case and has the words of its refusal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ticket_core.by import By
from ticket_core.deadline import Limits, local_day
from ticket_core.tables import Ticket


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket, who acts on it, and the limits in force."""

    ticket: Ticket
    by: By
    limits: Limits


@dataclass(frozen=True, slots=True)
class Guard:
    """label: for the diagram; refusal: what is said when it does not hold (Chinese)."""

    label: str
    holds: Callable[[Case], bool]
    refusal: str


def _disputed(case: Case) -> bool:
    """Too many returns, or a department returns for the second time: the two send it back and forth."""
    ticket = case.ticket
    return ticket.returns >= case.limits.returns or ticket.department in ticket.returned_by


def _enough_attempts(case: Case) -> bool:
    """This attempt included; those before a rework tell nothing of what came of it."""
    replied = case.ticket.replied_at
    tries = [one for one in case.ticket.callbacks if replied is None or datetime.fromisoformat(one["at"]) >= replied]
    days, tried = {local_day(case.by.at), *(one["day"] for one in tries)}, len(tries) + 1
    return tried >= case.limits.callback_attempts and len(days) >= case.limits.callback_days


def _rework_left(case: Case) -> bool:
    """Only what a department has handled can be done again."""
    return bool(case.ticket.department) and case.ticket.reworks < case.limits.reworks


def _seconded(case: Case, verdict: str) -> bool:
    return any(actor != case.by.actor and said == verdict for actor, said in case.ticket.opinions.items())


def _extendable(case: Case) -> bool:
    """Asked for later, what is overdue would become punctual."""
    due = case.ticket.due_at
    return case.ticket.extensions < case.limits.extensions and (due is None or case.by.at <= due)


def _no_callback(case: Case) -> bool:
    """Nobody is to be called, or there is no number to call."""
    return not case.ticket.wants_callback or not (case.ticket.callback_number or case.ticket.calling_number)


def _in_time(case: Case) -> bool:
    until = case.ticket.return_due_at
    return not case.ticket.locked and (until is None or case.by.at <= until)


UNCLAIMED = Guard("无人认领", lambda case: not case.ticket.agent, "这张草稿已有人认领")
MAY_RETURN = Guard("退单期限内", _in_time, "已过退单期限或已由会商定责，不能再退；办理有困难请申请延期或挂账")
AGREED = Guard("退单未超限", lambda case: not _disputed(case), "退单已到上限，须会商")
DISPUTED = Guard("退单超限或互退", _disputed, "退单未到上限")
EXTENDABLE = Guard("还可延期", _extendable, "延期次数已用完或已过办结期限，请尽快办结或申请挂账")
NO_CALLBACK = Guard("无须回访", _no_callback, "诉求人要求回访并留了号码，请先回访")
REWORKABLE = Guard("还可重办", _rework_left, "没有承办单位或重办次数已用完，请提请裁定")
ATTEMPTS_LEFT = Guard("回访次数未满", lambda case: not _enough_attempts(case), "回访次数已满")
ATTEMPTED = Guard("回访次数已满", _enough_attempts, "回访次数未满")
FROM_REVIEW = Guard("并单前待审核", lambda case: case.ticket.state_before == "in_review", "并单前不在待审核")
FROM_DISPATCH = Guard("并单前待派单", lambda case: case.ticket.state_before == "to_dispatch", "并单前不在待派单")
REPORTABLE = Guard(
    "尚未报送",
    lambda case: case.ticket.report_due_at is not None and case.ticket.report_sent_at is None,
    "这张工单没有待报送的紧急信息",
)
REPORTED = Guard("已报送", lambda case: case.ticket.report_sent_at is not None, "紧急信息还没有报送，请先“报送信息”")
UPHELD_ONCE = Guard("首人裁定", lambda case: not _seconded(case, "uphold"), "已有另一人裁定办结")
UPHELD_TWICE = Guard("两人一致", lambda case: _seconded(case, "uphold"), "裁定须由两人作出，还差一人")
OVERTURNED_ONCE = Guard(
    "首人裁定，还可重办",
    lambda case: _rework_left(case) and not _seconded(case, "overturn"),
    "没有承办单位或重办次数已用完",
)
OVERTURNED_TWICE = Guard(
    "两人一致，还可重办", lambda case: _rework_left(case) and _seconded(case, "overturn"), "裁定须由两人作出，还差一人"
)
