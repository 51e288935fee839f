"""热线百科 over HTTP on the real server: from a draft to everybody's search, and away again; who sees what."""

import io
import zipfile
from datetime import datetime, timedelta

import pytest

from kb_index.encoders.registry import create
from tests.copilot.waiting import eventually
from tests.kb_index.model_server import serving

ARTICLE = {
    "title": "龙舟训练场预约",
    "questions": ["龙舟训练场怎么预约"],
    "slices": [{"text": "龙舟训练场提前一天在官网预约。", "clause": "第三条"}, {"text": "雷雨天龙舟训练场关闭。"}],
    "issuer": "邗江区城市管理局",
    "tags": ["龙舟"],
}
ASKED = "龙舟训练场提前一天在官网预约吗"


@pytest.fixture
def site(make_parts, serve):
    return serve(make_parts())


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
    assert (draft["id"], draft["state_label"], draft["live"]) == ("ZS-0335", "草稿", False)
    assert agent.get("/api/knowledge/articles/ZS-0335").status_code == 404
    assert found(agent, ASKED, tag="龙舟") == []
    made = released(site, ARTICLE)
    choices = good(agent.get("/api/knowledge/choices"))
    assert "停水" in choices["tags"]
    assert "邗江区城市管理局" in choices["issuers"]
    assert "" not in [*choices["regions"], *choices["lines"], *choices["issuers"]]
    hits = good(agent.get("/api/knowledge/search", params={"q": ASKED}))
    assert (hits[0]["article"], hits[0]["clause"], hits[0]["slice"]) == (made["id"], "第三条", 0)
    begin, end = hits[0]["highlights"][0]
    assert hits[0]["text"][begin:end] in "龙舟训练场提前一天在官网预约。"
    assert set(hits[0]["why"]) >= {"characters", "pinyin"}
    assert read(agent, made["id"])["body"] == "龙舟训练场提前一天在官网预约。\n雷雨天龙舟训练场关闭。"
    assert made["id"] not in found(agent, ASKED, tag="施工")
    assert found(agent, ASKED, issuer="邗江区城市管理局") == [made["id"]]
    refused = act(gaofeng, made["id"], 1, "withdraw", made["seen"])
    assert (refused.status_code, refused.json()["detail"]) == (422, "“下架”要写明原因")
    good(act(gaofeng, made["id"], 1, "withdraw", made["seen"], reason="内容有误", wrong=True))
    assert made["id"] not in found(agent, ASKED)
    assert agent.get(f"/api/knowledge/articles/{made['id']}").status_code == 404
    journal = good(gaofeng.get(f"/api/knowledge/articles/{made['id']}/journal"))
    assert [entry["label"] for entry in journal] == ["下架", "上线", "审核通过", "初审通过", "提交初审", "新建"]
    assert (journal[0]["actor_name"], journal[0]["wrong"]) == ("高峰", True)


def test_versions_are_compared_by_clause_and_character(site):
    made, xuting = released(site, ARTICLE), site.client("xuting")
    path = f"/api/knowledge/articles/{made['id']}"
    second = good(xuting.post(f"{path}/versions", json={"base": 1, "note": "改天数"}), 201)
    assert second["content"]["slices"] == made["content"]["slices"]
    body = second["content"] | {"slices": [{"text": "龙舟训练场提前两天在官网预约。", "clause": "第三条"}]}
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
    rows = good(department.get("/api/knowledge/articles", params={"q": "龙舟"}))["items"]
    assert [row["article"] for row in rows] == [own["id"]]
    good(act(department, own["id"], 1, "submit", own["seen"]))
    queues = {one["name"]: one for one in good(panyue.get("/api/knowledge/review"))}
    assert (queues["first_review"]["count"], queues["draft"]["count"]) == (1, 1)
    assert [one["name"] for one in queues["first_review"]["items"][0]["actions"]] == ["pass", "send_back"]
    assert [one["name"] for one in good(department.get("/api/knowledge/review"))] == ["draft", "due"]
    agents = good(site.client("wangli").get("/api/knowledge/articles"))
    assert (agents["total"], {row["state"] for row in agents["items"]}) == (334, {"live"})
    drafts = good(gaofeng.get("/api/knowledge/articles", params={"state": "draft"}))
    assert [row["article"] for row in drafts["items"]] == [other["id"]]
    named = good(gaofeng.get("/api/knowledge/articles", params={"q": "龙舟训练"}))
    assert {row["article"] for row in named["items"]} == {own["id"], other["id"]}


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

    def look():
        now = good(client.get(f"/api/knowledge/jobs/{begun['id']}"))
        return now if now["state"] != "running" else None

    return eventually(look)


