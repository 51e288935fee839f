"""热线百科 over HTTP on the real server: from a draft to everybody's search, and away again; who sees what."""

import io
import time
import zipfile
from dataclasses import replace

import pytest

from kb_index.article import plain
from tests.copilot.knowledge.base import WATER

ARTICLE = {
    "title": "停水通知",
    "questions": ["明天停水吗"],
    "slices": [{"text": "计划停水提前一天在官网公布。", "clause": "第三条"}, {"text": "紧急停水即时公布。"}],
    "issuer": "邗江区城市管理局",
    "tags": ["停水"],
}


@pytest.fixture
def site(make_parts, serve):
    kept = [
        replace(plain("ZS-0001", "夜间施工噪声", "夜间施工噪声由城管部门处理。"), issuer="扬州市城市管理局"),
        replace(WATER, id="ZS-0002", title="燃气报修", slices=plain("", "", "燃气报修拨打九五七七七。").slices),
    ]
    return serve(make_parts(articles=kept))


def good(answer, status=200):
    assert answer.status_code == status, answer.text
    return answer.json()


def act(client, article, version, action, seen, **given):
    return client.post(
        f"/api/knowledge/articles/{article}/versions/{version}/acts/{action}", json={"seen": seen, **given}
    )


def released(site, article):
    """A draft of xuting's, live by panyue and gaofeng."""
    xuting, panyue, gaofeng = (site.client(name) for name in ("xuting", "panyue", "gaofeng"))
    made = good(xuting.post("/api/knowledge/articles", json={"article": article, "note": "新建"}), 201)
    for client, action in ((xuting, "submit"), (panyue, "pass"), (gaofeng, "approve"), (gaofeng, "publish")):
        assert action in [one["name"] for one in read(client, made["id"], made["version"])["actions"]]
        made = good(act(client, made["id"], made["version"], action, made["seen"]))
    return made


def read(client, article, version=""):
    return good(client.get(f"/api/knowledge/articles/{article}", params={"version": version} if version else {}))


def found(client, words, **filters):
    return [hit["article"] for hit in good(client.get("/api/knowledge/search", params={"q": words, **filters}))]


def test_from_a_draft_to_everybodys_search_and_away(site):
    agent, gaofeng, xuting = site.client("wangli"), site.client("gaofeng"), site.client("xuting")
    draft = good(xuting.post("/api/knowledge/articles", json={"article": ARTICLE}), 201)
    assert (draft["id"], draft["state_label"], draft["live"]) == ("ZS-0003", "草稿", False)
    assert agent.get("/api/knowledge/articles/ZS-0003").status_code == 404
    assert found(agent, "计划停水提前公布吗") == []
    made = released(site, ARTICLE)
    hits = good(agent.get("/api/knowledge/search", params={"q": "计划停水提前公布吗"}))
    assert (hits[0]["article"], hits[0]["clause"], hits[0]["slice"]) == (made["id"], "第三条", 0)
    begin, end = hits[0]["highlights"][0]
    assert hits[0]["text"][begin:end] in "计划停水提前一天在官网公布。"
    assert set(hits[0]["why"]) >= {"characters", "pinyin", "vectors"}
    assert read(agent, made["id"])["body"] == "计划停水提前一天在官网公布。\n紧急停水即时公布。"
    assert found(agent, "计划停水提前公布吗", tag="施工") == []
    assert found(agent, "计划停水提前公布吗", issuer="邗江区城市管理局") == [made["id"]]
    refused = act(gaofeng, made["id"], 1, "withdraw", made["seen"])
    assert (refused.status_code, refused.json()["detail"]) == (422, "“下架”要写明原因")
    good(act(gaofeng, made["id"], 1, "withdraw", made["seen"], reason="内容有误", wrong=True))
    assert found(agent, "计划停水提前公布吗") == []
    assert agent.get(f"/api/knowledge/articles/{made['id']}").status_code == 404
    journal = good(gaofeng.get(f"/api/knowledge/articles/{made['id']}/journal"))
    assert [entry["label"] for entry in journal] == ["下架", "上线", "审核通过", "初审通过", "提交初审", "新建"]
    assert (journal[0]["actor_name"], journal[0]["wrong"]) == ("高峰", True)


def test_versions_are_compared_by_clause_and_character(site):
    made, xuting = released(site, ARTICLE), site.client("xuting")
    path = f"/api/knowledge/articles/{made['id']}"
    second = good(xuting.post(f"{path}/versions", json={"base": 1, "note": "改天数"}), 201)
    assert second["content"]["slices"] == made["content"]["slices"]
    body = second["content"] | {"slices": [{"text": "计划停水提前两天在官网公布。", "clause": "第三条"}]}
    edited = good(xuting.put(f"{path}/versions/2", json={"article": body, "seen": second["seen"]}))
    stale = xuting.put(f"{path}/versions/2", json={"article": body, "seen": second["seen"]})
    assert (stale.status_code, edited["seen"]) == (409, second["seen"] + 1)
    told = good(xuting.get(f"{path}/compare", params={"a": 1, "b": 2}))
    assert [(part["kind"], part["before"], part["after"]) for part in told["slices"]] == [
        ("changed", 0, 0),
        ("removed", 1, None),
    ]
    assert {"kind": "removed", "text": "一"} in told["slices"][0]["spans"]
    assert {"kind": "added", "text": "两"} in told["slices"][0]["spans"]
    assert [row["version"] for row in good(xuting.get(f"{path}/versions"))] == [2, 1]


