"""After the call: which one is on the desk, what was done with its cards, and its ticket by hand and by copilot."""

import json
from datetime import datetime, timedelta

import pytest

NOISE = "我要投诉邗江区文昌西路旁边的工地半夜还在施工噪声太大"
SCRIPT = {"citizen": [(0.0, 1.0, NOISE), (1.0, 2.0, "我的电话是13852706021")]}
SECOND = bytes(16_000)
META = {"format": "L16", "rate": 8000, "channels": 1, "calling_number": "13852706021"}


@pytest.fixture
def site(make_parts, serve):
    return serve(make_parts(SCRIPT))


@pytest.fixture
def client(site):
    return site.client("wangli")


def talk(site, client, call, sound=SECOND * 2):
    """A whole call; its ticket."""
    with site.socket("desk", client) as desk, site.socket("line/stream?agent=wangli") as line:
        line.send(json.dumps({**META, "call_id": call}))
        line.recv(timeout=20)
        client.post(f"/api/calls/{call}/answer").raise_for_status()
        line.send(sound)
        line.close()
        while json.loads(desk.recv(timeout=30))["type"] != "ended":
            pass
    return client.get(f"/api/calls/{call}/ticket").json()


def dispatch(client, ticket, **more):
    body = {"version": ticket["version"], "inputs": {"department": "扬州市城市管理局", **more}}
    return client.post(f"/api/tickets/{ticket['id']}/actions/dispatch", json=body)


def test_the_latest_unfinished_call_is_on_the_desk_after_a_reload(site, client):
    talk(site, client, "first")
    assert client.get("/api/calls/current").json()["call"] == "first"
    with site.socket("line/stream?agent=wangli") as line:
        line.send(json.dumps({**META, "call_id": "refused"}))
        line.recv(timeout=20)
        assert client.get("/api/calls/current").json() == {
            "call": "refused",
            "state": "ringing",
            "muted": False,
            "held": False,
        }
        client.post("/api/calls/refused/hangup").raise_for_status()
    assert client.get("/api/calls/current").json()["call"] == "first"
    second = talk(site, client, "second")
    assert client.get("/api/calls/current").json()["call"] == "second"
    dispatch(client, second).raise_for_status()
    assert client.get("/api/calls/current").json() == {"call": "first", "state": "ended", "muted": False, "held": False}
    assert site.client("zhaomin").get("/api/calls/current").json()["call"] is None


def test_what_was_done_with_a_card_last_counts(site, client):
    talk(site, client, "one")
    first, second = list(site.parts.articles)[:2]

    def decide(article, decision, reason=""):
        body = {"decision": decision, "version": 1, "reason": reason}
        client.post(f"/api/calls/one/cards/{article}", json=body).raise_for_status()

    def told():
        return [(row["article"], row["decision"]) for row in client.get("/api/calls/one/decisions").json()]

    decide(first, "taken")
    decide(second, "refused", "不相关")
    assert told() == [(first, "taken"), (second, "refused")]
    decide(first, "withdrawn")
    assert told() == [(second, "refused"), (first, "withdrawn")]
    decide(second, "withdrawn")
    decide(first, "taken")
    assert told() == [(second, "withdrawn"), (first, "taken")]
    assert client.post(f"/api/calls/one/cards/{first}", json={"decision": "x", "version": 1}).status_code == 422


def test_a_field_given_back_holds_what_was_heard_with_its_words(site, client):
    before = talk(site, client, "one")
    path = f"/api/tickets/{before['id']}"
    assert before["callback_number"] == "13852706021"
    by_hand = {"callback_number": "0514-87654321", "title": "我写的", "citizen_name": "王先生"}
    edited = client.patch(path, json={"version": before["version"], "changes": by_hand}).json()
    assert edited["touched"] == sorted(by_hand)
    body = {"version": edited["version"], "changes": {"sex": "男"}, "release": ["callback_number", "title"]}
    after = client.patch(path, json=body).raise_for_status().json()
    assert after["touched"] == ["citizen_name", "sex"]
    assert {name: after[name] for name in ("callback_number", "title")} == {
        name: before[name] for name in ("callback_number", "title")
    }
    assert after["evidence"]["callback_number"] == before["evidence"]["callback_number"]
    journal = client.get(path).json()["journal"]
    assert [line["label"] for line in journal[-3:]] == ["修改", "修改", "恢复智能填写"]
    refused = client.patch(path, json={"version": after["version"], "release": ["department"]})
    assert (refused.status_code, "由人填写" in refused.json()["detail"]) == (422, True)


def test_a_dispatched_ticket_shows_what_was_answered_and_out_of_what(site, client):
    ticket = talk(site, client, "one")
    article = next(iter(site.parts.articles))
    unknown = dispatch(client, ticket, cited=[{"article": "x-0", "version": 1}])
    assert (unknown.status_code, "热线百科里没有 x-0" in unknown.json()["detail"]) == (422, True)
    cited = [{"article": article, "version": 1}]
    sent = dispatch(client, ticket, answer="夜间不得施工", cited=cited).raise_for_status().json()
    shown = client.get(f"/api/tickets/{ticket['id']}").json()["ticket"]
    assert (shown["answer"], shown["cited"], shown["state"]) == ("夜间不得施工", cited, "dispatched")
    assert datetime.fromisoformat(shown["due_at"]) == datetime.fromisoformat(sent["due_at"])
    assert datetime.fromisoformat(shown["due_at"]).utcoffset() == timedelta(0)


def test_a_ticket_of_a_call_without_a_word_is_not_dispatched(site, client):
    ticket = talk(site, client, "one", sound=b"")
    refused = dispatch(client, ticket)
    assert refused.status_code == 422
    assert refused.json()["detail"] == "还要先填：工单性质、诉求内容"
    nowhere = dispatch(client, ticket, department="")
    assert nowhere.json()["detail"] == "还要填写：承办单位"
