"""The life of a version of an article is one table: nobody publishes alone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kb_index.article import KnowledgeError


class State(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    FIRST_REVIEW = "first_review"
    REVIEW = "review"
    APPROVED = "approved"
    LIVE = "live"
    REPLACED = "replaced"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"
    DELETED = "deleted"

    @property
    def label(self) -> str:
        """As the screen says it."""
        return STATES[self]


class Action(StrEnum):
    """What can be done to a version. WRITE makes one; REVERT makes one out of an older one."""

    WRITE = "write"
    EDIT = "edit"
    SUBMIT = "submit"
    PASS = "pass"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    REVERT = "revert"
    CONFIRM = "confirm"
    DROP = "drop"
    DELETE = "delete"
    REPLACE = "replace"
    SUPERSEDE = "supersede"
    EXPIRE = "expire"
    REMIND = "remind"
    REINDEX = "reindex"

    @property
    def label(self) -> str:
        """As the screen says it."""
        return ACTIONS[self]


STATES: Mapping[State, str] = {
    State.DRAFT: "草稿",
    State.FIRST_REVIEW: "待初审",
    State.REVIEW: "待审核",
    State.APPROVED: "待上线",
    State.LIVE: "已上线",
    State.REPLACED: "历史版",
    State.SUPERSEDED: "已被取代",
    State.EXPIRED: "已过期",
    State.WITHDRAWN: "已下架",
    State.DROPPED: "已作废",
    State.DELETED: "已删除",
}
ACTIONS: Mapping[Action, str] = {
    Action.WRITE: "新建",
    Action.EDIT: "修改",
    Action.SUBMIT: "提交初审",
    Action.PASS: "初审通过",
    Action.APPROVE: "审核通过",
    Action.SEND_BACK: "退回修改",
    Action.PUBLISH: "上线",
    Action.WITHDRAW: "下架",
    Action.REVERT: "回退到此版",
    Action.CONFIRM: "复核无误",
    Action.DROP: "作废",
    Action.DELETE: "删除",
    Action.REPLACE: "被新版取代",
    Action.SUPERSEDE: "被其他文章取代",
    Action.EXPIRE: "到期",
    Action.REMIND: "提醒复核",
    Action.REINDEX: "重建索引",
}
SYSTEM = "system"
AUTHOR, FIRST_REVIEWER = "author", "first_reviewer"


@dataclass(frozen=True, slots=True)
class Step:
    """One row. permission: whoever has it may, SYSTEM: by itself alone; others: who of the version it may not be."""

    source: State
    action: Action
    target: State
    permission: str
    others: tuple[str, ...] = ()
    reason: bool = False


S, A = State, Action
PAST = (S.REPLACED, S.SUPERSEDED, S.EXPIRED, S.WITHDRAWN)
TABLE: tuple[Step, ...] = (
    Step(S.DRAFT, A.EDIT, S.DRAFT, "author"),
    Step(S.DRAFT, A.SUBMIT, S.FIRST_REVIEW, "author"),
    Step(S.DRAFT, A.DROP, S.DROPPED, "author"),
    Step(S.FIRST_REVIEW, A.PASS, S.REVIEW, "first_review", (AUTHOR,)),
    Step(S.FIRST_REVIEW, A.SEND_BACK, S.DRAFT, "first_review", reason=True),
    Step(S.REVIEW, A.APPROVE, S.APPROVED, "review", (AUTHOR, FIRST_REVIEWER)),
    Step(S.REVIEW, A.SEND_BACK, S.DRAFT, "review", reason=True),
    Step(S.APPROVED, A.PUBLISH, S.LIVE, "review", (AUTHOR,)),
    Step(S.APPROVED, A.SEND_BACK, S.DRAFT, "review", reason=True),
    Step(S.LIVE, A.WITHDRAW, S.WITHDRAWN, "review", reason=True),
    Step(S.LIVE, A.CONFIRM, S.LIVE, "review", (AUTHOR,)),
    Step(S.LIVE, A.REPLACE, S.REPLACED, SYSTEM),
    Step(S.LIVE, A.SUPERSEDE, S.SUPERSEDED, SYSTEM),
    Step(S.LIVE, A.EXPIRE, S.EXPIRED, SYSTEM),
    Step(S.LIVE, A.REMIND, S.LIVE, SYSTEM),
    Step(S.LIVE, A.REINDEX, S.LIVE, SYSTEM),
    *(Step(state, A.REVERT, state, "author", reason=True) for state in PAST),
    *(Step(state, A.DELETE, S.DELETED, "review", (AUTHOR,), reason=True) for state in (S.EXPIRED, S.WITHDRAWN)),
)


def possible(
    state: State, who: str, may: Collection[str], author: str, first_reviewer: str, person: bool = True
) -> list[Step]:
    """What this user may do to a version, in the table's order. may: their permissions."""
    people = {AUTHOR: author, FIRST_REVIEWER: first_reviewer}
    return [
        step
        for step in TABLE
        if step.source == state
        and (step.permission in may if person else step.permission == SYSTEM)
        and all(people[one] != who for one in step.others)
    ]


def find(
    state: State, action: Action, who: str, may: Collection[str], author: str, first_reviewer: str, person: bool = True
) -> Step:
    """The row of an action. Raises KnowledgeError saying what is possible."""
    open_ = possible(state, who, may, author, first_reviewer, person)
    if found := next((step for step in open_ if step.action == action), None):
        return found
    rows = [step for step in TABLE if step.source == state and step.action == action]
    if any(step.permission in may and step.others for step in rows):
        raise KnowledgeError(f"“{action.label}”须由另一人办理：您是这一版的作者或初审人，请交同事办理")
    labels = "、".join(dict.fromkeys(step.action.label for step in open_)) or "查看"
    raise KnowledgeError(f"这一版{state.label}，您不能“{action.label}”；现在可以：{labels}")
