"""Tickets over HTTP: who sees what, moves with their inputs, conflicts, nothing done twice, identities hidden."""

from datetime import UTC, datetime

import pytest

from copilot.masking import masked
from ticket_core import tickets
from ticket_core.by import By
from ticket_core.vocabulary import Role

DEPARTMENT, OTHER = "邗江区城市管理局", "广陵区城市管理局"
FIELDS = {
    "nature": "投诉",
    "content": "李女士说半夜施工，请回电13852706021",
    "title": "夜间施工",
    "citizen_name": "李女士",
}


@pytest.fixture
def site(make_parts, serve):
    site = serve(make_parts())

    def draft(session):
        for agent in ("wangli", "zhaomin"):
            by = By(agent, Role.AGENT, datetime.now(UTC))
            ticket, _ = tickets.draft(session, by, calling_number="13852706021", agent=agent)
            tickets.edit(session, ticket, FIELDS, by, site.parts.rules())

    site.parts.database.submit(draft).result(10)
    return site


@pytest.fixture
def people(site):
    """Clients by user, signed in when they are first asked for."""
    signed = {}
    return lambda name: signed.setdefault(name, site.client(name))


def act(client, action, ticket=1, version=None, **inputs):
    if version is None:
        version = client.get(f"/api/tickets/{ticket}").json()["ticket"]["version"]
    return client.post(f"/api/tickets/{ticket}/actions/{action}", json={"version": version, "inputs": inputs})


def dispatched(people, **fields):
    """The first ticket, on its way to a department."""
    if fields:
        people("wangli").patch("/api/tickets/1", json={"version": 2, "changes": fields}).raise_for_status()
    act(people("chenjie"), "dispatch", department=DEPARTMENT, basis="目录").raise_for_status()


def test_each_role_sees_its_own(people):
    dispatched(people)
    seen = {
        name: [row["id"] for row in people(name).get("/api/tickets").json()["items"]]
        for name in ("wangli", "zhaomin", "qianjun", "chenjie", "hanjiang", "guangling", "admin")
    }
    assert seen == {
        "wangli": [1],
        "zhaomin": [2],
        "qianjun": [2, 1],
        "chenjie": [2, 1],
        "hanjiang": [1],
        "guangling": [],
        "admin": [2, 1],
    }
    for name, ticket in (("wangli", 2), ("guangling", 1), ("hanjiang", 2)):
        assert people(name).get(f"/api/tickets/{ticket}").status_code == 404
        assert act(people(name), "note", ticket, version=1, note="看看").status_code == 404


def test_queues_count_what_waits_for_this_role(people):
    dispatched(people)
    queues = {queue["name"]: queue for queue in people("hanjiang").get("/api/tickets/queues").json()}
    assert (queues["sign"]["total"], queues["sign"]["red"], queues["progress"]["total"]) == (1, 0, 0)
    page = people("hanjiang").get("/api/tickets?queue=sign").json()
    assert [row["state_label"] for row in page["items"]] == ["待签收"]
    refused = people("hanjiang").get("/api/tickets?queue=review")
    assert (refused.status_code, "待签收" in refused.json()["detail"]) == (422, True)


def test_exactly_the_buttons_of_the_table(people):
    dispatched(people)
    offered = {
        name: {move["action"] for move in people(name).get("/api/tickets/1").json()["actions"]}
        for name in ("hanjiang", "chenjie", "zhoutao", "lihua", "admin")
    }
    assert offered == {
        "hanjiang": {"sign", "ask_return", "note"},
        "chenjie": {"urge", "note"},
        "zhoutao": {"urge", "supervise", "note"},
        "lihua": {"note"},
        "admin": set(),
    }


