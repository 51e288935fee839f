"""What each move does to a ticket beyond changing its state."""

import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from ticket_core import journal
from ticket_core.deadline import ZONE, local_day
from ticket_core.errors import TicketError
from ticket_core.step import Step
from ticket_core.vocabulary import Action, Clock, State

HIGHEST = 3
NEEDED = {"nature": "工单性质", "content": "诉求内容"}
REVIEWED_AT = time(9)
LONGEST_PEND = timedelta(days=366)


def _claim(step: Step) -> None:
    step.ticket.agent = step.by.actor


def _answer(step: Step) -> None:
    step.ticket.answer = step.inputs.get("answer", step.ticket.answer)
    step.ticket.cited = step.inputs.get("cited", step.ticket.cited)


def _route_out(step: Step) -> None:
    step.ticket.route, step.ticket.basis = step.inputs["route"], step.inputs["basis"]


def _escalate(step: Step) -> None:
    step.ticket.emergency, step.ticket.urgency = step.inputs["service"], "紧急"
    step.ticket.report_due_at = step.begin(Clock.REPORT)


def _report(step: Step) -> None:
    step.ticket.report_sent_at = step.by.at


def _submit(step: Step) -> None:
    _complete(step)
    _propose(step)
    _answer(step)


def _propose(step: Step) -> None:
    step.ticket.department = step.inputs.get("department", step.ticket.department)
    step.ticket.basis = step.inputs.get("basis", step.ticket.basis)


def _dispatch(step: Step) -> None:
    _complete(step)
    _propose(step)
    _answer(step)
    ticket, lead = step.ticket, step.inputs["department"]
    ticket.assisting = [name for name in step.inputs.get("assisting", []) if name != lead]
    ticket.redispatches += ticket.dispatched_at is not None
    ticket.first_department = ticket.first_department or lead
    ticket.dispatched_at, ticket.signed_at, ticket.contacted_at = step.by.at, None, None
    step.begin_handling()
    ticket.sign_due_at = step.begin(Clock.SIGN)
    ticket.contact_due_at = step.begin(Clock.CONTACT)
    ticket.return_due_at = step.begin(Clock.RETURN)


def _assign(step: Step) -> None:
    _dispatch(step)
    step.ticket.locked = True


def _sign(step: Step) -> None:
    step.ticket.signed_at = step.by.at


def _contact(step: Step) -> None:
    step.ticket.contacted_at = step.ticket.contacted_at or step.by.at


def _accept_return(step: Step) -> None:
    ticket = step.ticket
    ticket.returns += 1
    ticket.returned_by = [*ticket.returned_by, ticket.department]
    ticket.department, ticket.assisting = "", []
    ticket.sign_due_at = ticket.contact_due_at = ticket.return_due_at = ticket.due_at = ticket.due_amber_at = None


def _ask_extension(step: Step) -> None:
    longest = step.running.longest_extension(step.matter)
    if step.inputs["days"] > longest:
        raise TicketError(f"延期不能超过原时限：最多 {longest} 个工作日")
    step.ticket.asked_days = step.inputs["days"]


def _grant_extension(step: Step) -> None:
    ticket = step.ticket
    if ticket.due_at is not None:
        step.shift_handling(step.running.extended(ticket.due_at, ticket.asked_days))
    ticket.extensions, ticket.asked_days = ticket.extensions + 1, 0


def _refuse_extension(step: Step) -> None:
    step.ticket.asked_days = 0


def _ask_pend(step: Step) -> None:
    review: date = step.inputs["review_at"]
    if review.isoformat() <= local_day(step.by.at):
        raise TicketError("复核日期要晚于今天")
    if review > step.by.at.astimezone(ZONE).date() + LONGEST_PEND:
        raise TicketError(f"复核日期最晚在 {LONGEST_PEND.days} 天内，到时仍不具备条件可以再次挂账")
    step.ticket.plan = step.inputs["plan"]
    step.ticket.review_at = datetime.combine(review, REVIEWED_AT, ZONE)


def _forget_pend(step: Step) -> None:
    step.ticket.review_at = None


def _urge(step: Step) -> None:
    step.ticket.urges += 1


def _supervise(step: Step) -> None:
    if step.inputs["level"] < step.ticket.supervision:
        raise TicketError(f"已是 {step.ticket.supervision} 级督办，只能维持或提高")
    step.ticket.supervision = step.inputs["level"]


