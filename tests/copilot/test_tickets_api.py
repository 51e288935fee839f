"""Tickets over HTTP: the own ones alone, numbers masked in lists, nothing done twice."""

import pytest

from copilot.api.mask import masked
from ticket_core import tickets


@pytest.fixture
def site(make_parts, serve):
    site = serve(make_parts())

    def draft(session):
        for agent in ("wangli", "zhaomin"):
            ticket, _ = tickets.draft(
                session, call_id=None, calling_number="13852706021", called_number="12345", agent=agent
            )
            ticket.content, ticket.nature = "请回电13852706021", "投诉"

    site.parts.database.submit(draft).result(10)
    return site


def test_an_agent_sees_and_changes_the_own_tickets_alone(site):
    client = site.client("wangli")
    page = client.get("/api/tickets").json()
    assert [row["agent"] for row in page["items"]] == ["wangli"]
    assert client.get("/api/tickets/counts").json()["draft"] == 1
    assert client.get("/api/tickets/2").status_code == 404
    change = {"version": 1, "changes": {"title": "x"}}
    assert client.patch("/api/tickets/2", json=change).status_code == 404
    assert site.client("chenjie").get("/api/tickets/counts").json()["draft"] == 2


def test_lists_mask_numbers_and_the_ticket_itself_does_not(site):
    client = site.client("chenjie")
    for path in ("/api/tickets", "/api/tickets/history?number=13852706021"):
        text = client.get(path).text
        assert "13852706021" not in text
        assert "138****6021" in text
    assert client.get("/api/tickets/1").json()["ticket"]["calling_number"] == "13852706021"


def test_what_is_sent_twice_is_done_once(site):
    client = site.client("wangli")
    body = {"version": 1, "changes": {"title": "半夜施工"}}
    first = client.patch("/api/tickets/1", json=body, headers={"Idempotency-Key": "k"})
    again = client.patch("/api/tickets/1", json=body, headers={"Idempotency-Key": "k"})
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert [line["action"] for line in client.get("/api/tickets/1").json()["journal"]] == ["create", "edit"]
    other = {"version": 2, "changes": {"title": "另一回事"}}
    assert client.patch("/api/tickets/1", json=other, headers={"Idempotency-Key": "k"}).status_code == 409
    assert (
        site.client("zhaomin").patch("/api/tickets/1", json=body, headers={"Idempotency-Key": "k"}).status_code == 404
    )


def test_moves_of_the_table_ask_for_their_reason_and_role(site):
    client = site.client("wangli")
    offered = {move["action"]: move["needs_reason"] for move in client.get("/api/tickets/1").json()["actions"]}
    assert offered["route_out"] is True
    refused = client.post("/api/tickets/1/actions/route_out", json={"version": 1})
    assert (refused.status_code, "必须填写理由" in refused.json()["detail"]) == (422, True)
    done = client.post("/api/tickets/1/actions/route_out", json={"version": 1, "reason": "属法院受理"})
    assert (done.json()["state"], done.json()["state_label"]) == ("routed_out", "已告知途径")
    journal = client.get("/api/tickets/1").json()["journal"]
    assert (journal[-1]["label"], journal[-1]["reason"]) == ("告知法定途径", "属法院受理")
    assert client.post("/api/tickets/1/actions/sign", json={"version": 2}).status_code == 422
    assert client.post("/api/tickets/1/actions/nonsense", json={"version": 2}).status_code == 422


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13852706021。", "电话138****6021。"),
        ("0514-87654321", "0514-876***21"),
        ("身份证320102199001011234", "身份证320***********1234"),
        ("工单20261124-00001", "工单20261124-00001"),
        ("3号楼1205室", "3号楼1205室"),
    ],
)
def test_numbers_of_people_are_masked_and_others_are_not(text, shown):
    assert masked(text) == shown