def test_a_move_asks_for_its_inputs_and_says_what_is_possible(people):
    client = people("wangli")
    moves = {move["action"]: move["needs"] for move in client.get("/api/tickets/1").json()["actions"]}
    assert moves["route_out"] == ["route", "basis"]
    refused = act(client, "route_out", route="请向法院起诉")
    assert (refused.status_code, refused.json()["detail"]) == (422, "还要填写：依据")
    done = act(client, "route_out", route="请向法院起诉", basis="民事诉讼法")
    assert (done.json()["state"], done.json()["state_label"]) == ("routed_out", "已告知途径")
    again = act(client, "submit")
    assert (again.status_code, "可以办理：" in again.json()["detail"]) == (422, True)
    assert act(client, "nonsense", version=1).status_code == 422
    assert act(client, "edit").status_code == 422


def test_an_unknown_department_or_article_is_refused(people):
    for inputs in ({"department": "月球管理局"}, {"department": DEPARTMENT, "assisting": ["月球管理局"]}):
        refused = act(people("chenjie"), "dispatch", **inputs)
        assert (refused.status_code, "月球管理局" in refused.json()["detail"]) == (422, True)
    change = {"version": 2, "changes": {"department": "月球管理局"}}
    assert people("wangli").patch("/api/tickets/1", json=change).status_code == 422
    assert people("wangli").post("/api/tickets", json={"fields": change["changes"]}).status_code == 422
    for article in ("ZS-9999", ["ZS-0001"], {}):
        cited = [{"article": article, "version": 1}]
        assert act(people("wangli"), "answer", answer="好", cited=cited).status_code == 422


@pytest.mark.parametrize(
    "inputs",
    [
        '{"department": "\\ud800"}',
        '{"\\ud800": 1}',
        '{"department": "邗江区城市管理局", "basis": "\\ud800"}',
        '{"answer": "a", "cited": [{"article": "\\ud800", "version": 1}]}',
    ],
)
def test_half_a_character_breaks_nothing(people, inputs):
    body = '{"version": 2, "%s": %s}'
    for path, method, field in (("/actions/answer", "POST", "inputs"), ("", "PATCH", "changes")):
        sent = people("wangli").request(
            method,
            f"/api/tickets/1{path}",
            content=(body % (field, inputs)).encode(),
            headers={"Content-Type": "application/json"},
        )
        assert sent.status_code in (200, 422), sent.text


def test_the_second_of_two_people_gets_a_readable_conflict(people):
    act(people("wangli"), "submit")
    first = act(people("sunjuan"), "approve", version=3)
    second = act(people("sunjuan"), "send_back", version=3, reason="重写")
    assert (first.status_code, second.status_code) == (200, 409)
    assert "孙娟 刚刚对这张工单做了“审核通过”" in second.json()["detail"]
    assert people("sunjuan").get("/api/tickets/1").json()["ticket"]["state"] == "to_dispatch"


def test_what_is_sent_twice_is_done_once(people):
    client = people("wangli")
    body = {"version": 2, "changes": {"title": "半夜施工"}}
    first = client.patch("/api/tickets/1", json=body, headers={"Idempotency-Key": "k"})
    again = client.patch("/api/tickets/1", json=body, headers={"Idempotency-Key": "k"})
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert [line["action"] for line in client.get("/api/tickets/1").json()["journal"]] == ["create", "edit", "edit"]
    other = {"version": 3, "changes": {"title": "另一回事"}}
    assert client.patch("/api/tickets/1", json=other, headers={"Idempotency-Key": "k"}).status_code == 409


def test_lists_mask_numbers_and_the_ticket_itself_does_not(people):
    for path in ("/api/tickets", "/api/tickets/history?number=13852706021"):
        text = people("chenjie").get(path).text
        assert "13852706021" not in text
        assert "138****6021" in text
    assert people("chenjie").get("/api/tickets/1").json()["ticket"]["calling_number"] == "13852706021"


def test_a_confidential_citizen_is_nobody_outside_the_centre(people):
    dispatched(people, confidential=True, callback_number="13852706021")
    client = people("hanjiang")
    for path in ("/api/tickets/1", "/api/tickets", "/api/tickets/export?format=csv", "/api/tickets/1/similar"):
        text = client.get(path).text
        assert "李女士" not in text, path
        assert "13852706021" not in text, path
    assert client.get("/api/tickets?q=李女士").json()["items"] == []
    assert client.get("/api/tickets/1").json()["masked"] is True
    assert "李女士" in people("chenjie").get("/api/tickets/1").text