def test_audits_exports_and_the_encoder(site):
    gaofeng, admin = site.client("gaofeng"), site.client("admin")
    over = job(gaofeng, gaofeng.post("/api/knowledge/audits", json={"repair": True}))
    assert (over["state"], over["result"]["faults"]) == ("done", 0)
    assert good(gaofeng.get("/api/knowledge/audits"))[0]["articles"] == 334
    whole = gaofeng.get("/api/knowledge/export")
    assert (whole.status_code, whole.headers["content-type"]) == (200, "application/zip")
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(whole.content)).namelist()
    over = job(admin, admin.post("/api/knowledge/import-base", files={"file": ("base.zip", whole.content)}))
    assert (over["state"], over["result"]) == ("done", {"rows": 3 * 334})
    assert found(site.client("wangli"), "夜间施工噪声谁处理")
    refused = admin.post("/api/knowledge/encoder", json={"encoder": "nothing"})
    assert (refused.status_code, "没有编码器“nothing”" in refused.json()["detail"]) == (422, True)
    told = good(admin.get("/api/knowledge/encoder"))
    assert (told["articles"], told["job"], told["notice"]) == (334, None, "")


def test_synonyms_are_in_force_as_soon_as_they_are_published(site):
    body = {"base_version": 0, "body": [{"words": ["噼里啪啦", "烟花爆竹"]}]}
    good(site.client("admin").post("/api/configuration/synonyms", json=body), 201)
    assert eventually(lambda: site.parts.index.synonyms.others("噼里啪啦")) == ["烟花爆竹"]


def published(site, version, **body):
    given = {"base_version": version, "body": body}
    good(site.client("admin").post("/api/configuration/search", json=given), 201)


def test_a_reranker_that_is_published_orders_what_is_found_and_one_that_cannot_be_had_does_not(site):
    agent, admin, asked = site.client("wangli"), site.client("admin"), {"q": "夜间施工噪声谁处理", "limit": 5}

    def best():
        return good(agent.get("/api/knowledge/search", params=asked))[0]["why"]

    def told():
        return good(admin.get("/api/knowledge/encoder"))

    assert ("reranker" in best(), told()["reranker"]) == (False, "")
    with serving(create("use")) as server:
        name = f"endpoint:{server.url}#second"
        published(site, 0, reranker=name)
        assert eventually(lambda: told()["reranker"] == name)
        assert "reranker" in best()
        path, body, _ = server.asked[-1]
        assert (path, body["query"], body["model"]) == ("/v1/rerank", asked["q"], "second")
        published(site, 1, reranker="folder:/nowhere")
        assert "/nowhere" in eventually(lambda: told()["notice"])
        assert (told()["reranker"], "reranker" in best()) == (name, True)
        published(site, 2)
        assert eventually(lambda: told()["reranker"] == "")
        assert "reranker" not in best()
    refused = admin.post("/api/configuration/search", json={"base_version": 3, "body": {"reranker": "nothing"}})
    assert (refused.status_code, "没有重排模型“nothing”" in refused.json()["detail"]) == (422, True)


def test_the_days_until_the_next_review_are_those_that_were_published(site):
    published(site, 0, review_days=30)
    made = released(site, ARTICLE)
    live = datetime.fromisoformat(made["published_at"]) + timedelta(hours=8)
    assert made["review_due"] == str(live.date() + timedelta(days=30))


def test_who_asks_gets_the_sure_ones_first_then_less_likely_ones(site):
    agent = site.client("wangli")
    hits = good(agent.get("/api/knowledge/search", params={"q": "夜间施工噪声谁处理", "limit": 6}))
    sure = [hit["sure"] for hit in hits]
    assert len(sure) == 6
    assert sure[0]
    assert not sure[-1]
    assert sure == sorted(sure, reverse=True)
    index = site.parts.index
    assert [hit["article"] for hit in hits if hit["sure"]] == [
        hit.article.id for hit in index.search("夜间施工噪声谁处理", 6)
    ]
    vain = good(agent.get("/api/knowledge/search", params={"q": "你好"}))
    assert {hit["sure"] for hit in vain} == {False}
