"""A department chosen in the list stands for all below it."""

import pytest

from copilot.configuration.kinds import Department, branch

PARENTS = {"扬州市": "", "邗江区": "扬州市", "邗江区城市管理局": "邗江区", "广陵区": "扬州市"}
TREE = {name: Department(name=name, level="市级", parent=parent) for name, parent in PARENTS.items()}


def test_a_branch_is_all_below_itself_first():
    assert branch(TREE, "扬州市") == ("扬州市", "邗江区", "广陵区", "邗江区城市管理局")
    assert branch(TREE, "广陵区") == ("广陵区",)


def test_a_name_that_is_not_in_the_tree_stands_for_itself():
    assert branch(TREE, "已撤销单位") == ("已撤销单位",)


def test_departments_above_each_other_are_named_once():
    ring = {name: Department(name=name, level="市级", parent=parent) for name, parent in (("甲", "乙"), ("乙", "甲"))}
    assert branch(ring, "甲") == ("甲", "乙")


@pytest.fixture
def site(make_parts, serve):
    return serve(make_parts())


def test_the_list_of_a_department_holds_its_branch(site):
    agent, admin = site.client("wangli"), site.client("admin")
    fields = {"nature": "求助", "title": "路灯不亮", "content": "路灯坏了。"}
    ticket = agent.post("/api/tickets", json={"channel": "counter", "fields": fields}).json()
    given = {"department": "邗江区城市管理局", "basis": "派单目录"}
    sent = agent.post(
        f"/api/tickets/{ticket['id']}/actions/dispatch", json={"version": ticket["version"], "inputs": given}
    )
    assert sent.status_code == 200
    rows = {one["name"]: one for one in agent.get("/api/departments").json()}
    parent = rows["邗江区城市管理局"]["parent"]
    found = {
        name: admin.get("/api/tickets", params={"department": name}).json()["items"]
        for name in (parent, "广陵区城市管理局")
    }
    assert [one["id"] for one in found[parent]] == [ticket["id"]]
    assert found["广陵区城市管理局"] == []
