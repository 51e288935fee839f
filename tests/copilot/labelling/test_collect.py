"""Out of a real call, its ticket, a search and the base: items in every queue, masked, once; then labelled blind."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from copilot.labelling import collect
from copilot.labelling.tables import LabelItem
from copilot.usage import asked

SAID = "我要投诉邗江区文昌西路旁边的工地半夜还在施工噪声太大"
SCRIPT = {
    "citizen": [
        (0.0, 1.0, SAID),
        (1.0, 2.0, "我叫王建国，电话是13852706021"),
        (2.0, 3.0, "请你们派人来管一管"),
    ],
}
META = {"format": "L16", "rate": 8000, "channels": 1, "calling_number": "13852706021"}
DEPARTMENT = "扬州市城市管理局"
SECRETS = ("13852706021", "王建国", "88号")


@pytest.fixture
def few(built):
    """Articles that the base of these tests holds; what ships is searched."""
    return list(built.articles.values())[:3]


@pytest.fixture
def site(make_parts, serve, few):
    return serve(make_parts(SCRIPT, articles=few))


def talk(site, client, call="one"):
    """A whole call; its ticket and the cards that were shown."""
    cards = {}
    with site.socket("desk", client) as desk, site.socket("line/stream?agent=wangli") as line:
        line.send(json.dumps({**META, "call_id": call}))
        line.recv(timeout=20)
        client.post(f"/api/calls/{call}/answer").raise_for_status()
        line.send(bytes(16_000 * 3))
        line.close()
        while (event := json.loads(desk.recv(timeout=30)))["type"] != "ended":
            cards |= {card["article"]: card for card in event.get("cards", [])}
    return client.get(f"/api/calls/{call}/ticket").json(), cards


@pytest.fixture
def people(site):
    signed = {}
    return lambda name: signed.setdefault(name, site.client(name))


@pytest.fixture
def used(site, people):
    """A day at the desk: a call, a refused card, an address and a department put right, a search for nothing."""
    client = people("wangli")
    ticket, cards = talk(site, client)
    article, card = next(iter(cards.items()))
    refused = {"decision": "refused", "version": card["version"], "reason": "不相关"}
    client.post(f"/api/calls/one/cards/{article}", json=refused).raise_for_status()
    changes = {
        "address": "文昌西路88号工地北门",
        "content": f"王建国反映：{SAID}",
        "nature": "投诉",
        "district": "广陵区",
    }
    ticket = client.patch(
        f"/api/tickets/{ticket['id']}", json={"version": ticket["version"], "changes": changes}
    ).json()
    body = {"version": ticket["version"], "inputs": {"department": DEPARTMENT, "basis": "目录"}}
    client.post(f"/api/tickets/{ticket['id']}/actions/dispatch", json=body).raise_for_status()
    before = datetime.now(UTC) - timedelta(hours=1)
    site.parts.database.submit(
        lambda session: asked.searched(session, "wangli", "火星移民补贴怎么申领", before)
    ).result()
    return article


def gather(people):
    return people("xuting").post("/api/labelling/collect").raise_for_status().json()["added"]


def items(site):
    return site.parts.database.read_now(lambda session: session.query(LabelItem).order_by(LabelItem.id).all())


def queues(client):
    return {one["name"]: one for one in client.get("/api/labelling/queues").json()}


def following(client, queue="", count=50):
    return client.post("/api/labelling/next", json={"queue": queue, "count": count}).raise_for_status().json()


def put(client, item, choice, **more):
    return client.put(f"/api/labelling/items/{item}/label", json={"choice": choice, **more})


def test_every_queue_is_filled_once(people, used, few):
    added = gather(people)
    slices = sum(len(one.slices) for one in few)
    assert added == {"slices": slices, "questions": 1, "refused": 1, "changed": 3, "routing": 1, "speech": 2}
    assert gather(people) == {}
    waiting = {name: one["waiting"] for name, one in queues(people("panyue")).items()}
    assert waiting == added


async def test_reading_anew_from_the_beginning_adds_nothing(site, people, used):
    gather(people)
    count = len(items(site))
    for name in collect.SOURCES:
        await site.parts.database.write(lambda session, name=name: collect.found.put_mark(session, name, ""))
    assert await collect.collect(site.parts, datetime.now(UTC)) == {}
    assert len(items(site)) == count


def test_nothing_personal_is_shown(site, people, used):
    gather(people)
    shown = json.dumps(following(people("xuting")), ensure_ascii=False)
    assert not [secret for secret in SECRETS if secret in shown]
    assert "王**" in shown
    heard = [one.body["text"] for one in items(site) if one.queue == "speech"]
    assert "请你们派人来管一管" in heard
    assert not [text for text in heard if "电话" in text]
    (call,) = {one.call for one in items(site) if one.call}
    (citizen,) = {one.citizen for one in items(site) if one.call}
    assert call == "one"
    assert "13852706021" not in citizen


def test_each_item_shows_what_is_to_be_decided(site, people, used):
    gather(people)
    shown = {}
    for one in following(people("xuting")):
        shown.setdefault(one["queue"], []).append(one)
    (refused,) = shown["refused"]
    assert refused["context"]["card"]["article"] == used
    assert refused["context"]["reason"] == "不相关"
    assert SAID in [turn["text"] for turn in refused["context"]["before"]]
    assert sorted(one["context"]["field"] for one in shown["changed"]) == ["address", "district", "route"]
    route = next(one for one in shown["changed"] if one["context"]["field"] == "route")
    assert any(choice["label"].endswith(f"→ {DEPARTMENT}") for choice in route["choices"])
    assert "machine" not in json.dumps(shown["changed"])
    (routing,) = shown["routing"]
    assert any("→" in choice["label"] for choice in routing["choices"])
    clip = next(one for one in shown["speech"] if one["text"] == SAID)["clip"]
    sound = people("xuting").get(clip["address"])
    assert (sound.headers["content-type"], sound.content[:4]) == ("audio/wav", b"RIFF")
    assert people("gaofeng").get(clip["address"]).status_code == 422


def test_nothing_tells_that_somebody_else_labelled(site, people, used):
    """What the second sees is the same to the byte, whether or not the first has labelled."""
    gather(people)

    def seen(client):
        gets = [client.get(f"/api/labelling/{path}").json() for path in ("queues", "agreement", "progress", "datasets")]
        mine = [{**one, "leased_until": None} for one in following(client)]
        client.post("/api/labelling/release", json={"items": [one["id"] for one in mine]}).raise_for_status()
        return gets, mine

    before = seen(people("panyue"))
    for one in following(people("xuting")):
        if one["queue"] == "refused":
            assert put(people("xuting"), one["id"], "relevant").status_code == 200
        elif one["queue"] == "speech":
            assert put(people("xuting"), one["id"], "right").status_code == 200
    assert seen(people("panyue")) == before
    (refused,) = [one["id"] for one in before[1] if one["queue"] == "refused"]
    assert people("panyue").get(f"/api/labelling/items/{refused}").status_code == 422
    following(people("panyue"))
    told = [put(people("panyue"), refused, choice).json().keys() for choice in ("relevant", "irrelevant")]
    assert told == [{"done_today", "remaining"}] * 2
    assert people("panyue").get("/api/labelling/disputes").status_code == 403
    (row,) = people("panyue").get("/api/labelling/progress").json()
    assert (row["who"], row["items"]) == ("panyue", 1)


def test_from_two_labels_to_a_ruling(site, people, used):
    gather(people)
    (item,) = [one["id"] for one in following(people("xuting"), "refused")]
    following(people("panyue"), "refused")
    assert put(people("xuting"), item, "nonsense").status_code == 422
    put(people("xuting"), item, "relevant").raise_for_status()
    put(people("panyue"), item, "wrong").raise_for_status()
    back = people("panyue").delete("/api/labelling/labels/last").json()
    assert (back["id"], back["mine"]["choice"]) == (item, "wrong")
    put(people("panyue"), item, "irrelevant").raise_for_status()
    (dispute,) = people("gaofeng").get("/api/labelling/disputes").json()
    assert {one["label"] for one in dispute["labels"]} == {"相关，不该拒", "不相关"}
    assert "panyue" not in json.dumps(dispute)
    ruling = {"choice": "irrelevant", "reason": "问的是别的"}
    people("gaofeng").post(f"/api/labelling/items/{item}/settle", json=ruling).raise_for_status()
    assert put(people("xuting"), item, "irrelevant").status_code == 409
    counted = queues(people("gaofeng"))["refused"]
    assert (counted["open"], counted["disputed"], counted["settled"]) == (0, 0, 1)
    agreement = {one["queue"]: one for one in people("gaofeng").get("/api/labelling/agreement").json()}
    assert (agreement["refused"]["pairs"], agreement["refused"]["agreed"]) == (1, 0)
    assert agreement["refused"]["people"][0]["a"] == "panyue"
    own = {one["queue"]: one for one in people("xuting").get("/api/labelling/agreement").json()}
    assert (own["refused"]["enough"], own["refused"]["classes"]) == (False, [])


def test_items_are_assigned_by_who_may(site, people, used):
    gather(people)
    body = {"queue": "slices", "annotator": "panyue", "count": 2}
    assert people("xuting").post("/api/labelling/assign", json=body).status_code == 403
    assert people("gaofeng").post("/api/labelling/assign", json=body).json() == {"assigned": 2}
    assert queues(people("panyue"))["slices"]["assigned"] == 2
    assert [one["assigned"] for one in following(people("panyue"), "slices", 2)] == [True, True]
    wrong = people("gaofeng").post("/api/labelling/assign", json={**body, "annotator": "wangli"})
    assert (wrong.status_code, "潘越" in wrong.json()["detail"]) == (422, True)


def test_a_confidential_call_is_not_labelled(site, people):
    ticket, cards = talk(site, people("wangli"))
    article = next(iter(cards))
    refused = {"decision": "refused", "version": 1}
    people("wangli").post(f"/api/calls/one/cards/{article}", json=refused).raise_for_status()
    change = {"version": ticket["version"], "changes": {"confidential": True}}
    people("wangli").patch(f"/api/tickets/{ticket['id']}", json=change).raise_for_status()
    assert set(gather(people)) == {"slices"}
