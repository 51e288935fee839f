"""The use of the base over the real server: a card is taken, the ticket cites it, it is wrong, people are called."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from copilot.clockwork import Clockwork
from copilot.usage.tables import Asked
from kb_index.article import plain
from kb_index.encoders.base import NoEncoder
from kb_index.search.index import Index
from tests.copilot.usage.conftest import FUND, HEARD
from tests.copilot.waiting import eventually

SECOND = bytes(32_000)
SCRIPT = {
    "citizen": [(0.0, 1.0, "我想问买房提取公积金材料齐全的审核通过后几个工作日到账")],
    "agent": [(1.0, 2.0, HEARD)],
}
META = {"format": "L16", "rate": 8000, "channels": 2, "calling_number": "13852706021"}
OTHERS = [
    plain("ZS-0901", "停水通知", "计划停水提前一天在官网公布，紧急停水即时公布。"),
    plain("ZS-0902", "路灯报修", "路灯不亮的，请说明路名和灯杆编号，由城管部门安排抢修。"),
    plain("ZS-0903", "居住证办理", "先在居住地派出所办理居住登记，登记满半年可以申领居住证。"),
]


@pytest.fixture
def site(make_parts, serve):
    base = [replace(FUND, id="ZS-0900"), *OTHERS]
    parts = make_parts(SCRIPT, articles=base, index=Index.open(None, NoEncoder()))
    parts.live.follow()
    return serve(parts)


def talk(site, client, call):
    """A whole call; its ticket."""
    with site.socket("desk", client) as desk, site.socket("line/stream?agent=wangli") as line:
        line.send(json.dumps({**META, "call_id": call}))
        line.recv(timeout=20)
        client.post(f"/api/calls/{call}/answer").raise_for_status()
        for _ in range(3):
            line.send(SECOND)
        line.close()
        while json.loads(desk.recv(timeout=30))["type"] != "ended":
            pass
    return client.get(f"/api/calls/{call}/ticket").json()


def got(client, path, **params):
    answer = client.get(f"/api/knowledge/{path}", params=params)
    answer.raise_for_status()
    return answer.json()


def posted(client, path, **body):
    answer = client.post(f"/api/knowledge/{path}", json=body)
    answer.raise_for_status()
    return answer.json()


def test_a_recall_from_the_card_to_the_last_callback(site):
    agent, reviewer, caller = site.client("wangli"), site.client("gaofeng"), site.client("lihua")
    ticket = talk(site, agent, "c1")
    decision = {"decision": "taken", "version": 1}
    agent.post("/api/calls/c1/cards/ZS-0900", json=decision).raise_for_status()
    said = eventually(lambda: got(agent, "said/c1"))
    assert [(one["article"], one["quote"]) for one in said] == [("ZS-0900", HEARD)]
    given = {"answer": "三个工作日内到账", "cited": [{"article": "ZS-0900", "version": 1}]}
    fields = {
        "title": "公积金",
        "nature": "咨询",
        "content": "公积金几天到账",
        "matter1": "住房公积金",
        "matter2": "公积金提取",
    }
    ticket = agent.patch(f"/api/tickets/{ticket['id']}", json={"version": ticket["version"], "changes": fields}).json()
    body = {"version": ticket["version"], "inputs": given}
    agent.post(f"/api/tickets/{ticket['id']}/actions/answer", json=body).raise_for_status()

    seen = got(reviewer, "articles/ZS-0900", version=1)["seen"]
    act = {"seen": seen, "reason": "期限写错了", "wrong": True}
    posted(reviewer, "articles/ZS-0900/versions/1/acts/withdraw", **act)
    assert agent.get("/api/knowledge/recalls").status_code == 403
    (recall,) = got(caller, "recalls")
    assert (recall["article"], recall["total"], recall["open"]) == ("ZS-0900", 1, True)
    detail = got(caller, f"recalls/{recall['id']}")
    (item,) = detail["items"]
    assert (item["number"], item["ticket"], item["call"]) == ("13852706021", ticket["id"], "c1")
    assert sorted(item["how"]) == ["inserted", "said", "ticket"]
    assert detail["right_now"] is None

    path = f"recalls/{recall['id']}/items/{item['id']}/done"
    assert posted(caller, path, outcome="无人接听")["state"] == "to_call"
    done = posted(caller, path, outcome="reached", note="已更正为五个工作日")
    assert (done["state"], len(done["attempts"]), done["done_by"]) == ("reached", 2, "lihua")
    again = caller.post(f"/api/knowledge/{path}", json={"outcome": "reached"})
    assert (again.status_code, "已办完" in again.json()["detail"]) == (422, True)
    assert got(caller, "recalls")[0]["open"] is False
    sheet = caller.get(f"/api/knowledge/recalls/{recall['id']}/export")
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["状态", "诉求人", "电话"]
    assert (rows[1][0], rows[1][2]) == ("已告知", "13852706021")
    assert agent.get(f"/api/tickets/{ticket['id']}").json()["ticket"]["state"] == "answered"

    figures = got(agent, "figures", weeks=2)
    assert figures["citation"] == {"inserted": 1, "said": 1, "of": 1, "measured": 1}
    assert figures["coverage"] == {"with_card": 1, "of": 1}
    assert figures["recalls"] == {"open": 0, "to_call": 0}
    assert figures["top"] == [{"article": "ZS-0900", "title": FUND.title, "taken": 1, "said": 1}]
    assert {one["state"]: one["count"] for one in figures["states"]}["withdrawn"] == 1


def test_without_calls_every_figure_is_counted_of_nothing(site):
    client = site.client("wangli")
    figures = got(client, "figures")
    assert len(figures["weeks"]) == 12
    assert figures["citation"] == {"inserted": 0, "said": 0, "of": 0, "measured": 0}
    assert figures["coverage"]["of"] == 0
    assert [figures[name] for name in ("refusals", "zero_hits", "top")] == [[], [], []]
    assert sum(one["live"] for one in figures["departments"]) == 4
    (told,) = got(client, "feedback", article="ZS-0901")["items"]
    assert (told["taken"], told["refused"], told["said"], told["last_used_at"]) == (0, 0, 0, None)
    assert len(got(client, "feedback", sort="unused", limit=3)["items"]) == 3


def test_a_gap_from_a_search_in_vain_to_a_departments_article(site):
    agent, annotator, department = site.client("wangli"), site.client("xuting"), site.client("hanjiang")
    for client, text in ((agent, "无人机在公园飞要不要申请"), (site.client("zhaomin"), "公园里飞无人机需要申请吗")):
        assert not any(one["sure"] for one in got(client, "search", q=text))
    assert eventually(lambda: len(got(annotator, "asked")["items"]) == 2)
    assert agent.get("/api/knowledge/asked").status_code == 403
    made = posted(annotator, "gaps/cluster")
    assert (made["questions"], made["opened"], made["waiting"]) == (2, 1, 0)
    (gap,) = got(annotator, "gaps")["items"]
    assert (gap["state"], gap["count"], gap["overdue"], gap["acts"]) == ("open", 2, False, ["assign", "reject", "link"])
    assert sum(week["count"] for week in gap["trend"]) == 2
    assert datetime.fromisoformat(gap["due_at"]) > datetime.now(UTC) + timedelta(days=4)
    path = f"gaps/{gap['id']}"
    assert annotator.post(f"/api/knowledge/{path}/assign", json={"department": "没有的局"}).status_code == 422
    assert department.get(f"/api/knowledge/{path}").status_code == 404
    assert posted(annotator, f"{path}/assign", department="邗江区城市管理局")["state"] == "assigned"
    (own,) = got(department, "gaps")["items"]
    assert own["acts"] == ["link", "hand_back"]
    assert annotator.post(f"/api/knowledge/{path}/hand_back", json={"reason": "x"}).status_code == 403
    back = posted(department, f"{path}/hand_back", reason="归市文旅局管")
    assert (back["state"], back["department"], back["basis"]) == ("open", "", "邗江区城市管理局退回：归市文旅局管")
    assert department.get(f"/api/knowledge/{path}").status_code == 404
    assert posted(annotator, f"{path}/assign", department="邗江区城市管理局")["state"] == "assigned"
    assert department.post(f"/api/knowledge/{path}/reject", json={"reason": "x"}).status_code == 403
    content = {"title": "公园飞无人机", "slices": [{"text": "公园里飞无人机要先申请。"}], "issuer": "邗江区城市管理局"}
    draft = posted(department, "articles", article=content)
    linked = posted(department, f"{path}/link", article=draft["article"])
    assert (linked["article_title"], linked["article_live"]) == ("公园飞无人机", False)
    refused = posted(annotator, f"{path}/reject", reason="不属热线受理范围")
    assert (refused["state"], refused["acts"], refused["reason"]) == ("rejected", [], "不属热线受理范围")


def test_an_answer_carries_its_sources(site):
    found = posted(site.client("wangli"), "answer", q="买房提取公积金审核通过后几个工作日到账")
    assert found["by"] == "extract"
    assert {one["article"] for sentence in found["sentences"] for one in sentence["cites"]} == {"ZS-0900"}


async def test_the_clockwork_catches_up_on_calls_and_follows_citations(make_parts, over):
    parts = make_parts({}, articles=OTHERS, index=Index.open(None, NoEncoder()))
    over(parts.database, "c1", [("citizen", "公园里面能不能搭帐篷露营")])
    await Clockwork(parts).turn()
    with_question = await parts.database.read(lambda session: session.scalars(select(Asked.call)).all())
    assert with_question == ["c1"]
