"""The whole workflow of a ticket is one table."""

from dataclasses import dataclass
from enum import StrEnum

from ticket_core.errors import IllegalMove


class Labelled(StrEnum):
    """A value for the code and a Chinese label for the screen."""

    label: str

    def __new__(cls, value: str, label: str = "") -> "Labelled":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class State(Labelled):
    """Where a ticket stands."""

    DRAFT = "draft", "草稿"
    ANSWERED = "answered", "已答复"
    ROUTED_OUT = "routed_out", "已告知途径"
    EMERGENCY = "emergency", "紧急联动"
    IN_REVIEW = "in_review", "待审核"
    TO_DISPATCH = "to_dispatch", "待派单"
    DISPATCHED = "dispatched", "已派单"
    RETURN_REQUESTED = "return_requested", "申请退单"
    IN_PROGRESS = "in_progress", "办理中"
    REPLIED = "replied", "已反馈"
    TO_CALL_BACK = "to_call_back", "待回访"
    CLOSED = "closed", "已办结"


class Action(Labelled):
    """What can be done to a ticket. `fill`, `edit` and `release` change fields, not the state."""

    CREATE = "create", "新建"
    FILL = "fill", "智能填写"
    EDIT = "edit", "修改"
    RELEASE = "release", "恢复智能填写"
    ANSWER = "answer", "直接答复"
    ROUTE_OUT = "route_out", "告知法定途径"
    ESCALATE = "escalate", "紧急联动"
    SUBMIT = "submit", "提交审核"
    APPROVE = "approve", "审核通过"
    SEND_BACK = "send_back", "退回修改"
    DISPATCH = "dispatch", "派单"
    SIGN = "sign", "签收"
    ASK_RETURN = "ask_return", "申请退单"
    ACCEPT_RETURN = "accept_return", "同意退单"
    REFUSE_RETURN = "refuse_return", "驳回退单"
    REPLY = "reply", "反馈"
    ACCEPT_REPLY = "accept_reply", "反馈通过"
    REFUSE_REPLY = "refuse_reply", "反馈退回"
    CALL_BACK = "call_back", "回访办结"
    CLOSE = "close", "办结"


class Role(Labelled):
    """Who acts."""

    AGENT = "agent", "坐席"
    REVIEWER = "reviewer", "审核员"
    DISPATCHER = "dispatcher", "派单员"
    DEPARTMENT = "department", "承办单位"
    SUPERVISOR = "supervisor", "督办员"
    CALLER_BACK = "caller_back", "回访员"
    SYSTEM = "system", "系统"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table. needs_reason: the actor must say why."""

    source: State
    action: Action
    target: State
    roles: frozenset[Role]
    needs_reason: bool = False


def _row(source: State, action: Action, target: State, *roles: Role, reason: bool = False) -> Move:
    return Move(source, action, target, frozenset(roles), reason)


S, A, R = State, Action, Role
TABLE: tuple[Move, ...] = (
    _row(S.DRAFT, A.ANSWER, S.ANSWERED, R.AGENT, R.DISPATCHER),
    _row(S.DRAFT, A.ROUTE_OUT, S.ROUTED_OUT, R.AGENT, reason=True),
    _row(S.DRAFT, A.ESCALATE, S.EMERGENCY, R.AGENT, R.SYSTEM),
    _row(S.DRAFT, A.SUBMIT, S.IN_REVIEW, R.AGENT),
    _row(S.DRAFT, A.DISPATCH, S.DISPATCHED, R.AGENT, R.DISPATCHER),
    _row(S.EMERGENCY, A.DISPATCH, S.DISPATCHED, R.AGENT, R.DISPATCHER),
    _row(S.EMERGENCY, A.CLOSE, S.CLOSED, R.REVIEWER, R.SUPERVISOR, reason=True),
    _row(S.ANSWERED, A.CLOSE, S.CLOSED, R.AGENT, R.REVIEWER, R.SYSTEM),
    _row(S.ROUTED_OUT, A.CLOSE, S.CLOSED, R.AGENT, R.REVIEWER, R.SYSTEM),
    _row(S.IN_REVIEW, A.SEND_BACK, S.DRAFT, R.REVIEWER, reason=True),
    _row(S.IN_REVIEW, A.APPROVE, S.TO_DISPATCH, R.REVIEWER),
    _row(S.TO_DISPATCH, A.DISPATCH, S.DISPATCHED, R.DISPATCHER),
    _row(S.DISPATCHED, A.SIGN, S.IN_PROGRESS, R.DEPARTMENT),
    _row(S.DISPATCHED, A.ASK_RETURN, S.RETURN_REQUESTED, R.DEPARTMENT, reason=True),
    _row(S.RETURN_REQUESTED, A.ACCEPT_RETURN, S.TO_DISPATCH, R.DISPATCHER, R.REVIEWER),
    _row(S.RETURN_REQUESTED, A.REFUSE_RETURN, S.DISPATCHED, R.DISPATCHER, R.REVIEWER, reason=True),
    _row(S.IN_PROGRESS, A.REPLY, S.REPLIED, R.DEPARTMENT),
    _row(S.REPLIED, A.REFUSE_REPLY, S.IN_PROGRESS, R.REVIEWER, reason=True),
    _row(S.REPLIED, A.ACCEPT_REPLY, S.TO_CALL_BACK, R.REVIEWER),
    _row(S.TO_CALL_BACK, A.CALL_BACK, S.CLOSED, R.CALLER_BACK),
)


def actions_for(state: State, role: Role) -> list[Action]:
    """What this role may do to a ticket in this state."""
    return [move.action for move in TABLE if move.source == state and role in move.roles]


def move(state: State, action: Action, role: Role, reason: str = "") -> State:
    """The state that an action leads to. Raises IllegalMove, whose message lists what is possible."""
    for row in TABLE:
        if row.source == state and row.action == action and role in row.roles:
            if row.needs_reason and not reason.strip():
                raise IllegalMove(f"“{action.label}”必须填写理由")
            return row.target
    possible = "、".join(found.label for found in actions_for(state, role)) or "无"
    raise IllegalMove(f"工单现在是“{state.label}”，{role.label}不能“{action.label}”；可以办理：{possible}")


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    lines += [f"    {row.source.value} --> {row.target.value}: {row.action.label}" for row in TABLE]
    lines += [f"    {state.value}: {state.label}" for state in State]
    return "\n".join([*lines, "    closed --> [*]"])
