"""The whole workflow of a ticket is one table."""

from dataclasses import dataclass

from ticket_core import guards
from ticket_core.errors import IllegalMove
from ticket_core.guards import Case, Guard
from ticket_core.vocabulary import Action, Role, State


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table. needs, takes: names of `inputs.INPUTS` that must, that may be given."""

    source: State
    action: Action
    target: State
    roles: frozenset[Role]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    when: Guard | None = None

    def open_to(self, case: Case) -> bool:
        """Whether it can be made now by whom the case names."""
        return (
            self.source == case.ticket.state
            and case.by.role in self.roles
            and (self.when is None or self.when.holds(case))
        )


def _row(
    source: State,
    action: Action,
    target: State,
    *roles: Role,
    needs: str = "",
    takes: str = "",
    when: Guard | None = None,
) -> Move:
    return Move(source, action, target, frozenset(roles), tuple(needs.split()), tuple(takes.split()), when)


def _flag(
    sources: tuple[State, ...],
    action: Action,
    *roles: Role,
    needs: str = "",
    takes: str = "",
    when: Guard | None = None,
) -> tuple[Move, ...]:
    """Rows that leave the state as it is."""
    return tuple(_row(state, action, state, *roles, needs=needs, takes=takes, when=when) for state in sources)


S, A, R, G = State, Action, Role, guards
CENTRE = (R.AGENT, R.TEAM_LEADER, R.REVIEWER, R.DISPATCHER, R.SUPERVISOR, R.CALLER_BACK)
HANDLED = (S.DISPATCHED, S.RETURN_REQUESTED, S.IN_PROGRESS, S.EXTENSION_REQUESTED, S.PEND_REQUESTED, S.REWORK)
ENDED = (S.CLOSED, S.ARCHIVED)
OPEN = tuple(state for state in State if state not in ENDED)
FIRST = (R.AGENT, R.TEAM_LEADER, R.DISPATCHER)  # who may send it without a review
HEARD = (S.DRAFT, S.EMERGENCY)  # what a call still fills
UNSENT = (*HEARD, S.IN_REVIEW, S.TO_DISPATCH)
STANDING = tuple(state for state in State if state != S.ARCHIVED)
SETTLED = (S.ANSWERED, S.ROUTED_OUT, S.TO_CALL_BACK, S.CLOSED)  # what is merged into such a ticket has its result
TABLE: tuple[Move, ...] = (
    _row(S.DRAFT, A.CLAIM, S.DRAFT, R.AGENT, R.TEAM_LEADER, when=G.UNCLAIMED),
    *_flag(HEARD, A.FILL, R.SYSTEM),
    *_flag(HEARD, A.EDIT, *FIRST),
    *_flag(HEARD, A.RELEASE, *FIRST),
    _row(S.DRAFT, A.ANSWER, S.ANSWERED, *FIRST, needs="answer cited"),
    _row(S.DRAFT, A.ROUTE_OUT, S.ROUTED_OUT, R.AGENT, R.TEAM_LEADER, needs="route basis"),
    _row(S.DRAFT, A.ESCALATE, S.EMERGENCY, R.AGENT, R.TEAM_LEADER, R.SYSTEM, needs="service"),
    _row(S.DRAFT, A.SUBMIT, S.IN_REVIEW, R.AGENT, R.TEAM_LEADER, R.SYSTEM, takes="department basis answer cited"),
    *(
        _row(state, A.DISPATCH, S.DISPATCHED, *FIRST, needs="department", takes="basis assisting answer cited")
        for state in HEARD
    ),
    _row(S.ANSWERED, A.CLOSE, S.CLOSED, R.AGENT, R.TEAM_LEADER, R.REVIEWER, R.SYSTEM),
    _row(S.ROUTED_OUT, A.CLOSE, S.CLOSED, R.AGENT, R.TEAM_LEADER, R.REVIEWER, R.SYSTEM),
    _row(S.EMERGENCY, A.CLOSE, S.CLOSED, R.REVIEWER, R.SUPERVISOR, needs="reason", when=G.REPORTED),
    _row(S.IN_REVIEW, A.EDIT, S.IN_REVIEW, R.REVIEWER),
    _row(S.IN_REVIEW, A.SEND_BACK, S.DRAFT, R.REVIEWER, needs="reason"),
    _row(S.IN_REVIEW, A.APPROVE, S.TO_DISPATCH, R.REVIEWER, takes="department basis"),
    _row(S.IN_REVIEW, A.MERGE, S.MERGED, R.REVIEWER, R.SYSTEM, needs="into reason"),
    _row(S.TO_DISPATCH, A.EDIT, S.TO_DISPATCH, R.DISPATCHER),
    _row(S.TO_DISPATCH, A.DISPATCH, S.DISPATCHED, R.DISPATCHER, needs="department basis", takes="assisting"),
    _row(S.TO_DISPATCH, A.MERGE, S.MERGED, R.REVIEWER, R.DISPATCHER, needs="into reason"),
    _row(S.MERGED, A.UNMERGE, S.IN_REVIEW, R.REVIEWER, needs="reason", when=G.FROM_REVIEW),
    _row(S.MERGED, A.UNMERGE, S.TO_DISPATCH, R.REVIEWER, needs="reason", when=G.FROM_DISPATCH),
    _row(S.MERGED, A.INHERIT, S.TO_CALL_BACK, R.SYSTEM),
    _row(S.DISPATCHED, A.SIGN, S.IN_PROGRESS, R.DEPARTMENT),
    _row(S.DISPATCHED, A.ASK_RETURN, S.RETURN_REQUESTED, R.DEPARTMENT, needs="reason basis", when=G.MAY_RETURN),
    _row(S.RETURN_REQUESTED, A.ACCEPT_RETURN, S.TO_DISPATCH, R.DISPATCHER, R.REVIEWER, takes="note", when=G.AGREED),
    _row(S.RETURN_REQUESTED, A.ACCEPT_RETURN, S.CONFERENCE, R.DISPATCHER, R.REVIEWER, takes="note", when=G.DISPUTED),
    _row(S.RETURN_REQUESTED, A.REFUSE_RETURN, S.DISPATCHED, R.DISPATCHER, R.REVIEWER, needs="reason"),
    _row(S.CONFERENCE, A.ASSIGN, S.DISPATCHED, R.DISPATCHER, R.SUPERVISOR, needs="department basis", takes="assisting"),
    _row(S.IN_PROGRESS, A.ASK_EXTENSION, S.EXTENSION_REQUESTED, R.DEPARTMENT, needs="days reason", when=G.EXTENDABLE),
    _row(S.IN_PROGRESS, A.ASK_PEND, S.PEND_REQUESTED, R.DEPARTMENT, needs="reason plan review_at"),
    _row(S.IN_PROGRESS, A.REPLY, S.REPLIED, R.DEPARTMENT, needs="reply result"),
    _row(S.EXTENSION_REQUESTED, A.GRANT_EXTENSION, S.IN_PROGRESS, R.SUPERVISOR, takes="note"),
    _row(S.EXTENSION_REQUESTED, A.REFUSE_EXTENSION, S.IN_PROGRESS, R.SUPERVISOR, needs="reason"),
    _row(S.PEND_REQUESTED, A.GRANT_PEND, S.PENDED, R.SUPERVISOR, takes="note"),
    _row(S.PEND_REQUESTED, A.REFUSE_PEND, S.IN_PROGRESS, R.SUPERVISOR, needs="reason"),
    _row(S.PENDED, A.RESUME, S.IN_PROGRESS, R.SUPERVISOR, R.DEPARTMENT, R.SYSTEM, takes="note"),
    _row(S.REPLIED, A.REFUSE_REPLY, S.IN_PROGRESS, R.REVIEWER, needs="reason"),
    _row(S.REPLIED, A.ACCEPT_REPLY, S.TO_CALL_BACK, R.REVIEWER, takes="note"),
    _row(S.TO_CALL_BACK, A.SATISFIED, S.CLOSED, R.CALLER_BACK, needs="satisfaction", takes="note"),
    _row(S.TO_CALL_BACK, A.UNREACHED, S.TO_CALL_BACK, R.CALLER_BACK, needs="outcome", when=G.ATTEMPTS_LEFT),
    _row(S.TO_CALL_BACK, A.UNREACHED, S.CLOSED, R.CALLER_BACK, needs="outcome", when=G.ATTEMPTED),
    _row(S.TO_CALL_BACK, A.UNSATISFIED, S.REWORK, R.CALLER_BACK, needs="reason", when=G.REWORKABLE),
    _row(S.TO_CALL_BACK, A.CLOSE, S.CLOSED, R.CALLER_BACK, needs="reason", when=G.NO_CALLBACK),
    _row(S.TO_CALL_BACK, A.DISPUTE, S.ADJUDICATION, R.CALLER_BACK, needs="reason evidence"),
    _row(S.REWORK, A.SIGN, S.IN_PROGRESS, R.DEPARTMENT),
    _row(S.ADJUDICATION, A.UPHOLD, S.ADJUDICATION, R.REVIEWER, R.SUPERVISOR, needs="reason", when=G.UPHELD_ONCE),
    _row(S.ADJUDICATION, A.UPHOLD, S.CLOSED, R.REVIEWER, R.SUPERVISOR, needs="reason", when=G.UPHELD_TWICE),
    _row(S.ADJUDICATION, A.OVERTURN, S.ADJUDICATION, R.REVIEWER, R.SUPERVISOR, needs="reason", when=G.OVERTURNED_ONCE),
    _row(S.ADJUDICATION, A.OVERTURN, S.REWORK, R.REVIEWER, R.SUPERVISOR, needs="reason", when=G.OVERTURNED_TWICE),
    _row(S.CLOSED, A.ARCHIVE, S.ARCHIVED, R.REVIEWER, R.SYSTEM),
    *_flag(UNSENT, A.LINK, R.AGENT, R.TEAM_LEADER, R.REVIEWER, R.DISPATCHER, needs="earlier"),
    *_flag((S.IN_PROGRESS, S.EXTENSION_REQUESTED, S.PENDED, S.REWORK), A.CONTACT, R.DEPARTMENT, needs="contact"),
    *_flag(HANDLED, A.URGE, R.TEAM_LEADER, R.REVIEWER, R.DISPATCHER, R.SUPERVISOR, R.SYSTEM, takes="note"),
    *_flag((*HANDLED, S.PENDED, S.CONFERENCE), A.SUPERVISE, R.SUPERVISOR, R.SYSTEM, needs="level reason"),
    *_flag(OPEN, A.REPORT, R.AGENT, R.TEAM_LEADER, R.REVIEWER, R.SUPERVISOR, needs="report", when=G.REPORTABLE),
    *_flag(STANDING, A.NOTE, *CENTRE, R.DEPARTMENT, needs="note"),
    *_flag(STANDING, A.ATTACH, *CENTRE, R.DEPARTMENT, R.SYSTEM),
    *_flag(tuple(State), A.UNMASK, R.DEPARTMENT, needs="reason"),
)
# Made by `act` with the inputs that the table names; the others come with a service or a screen of their own.
OWN_SERVICE = (A.CREATE, A.FILL, A.EDIT, A.RELEASE, A.ABSORB, A.INHERIT, A.ATTACH, A.UNMASK, A.UPGRADE)


def possible(case: Case) -> list[Move]:
    """What may be done now by whom the case names, in the order of the table."""
    return [row for row in TABLE if row.open_to(case)]


def find(case: Case, action: Action) -> Move:
    """The row of an action. Raises IllegalMove, whose message says why not and lists what is possible."""
    for row in TABLE:
        if row.action == action and row.open_to(case):
            return row
    state, role = State(case.ticket.state), case.by.role
    rows = [row for row in TABLE if row.source == state and row.action == action and role in row.roles and row.when]
    why = rows[0].when.refusal if rows and rows[0].when else f"{role.label}不能“{action.label}”"
    now = "、".join(dict.fromkeys(row.action.label for row in possible(case))) or "无"
    raise IllegalMove(f"工单现在是“{state.label}”，{why}；可以办理：{now}")


def diagram() -> str:
    """The moves between states as a Mermaid state diagram; those that leave the state are a table of their own."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    for row in TABLE:
        if row.source != row.target:
            condition = f"（{row.when.label}）" if row.when else ""
            lines.append(f"    {row.source.value} --> {row.target.value}: {row.action.label}{condition}")
    lines += [f"    {state.value}: {state.label}" for state in State]
    return "\n".join([*lines, "    archived --> [*]"])
