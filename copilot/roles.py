"""What each role may see and do: data in `data/roles.toml`, read and checked as a whole."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.tables import User
from ticket_core.errors import TicketError
from ticket_core.queries import Filter, Scope
from ticket_core.vocabulary import Action, Role, State

SHIPPED = Path(__file__).parent / "data" / "roles.toml"
PEOPLE = tuple(role for role in Role if role != Role.SYSTEM)
OWN = "@own"
Page = Literal["desk", "tickets", "knowledge", "labelling", "configuration", "users"]
Reach = Literal["own", "team", "department", "centre", "none"]
Permission = Literal[
    "calls",
    "tickets",
    "export",
    "unmask",
    "author",
    "first_review",
    "review",
    "label",
    "adjudicate",
    "recall",
    "configure",
    "users",
    "verify",
]
PERMISSIONS: dict[str, str] = {
    "calls": "接听来电",
    "tickets": "办理工单",
    "export": "导出工单",
    "unmask": "查看诉求人信息",
    "author": "编写百科",
    "first_review": "初审百科",
    "review": "审核、上线、下架百科",
    "label": "标注",
    "adjudicate": "裁定标注、生成数据集",
    "recall": "召回回访",
    "configure": "修改配置",
    "users": "管理用户",
    "verify": "校验流水",
}


class RoleError(Exception):
    """A roles file that cannot be used; the message (Chinese) names the place and what may stand there."""


class QueueCard(BaseModel):
    """A named selection of tickets. "@own" stands for the user's own name or department; empty: no condition."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z_]{1,20}$")]
    label: Annotated[str, Field(min_length=1, max_length=20)]
    states: tuple[State, ...] = ()
    light: Literal["", "red", "amber", "green"] = ""
    agent: Literal["", "@own"] = ""
    department: str = ""
    assisting: str = ""
    unclaimed: bool = False
    supervised: bool = False
    urgency: str = ""
    channel: str = ""
    nature: str = ""

    def filter(self, username: str, department: str) -> Filter:
        """The conditions for this user."""
        own = {"agent": username, "department": department, "assisting": department}
        given = self.model_dump(mode="json", exclude_unset=True, exclude={"name", "label", "states"})
        conditions: dict[str, Any] = {name: own[name] if value == OWN else value for name, value in given.items()}
        return Filter(states=tuple(state.value for state in self.states), **conditions)


def _distinct(queues: tuple[QueueCard, ...]) -> tuple[QueueCard, ...]:
    names = [queue.name for queue in queues]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"队列名重复：{'、'.join(sorted(twice))}")
    return queues


class RoleCard(BaseModel):
    """A role: its pages, which tickets it sees, its queues (the most pressing first), permissions and bulk moves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Role
    pages: tuple[Page, ...] = Field(min_length=1)
    scope: Reach
    unclaimed: bool = False
    may: tuple[Permission, ...]
    bulk: tuple[Action, ...]
    queues: Annotated[tuple[QueueCard, ...], AfterValidator(_distinct)]

    @model_validator(mode="after")
    def _has_own(self) -> "RoleCard":
        if self.scope != "department" and any(OWN in (queue.department, queue.assisting) for queue in self.queues):
            raise ValueError(f"只有数据范围为 department 的角色有本单位，其他角色的队列不能写 {OWN} 单位")
        return self


class Person(Protocol):
    """Whoever is signed in, as far as roles look at them."""

    username: str
    department: str
    team: str

    @property
    def card(self) -> RoleCard:
        """The card of their role."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of one user."""

    name: str
    label: str
    filter: Filter


def queues(user: Person) -> list[Queue]:
    """The user's queues, the most pressing first."""
    return [Queue(one.name, one.label, one.filter(user.username, user.department)) for one in user.card.queues]


def queue_filter(user: Person, name: str) -> Filter:
    """The conditions of one of the user's queues; none where no queue is named. Raises TicketError."""
    if not name:
        return Filter()
    own = queues(user)
    if found := next((queue.filter for queue in own if queue.name == name), None):
        return found
    raise TicketError(f"您没有“{name}”这个队列；可选：{'、'.join(f'{queue.name}（{queue.label}）' for queue in own)}")


def scope_of(session: Session, user: Person) -> Scope:
    """Which tickets the user may see."""
    card = user.card
    match card.scope:
        case "centre":
            return Scope()
        case "department":
            return Scope(departments=(user.department,) if user.department else ())
        case "team":
            return Scope(agents=team(session, user), unclaimed=card.unclaimed)
        case "own":
            return Scope(agents=(user.username,), unclaimed=card.unclaimed)
    return Scope(departments=())


def team(session: Session, user: Person) -> tuple[str, ...]:
    """Usernames of the user's team, those who are no longer active included: their tickets are still the team's."""
    if not user.team:
        return (user.username,)
    return tuple(session.scalars(select(User.username).where(User.team == user.team).order_by(User.username)))


def load(path: Path = SHIPPED) -> dict[str, RoleCard]:
    """Every role's card. Raises RoleError naming each place that is wrong."""
    try:
        table = tomllib.loads(path.read_text("utf8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RoleError(f"{path.name} 读不出来，请检查：{error}") from error
    problems = [f"没有“{name}”这个角色；可写：{'、'.join(PEOPLE)}" for name in table if name not in PEOPLE]
    problems += [f"缺少角色 [{role}]（{role.label}）" for role in PEOPLE if role not in table]
    cards: dict[str, RoleCard] = {}
    for role in PEOPLE:
        try:
            if role in table:
                cards[role.value] = _card(role, table[role])
        except ValidationError as error:
            problems += [_problem(role, item) for item in error.errors()]
    if problems:
        raise RoleError(f"{path.name} 有 {len(problems)} 处错误：" + "；".join(problems))
    return cards


def needed(permission: str, cards: Mapping[str, RoleCard]) -> str:
    """Who has a permission, in Chinese."""
    return "、".join(card.role.label for card in cards.values() if permission in card.may) or "任何角色都没有"


def _card(role: Role, raw: Any) -> RoleCard:
    return RoleCard.model_validate({**raw, "role": role} if isinstance(raw, Mapping) else raw)


def _problem(role: Role, item: Any) -> str:
    place = ".".join(str(part + 1) if isinstance(part, int) else part for part in (role.value, *item["loc"]))
    return f"{place} 不能是 {item['input']!r:.60}，{_wanted(item)}"


def _wanted(item: Any) -> str:
    match item["type"]:
        case "enum" | "literal_error":
            return f"可写：{item['ctx']['expected']}"
        case "extra_forbidden":
            return "这里没有这一项"
        case "missing":
            return "缺少这一项"
        case "value_error":
            return str(item["ctx"]["error"])
    return "格式不对"
