"""Roles are data: what a wrong file is told, and what each role gets out of the shipped one."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from copilot import roles
from copilot.tables import User
from ticket_core.errors import TicketError
from ticket_core.queries import Scope
from ticket_core.vocabulary import State


@dataclass
class Someone:
    username: str
    card: roles.RoleCard
    department: str = ""
    team: str = ""


CARDS = roles.load()
TEXT = roles.SHIPPED.read_text("utf8")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('states = ["in_review"]', 'states = ["in_revue"]', "'in_review'"),
        ('bulk = ["sign"]', 'bulk = ["signs"]', "department.bulk.1 不能是 'signs'，可写：'create'"),
        ('"configure"', '"configures"', "'configure'"),
        ('scope = "team"', 'scope = "all"', "team_leader.scope 不能是 'all'，可写：'own', 'team'"),
        ('scope = "team"', 'scop = "team"', "team_leader.scope"),
        ('light = "red"', 'colour = "red"', "这里没有这一项"),
        ("[caller_back]", "[caller]", "没有“caller”这个角色"),
        ("[caller_back]", "[caller]", "缺少角色 [caller_back]（回访员）"),
        ('name = "conference"', 'name = "returns"', "队列名重复：returns"),
        ('states = ["in_review"] }', 'department = "@own" }', "不能写 @own 单位"),
        ("[admin]", "[admin", "读不出来"),
    ],
)
def test_a_wrong_file_is_told_where(tmp_path, right, wrong, said):
    assert right in TEXT
    file = tmp_path / "roles.toml"
    file.write_text(TEXT.replace(right, wrong), "utf8")
    with pytest.raises(roles.RoleError) as refused:
        roles.load(file)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        ("agent", ["我的草稿", "网络来件待认领", "我的工单"]),
        ("reviewer", ["待审核", "待审反馈", "申请退单", "待裁定"]),
        ("dispatcher", ["待派单", "申请退单", "待会商"]),
        ("department", ["待签收", "待重办", "即将到期", "办理中", "协办"]),
        ("supervisor", ["申请延期", "申请挂账", "超期", "督办中", "待裁定"]),
        ("caller_back", ["待回访"]),
        ("admin", ["全部"]),
    ],
)
def test_each_role_has_its_queues_in_order(role, labels):
    have = [queue.label for queue in roles.queues(Someone("u", CARDS[role]))]
    assert [label for label in have if label in labels] == labels


def test_every_state_that_waits_for_people_is_in_a_queue_of_its_own():
    queued = {state for card in CARDS.values() for queue in card.queues for state in queue.states}
    ended = {State.ARCHIVED}
    assert set(State) - queued == ended


def test_own_stands_for_the_user_and_the_department():
    agent = Someone("wangli", CARDS["agent"])
    assert roles.queue_filter(agent, "drafts").agent == "wangli"
    clerk = Someone("hanjiang", CARDS["department"], "邗江区城市管理局")
    assert roles.queue_filter(clerk, "assisting").assisting == "邗江区城市管理局"
    assert roles.queue_filter(clerk, "sign").states == ("dispatched",)
    with pytest.raises(TicketError, match=r"可选：sign（待签收）"):
        roles.queue_filter(clerk, "drafts")


def test_scopes(make_parts):
    def scope(role, **place):
        user = Someone("a", CARDS[role], **place)
        return parts.database.read_now(lambda session: roles.scope_of(session, user))

    def add(session: Session) -> None:
        for name, team in (("a", "一组"), ("b", "一组"), ("c", "二组")):
            session.add(User(username=name, name=name, role="agent", team=team, password=""))

    parts = make_parts()
    parts.database.submit(add).result()
    assert scope("agent") == Scope(agents=("a",), unclaimed=True)
    assert scope("team_leader", team="一组") == Scope(agents=("a", "b"), unclaimed=True)
    assert scope("team_leader") == Scope(agents=("a",), unclaimed=True)
    assert scope("department", department="邗江区城市管理局") == Scope(departments=("邗江区城市管理局",))
    assert scope("department") == Scope(departments=())
    assert scope("reviewer") == scope("admin") == Scope()