def _reply(step: Step) -> None:
    step.ticket.reply, step.ticket.result = step.inputs["reply"], step.inputs["result"]
    step.ticket.replied_at = step.by.at


def _refuse_reply(step: Step) -> None:
    step.ticket.replied_at = None


def call_back_next(step: Step) -> None:
    """Start the clock of the callback."""
    step.ticket.callback_due_at = step.begin(Clock.CALLBACK)


def _attempt(step: Step, outcome: str) -> None:
    ticket, at = step.ticket, step.by.at
    tried = {"at": at, "day": local_day(at), "actor": step.by.actor, "outcome": outcome}
    ticket.callbacks = [*ticket.callbacks, journal.plain(tried | {"reason": step.inputs.get("reason", "")})]


def _satisfaction(step: Step, level: str) -> None:
    step.ticket.satisfaction = level
    step.ticket.first_satisfaction = step.ticket.first_satisfaction or level


def _satisfied(step: Step) -> None:
    _attempt(step, step.inputs["satisfaction"])
    _satisfaction(step, step.inputs["satisfaction"])


def _unreached(step: Step) -> None:
    _attempt(step, step.inputs["outcome"])
    if step.target == State.CLOSED:
        step.ticket.satisfaction = "未接通"


def _unsatisfied(step: Step) -> None:
    _attempt(step, "不满意")
    _satisfaction(step, "不满意")
    _rework(step)


def _dispute(step: Step) -> None:
    _attempt(step, "不满意")
    _satisfaction(step, "不满意")
    step.ticket.opinions = {}


def _rework(step: Step) -> None:
    ticket = step.ticket
    ticket.reworks += 1
    ticket.supervision = min(HIGHEST, ticket.supervision + 1)
    ticket.extensions, ticket.signed_at, ticket.contacted_at, ticket.replied_at = 0, None, None, None
    ticket.sign_due_at = ticket.contact_due_at = ticket.return_due_at = ticket.callback_due_at = None
    step.begin_handling(Clock.REWORK)


def _uphold(step: Step) -> None:
    step.ticket.opinions = {**step.ticket.opinions, step.by.actor: "uphold"}


def _overturn(step: Step) -> None:
    step.ticket.opinions = {**step.ticket.opinions, step.by.actor: "overturn"}
    if step.target == State.REWORK:
        _rework(step)


def _archive(step: Step) -> None:
    row = json.dumps(journal.snapshot(step.ticket), ensure_ascii=False, sort_keys=True)
    step.ticket.archive_hash = hashlib.sha256(row.encode()).hexdigest()


def _complete(step: Step) -> None:
    if missing := [label for name, label in NEEDED.items() if not getattr(step.ticket, name)]:
        raise TicketError(f"还要先填：{'、'.join(missing)}")


EFFECTS: dict[Action, Callable[[Step], None]] = {
    Action.CLAIM: _claim,
    Action.ANSWER: _answer,
    Action.ROUTE_OUT: _route_out,
    Action.ESCALATE: _escalate,
    Action.REPORT: _report,
    Action.SUBMIT: _submit,
    Action.APPROVE: _propose,
    Action.DISPATCH: _dispatch,
    Action.ASSIGN: _assign,
    Action.SIGN: _sign,
    Action.CONTACT: _contact,
    Action.ACCEPT_RETURN: _accept_return,
    Action.ASK_EXTENSION: _ask_extension,
    Action.GRANT_EXTENSION: _grant_extension,
    Action.REFUSE_EXTENSION: _refuse_extension,
    Action.ASK_PEND: _ask_pend,
    Action.REFUSE_PEND: _forget_pend,
    Action.RESUME: _forget_pend,
    Action.URGE: _urge,
    Action.SUPERVISE: _supervise,
    Action.REPLY: _reply,
    Action.ACCEPT_REPLY: call_back_next,
    Action.REFUSE_REPLY: _refuse_reply,
    Action.SATISFIED: _satisfied,
    Action.UNREACHED: _unreached,
    Action.UNSATISFIED: _unsatisfied,
    Action.DISPUTE: _dispute,
    Action.UPHOLD: _uphold,
    Action.OVERTURN: _overturn,
    Action.ARCHIVE: _archive,
}