def test_an_identity_is_shown_for_a_reason_that_is_kept(people):
    dispatched(people, confidential=True)
    client = people("hanjiang")
    assert client.post("/api/tickets/1/unmask", json={"version": 4, "reason": " "}).status_code == 422
    shown = client.post("/api/tickets/1/unmask", json={"version": 4, "reason": "上门核实"})
    assert shown.json() == {"citizen_name": "李女士", "calling_number": "13852706021", "callback_number": ""}
    line = people("sunjuan").get("/api/tickets/1").json()["journal"][-1]
    assert (line["action"], line["actor"], line["reason"]) == ("unmask", "hanjiang", "上门核实")
    assert people("wangli").post("/api/tickets/1/unmask", json={"version": 4, "reason": "好奇"}).status_code == 422


def test_many_at_once_each_by_itself(people):
    act(people("wangli"), "submit")
    rows = [{"id": 1, "version": 3}, {"id": 2, "version": 2}, {"id": 99, "version": 1}]
    done = people("sunjuan").post("/api/tickets/bulk", json={"action": "approve", "inputs": {}, "tickets": rows})
    outcomes = {one["id"]: (one["done"], one["problem"]) for one in done.json()["items"]}
    assert outcomes[1] == (True, "")
    again = people("sunjuan").post("/api/tickets/bulk", json={"action": "approve", "inputs": {}, "tickets": rows[:1]})
    assert "孙娟 刚刚" in again.json()["items"][0]["problem"]
    assert "可以办理" in outcomes[2][1]
    assert "没有这张工单" in outcomes[99][1]
    refused = people("sunjuan").post("/api/tickets/bulk", json={"action": "merge", "inputs": {}, "tickets": rows})
    assert refused.status_code == 403


def test_why_it_is_due_then(people):
    dispatched(people)
    clocks = {clock["clock"]: clock for clock in people("hanjiang").get("/api/tickets/1").json()["clocks"]}
    assert set(clocks) == {"sign", "contact", "handle", "return"}
    why = clocks["handle"]["why"]
    assert "5 个工作日" in "".join(why)
    assert (why[-1].startswith("到期："), clocks["handle"]["light"]) == (True, "green")


def test_a_closed_ticket_is_followed_by_a_linked_one(people):
    client = people("wangli")
    act(client, "route_out", route="请向法院起诉", basis="民事诉讼法")
    act(client, "close")
    linked = client.post("/api/tickets", json={"linked_to": 1, "fields": {"content": "又来了"}})
    assert (linked.status_code, linked.json()["state"], linked.json()["linked_to"]) == (201, "draft", 1)
    related = client.get(f"/api/tickets/{linked.json()['id']}").json()["related"]
    assert [one["id"] for one in related] == [1]
    assert people("zhaomin").post("/api/tickets", json={"linked_to": 1}).status_code == 404


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13852706021。", "电话138****6021。"),
        ("+8613852706021", "+86138****6021"),
        ("0514-87654321", "0514-876***21"),
        ("身份证320102199001011234", "身份证320***********1234"),
        ("工单20261124-00001", "工单20261124-00001"),
        ("3号楼1205室", "3号楼1205室"),
        ("请回信zhou.lan+12345@mail.example.com谢谢", "请回信z***@mail.example.com谢谢"),
        ("单价@5元", "单价@5元"),
    ],
)
def test_numbers_of_people_are_masked_and_others_are_not(text, shown):
    assert masked(text) == shown


def test_a_department_sees_nothing_that_was_only_proposed_to_it(people):
    change = {"version": 2, "changes": {"department": DEPARTMENT}}
    people("wangli").patch("/api/tickets/1", json=change).raise_for_status()
    assert people("hanjiang").get("/api/tickets").json()["items"] == []
    assert people("hanjiang").get("/api/tickets/1").status_code == 404