def test_each_sees_what_waits_for_them_and_no_more(site):
    department, gaofeng, panyue = (site.client(name) for name in ("hanjiang", "gaofeng", "panyue"))
    foreign = department.post("/api/knowledge/articles", json={"article": ARTICLE | {"issuer": "扬州市教育局"}})
    assert (foreign.status_code, "只能编写本单位" in foreign.json()["detail"]) == (422, True)
    own = good(department.post("/api/knowledge/articles", json={"article": ARTICLE}), 201)
    other = good(panyue.post("/api/knowledge/articles", json={"article": ARTICLE | {"issuer": "扬州市教育局"}}), 201)
    assert department.get(f"/api/knowledge/articles/{other['id']}").status_code == 404
    rows = good(department.get("/api/knowledge/articles"))["items"]
    assert {row["article"] for row in rows} == {"ZS-0001", "ZS-0002", own["id"]}
    good(act(department, own["id"], 1, "submit", own["seen"]))
    queues = {one["name"]: one for one in good(panyue.get("/api/knowledge/review"))}
    assert (queues["first_review"]["count"], queues["draft"]["count"]) == (1, 1)
    assert [one["name"] for one in queues["first_review"]["items"][0]["actions"]] == ["pass", "send_back"]
    assert [one["name"] for one in good(department.get("/api/knowledge/review"))] == ["draft", "due"]
    agents = good(site.client("wangli").get("/api/knowledge/articles"))
    assert (agents["total"], {row["state"] for row in agents["items"]}) == (2, {"live"})
    drafts = good(gaofeng.get("/api/knowledge/articles", params={"state": "draft"}))
    assert [row["article"] for row in drafts["items"]] == [other["id"]]
    assert [row["article"] for row in good(gaofeng.get("/api/knowledge/articles", params={"q": "燃气"}))["items"]] == [
        "ZS-0002"
    ]


def test_what_would_be_refused_is_told_while_it_is_written(site):
    xuting = site.client("xuting")
    bad = ARTICLE | {"slices": [], "valid_from": "2026-12-02", "valid_to": "2026-12-01"}
    told = good(xuting.post("/api/knowledge/check", json={"article": bad}))["problems"]
    assert len(told) == 2
    answer = xuting.post("/api/knowledge/articles", json={"article": bad})
    assert (answer.status_code, answer.json()["title"]) == (422, "热线百科不能这样办理")
    hidden = ARTICLE | {"title": "停\u0000水\u202e通知"}
    assert good(xuting.post("/api/knowledge/articles", json={"article": hidden}), 201)["title"] == "停水通知"


def job(client, answer, status=202):
    """The work that was begun, once it is over."""
    begun = good(answer, status)
    while (now := good(client.get(f"/api/knowledge/jobs/{begun['id']}")))["state"] == "running":
        pass
    return now


def test_audits_exports_and_the_encoder(site):
    gaofeng, admin = site.client("gaofeng"), site.client("admin")
    over = job(gaofeng, gaofeng.post("/api/knowledge/audits", json={"repair": True}))
    assert (over["state"], over["result"]["faults"]) == ("done", 0)
    assert good(gaofeng.get("/api/knowledge/audits"))[0]["articles"] == 2
    whole = gaofeng.get("/api/knowledge/export")
    assert (whole.status_code, whole.headers["content-type"]) == (200, "application/zip")
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(whole.content)).namelist()
    over = job(admin, admin.post("/api/knowledge/import-base", files={"file": ("base.zip", whole.content)}))
    assert (over["state"], over["result"]) == ("done", {"rows": 6})
    assert found(site.client("wangli"), "夜间施工噪声谁处理") == ["ZS-0001"]
    refused = admin.post("/api/knowledge/encoder", json={"encoder": "nothing"})
    assert (refused.status_code, "没有编码器“nothing”" in refused.json()["detail"]) == (422, True)
    told = good(admin.get("/api/knowledge/encoder"))
    assert (told["articles"], told["job"], told["notice"]) == (2, None, "")


def test_synonyms_are_searched_by_as_soon_as_they_are_published(site):
    admin, agent = site.client("admin"), site.client("wangli")
    assert found(agent, "吵人的轰隆隆") == []
    body = {"base_version": 0, "body": [{"words": ["轰隆隆", "夜间施工噪声"]}]}
    good(admin.post("/api/configuration/synonyms", json=body), 201)
    until = time.monotonic() + 30
    while not (hits := found(agent, "吵人的轰隆隆")) and time.monotonic() < until:
        pass
    assert hits == ["ZS-0001"]
