"""Configuration over HTTP: versions, days, conflicts, undo, refusals that name the row, and what takes effect."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from copilot.configuration import LOOK_AGAIN, Configured
from copilot.configuration.versions import local_date

DAY = timedelta(days=1)
WRONG = [
    ("tags", [{"name": "甲"}, {"name": ""}], "第 2 行“标签”没有填"),
    ("tags", [{"name": "甲"}, {"name": "甲"}], "第 2 行“甲”与第 1 行重复"),
    ("tags", [{"name": "甲" * 51}], "第 1 行“标签”太长，最多 50"),
    ("tags", [{"name": "甲", "colour": "红"}], "没有这一列"),
    ("tags", "[{", "不是 JSON"),
    ("tags", {"name": "甲"}, "要是一张表"),
    ("callback", {"attempts": 2, "days": 3}, "不能多于"),
    ("callback", {"attempts": 99, "days": 3}, "“最多回访次数”超出范围，最大 20"),
    ("departments", [{"name": "甲局", "level": "国家级"}], "第 1 行“级别”没有这一项"),
    ("departments", [{"name": "甲局", "level": "市级", "parent": "乙局"}], "上级单位“乙局”不在表里"),
    ("departments", [{"name": "甲局", "level": "市级", "parent": "甲局"}], "绕成了一圈"),
    ("departments", [{"name": "甲局", "level": "市级"}], "把单位停用而不删除"),
    ("catalogue", [], "至少写一条"),
    ("deadlines", "version = 1", "处错误"),
    ("deadlines", [], "要是文字"),
    ("holidays", 'off = ["2027-13-01"]', "2027-13-01"),
]


@pytest.fixture
def parts(make_parts):
    return make_parts()


@pytest.fixture
def admin(parts, serve):
    return serve(parts).client("admin")


def body_of(admin, kind):
    answer = admin.get(f"/api/configuration/{kind}").json()
    return json.loads(answer["body"]) if answer["format"] == "json" else answer["body"]


def publish(admin, kind, body, base=0, **more):
    return admin.post(f"/api/configuration/{kind}", json={"base_version": base, "body": body, "note": "试", **more})


def undo(admin, kind, version):
    return admin.post(f"/api/configuration/{kind}/undo", json={"version": version, "note": "撤"})


def test_every_shipped_body_can_be_published_as_it_is(admin):
    kinds = [one["kind"] for one in admin.get("/api/configuration").json()]
    assert kinds == [
        "deadlines",
        "holidays",
        "callback",
        "phrases",
        "tags",
        "departments",
        "catalogue",
        "search",
        "synonyms",
    ]
    for kind in kinds:
        detail = admin.get(f"/api/configuration/{kind}").json()
        assert detail["current"] is None
        assert publish(admin, kind, detail["body"]).status_code == 201, kind
        assert admin.get(f"/api/configuration/{kind}").json()["body"] == detail["body"]
    assert {one["version"] for one in admin.get("/api/configuration").json()} == {1}


def test_a_version_has_author_note_and_day_and_can_be_taken_back(admin, parts):
    today = str(local_date(datetime.now(UTC)))
    first = publish(admin, "tags", [{"name": "扬尘"}]).json()
    assert (first["version"], first["author"], first["note"], first["effective_from"]) == (1, "admin", "试", today)
    assert admin.get("/api/tags").json() == ["扬尘"]
    assert undo(admin, "tags", 1).json()["undoes"] == 1
    assert "重复来电" in admin.get("/api/tags").json()
    assert json.loads(admin.get("/api/configuration/tags/1").json()["body"]) == [{"name": "扬尘"}]
    history = admin.get("/api/configuration/tags").json()["versions"]
    assert [(one["version"], one["undoes"]) for one in history] == [(2, 1), (1, None)]


def test_the_second_of_two_editors_is_told(admin):
    publish(admin, "tags", [{"name": "甲"}])
    late = publish(admin, "tags", [{"name": "乙"}])
    assert late.status_code == 409
    assert "现在已有第 1 版" in late.json()["detail"]
    publish(admin, "tags", [{"name": "丙"}], 1)
    assert undo(admin, "tags", 1).status_code == 409
    assert admin.get("/api/tags").json() == ["丙"]


def test_what_is_sent_again_is_published_once(admin):
    key = {"Idempotency-Key": "k1"}
    request = {"base_version": 0, "body": [{"name": "甲"}], "note": ""}
    answers = [admin.post("/api/configuration/tags", json=request, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(admin.get("/api/configuration/tags").json()["versions"]) == 1


def test_a_version_of_tomorrow_waits_and_a_past_day_is_refused(admin, parts):
    now = datetime.now(UTC)
    tomorrow = now + DAY
    publish(admin, "tags", [{"name": "明天"}], effective_from=str(local_date(tomorrow)))
    publish(admin, "tags", [{"name": "今天"}], 1)
    names = [[tag.name for tag in parts.configured.tags(at)] for at in (now, tomorrow)]
    assert names == [["今天"], ["明天"]]
    past = publish(admin, "tags", [{"name": "昨天"}], 2, effective_from=str(local_date(now - DAY)))
    assert (past.status_code, "不能早于今天" in past.json()["detail"]) == (422, True)


def test_what_is_wrong_is_named_and_nothing_is_changed(admin):
    answers = [(publish(admin, kind, body), said) for kind, body, said in WRONG]
    assert {answer.status_code for answer, _ in answers} == {422}
    assert [said for answer, said in answers if said not in answer.json()["detail"]] == []
    assert {one["newest"] for one in admin.get("/api/configuration").json()} == {0}


def test_a_line_of_the_catalogue_needs_a_department_that_there_is(admin):
    lines = body_of(admin, "catalogue")
    lines[2]["department"] = "{district}幻想局"
    assert "第 3 行的承办单位“扬州市幻想局”不在承办单位表里" in publish(admin, "catalogue", lines).json()["detail"]


def test_kinds_and_versions_that_there_are_not(admin):
    assert "可选：deadlines（时限规则）" in admin.get("/api/configuration/colours").json()["detail"]
    assert admin.get("/api/configuration/tags/7").status_code == 404


def test_departments_are_a_tree_and_one_that_is_stopped_gets_nothing_more(admin, parts):
    rows = {one["name"]: one for one in admin.get("/api/departments").json()}
    assert rows["广陵区东关街道办事处"]["parent"] == "广陵区人民政府"
    assert rows["广陵区城市管理局"]["district"] == "广陵区"
    assert all(one["parent"] in rows for one in rows.values() if one["parent"])
    body = body_of(admin, "departments")
    for one in body:
        one["active"] = one["name"] != "广陵区城市管理局"
    publish(admin, "departments", body)
    assert "广陵区城市管理局" not in parts.departments()
    assert "广陵区城市管理局" not in {one["name"] for one in admin.get("/api/departments").json()}


def test_rules_take_effect_on_their_day_and_name_their_version_once(admin, parts):
    text = body_of(admin, "deadlines")
    same_name = publish(admin, "deadlines", text.replace("archive_days = 7", "archive_days = 9"))
    assert "已用于另一份规则" in same_name.json()["detail"]
    changed = text.replace("yangzhou-2026", "yangzhou-2027").replace("archive_days = 7", "archive_days = 9")
    tomorrow = datetime.now(UTC) + DAY
    assert publish(admin, "deadlines", changed, effective_from=str(local_date(tomorrow))).status_code == 201
    assert parts.rules().at(datetime.now(UTC)).version == "yangzhou-2026"
    assert parts.rules().at(tomorrow).archive_days == 9
    assert parts.rules().named("yangzhou-2027").effective_from == local_date(tomorrow)
    undo(admin, "deadlines", 1)
    assert parts.rules().at(tomorrow).version == "yangzhou-2026"


def test_holidays_and_the_callback_policy_reach_the_rules(admin, parts):
    publish(admin, "holidays", 'years = [2030]\noff = ["2030-01-01"]')
    publish(admin, "callback", {"attempts": 5, "days": 4})
    rules = parts.rules().at(datetime.now(UTC))
    assert (rules.limits.callback_attempts, rules.limits.callback_days, rules.limits.returns) == (5, 4, 2)
    assert [rules.worktime.calendar.working(date(2030, 1, day)) for day in (1, 2)] == [False, True]


def test_a_due_time_is_tried_out_by_the_rules_in_force_and_by_a_draft_of_them(admin):
    def trial(**given):
        asked = {"clock": "handle", "nature": "求助", "start": "2026-09-30T16:00:00+08:00", **given}
        return admin.post("/api/configuration/deadlines/trial", json=asked)

    found = trial().json()
    assert found["at"] == "2026-10-13T08:00:00Z"
    assert any("国庆节" in line for line in found["why"])
    text = body_of(admin, "deadlines")
    row = '[[term]]\nclock = "handle"\nnature = "求助"\nworking_days = 1\n\n'
    first = text.index("\n[[term]]") + 1
    assert trial(body=text[:first] + row + text[first:]).json()["at"] == "2026-10-08T08:00:00Z"
    publish(admin, "holidays", 'off = ["2026-10-08"]')
    assert trial(body=text[:first] + row + text[first:]).json()["at"] == "2026-10-09T08:00:00Z"
    assert trial(clock="report", urgency="紧急").json()["at"] == "2026-09-30T08:30:00Z"
    refused = [trial(body="version ?\n"), trial(start="2031-01-01T09:00:00+08:00"), trial(start="2020-01-01T09:00:00Z")]
    assert [answer.status_code for answer in refused] == [422, 422, 422]
    for answer, said in zip(refused, ("第 1 行", "2031 年的节假日安排还没有录入", "还没有生效的时限规则"), strict=True):
        assert said in answer.json()["detail"]
    assert trial(start="2026-09-30T16:00:00").status_code == 422


def test_the_built_in_calendar_tells_holidays_and_make_up_days_and_which_years_it_knows(admin):
    year = admin.get("/api/calendar/2026").json()
    assert year["known"] is True
    assert (year["days"]["2026-10-01"], year["days"]["2026-10-10"]) == ("国庆节", "调休上班")
    assert not {"2026-10-17", "2026-10-19"} & set(year["days"])
    publish(admin, "holidays", 'off = ["2026-11-23"]')
    assert admin.get("/api/calendar/2026").json() == year
    assert admin.get("/api/calendar/2031").json() == {"year": 2031, "known": False, "days": {}}
    assert admin.get("/api/calendar/1999").status_code == 422


def test_matters_follow_the_catalogue_and_the_router_learns_it_at_the_next_start(admin, parts):
    lines = body_of(admin, "catalogue")
    publish(admin, "catalogue", [*lines[:3], lines[3] | {"matter2": "全新事项"}])
    assert [one["matter2"] for one in admin.get("/api/matters").json()][-1] == "全新事项"
    learnt = parts.configured.catalogue(datetime.now(UTC))
    matters = {(line.matter1, line.matter2) for line in learnt.lines}
    assert len(matters) == 4
    assert {one.matter for one in learnt.examples} <= matters
    assert "下次启动" in admin.get("/api/configuration/catalogue").json()["takes_effect"]


def test_another_server_notices_within_seconds(admin, parts):
    now = [0.0]
    other = Configured(parts.database, parts.catalogue, lambda: now[0])
    shipped = other.phrases(datetime.now(UTC))
    publish(admin, "phrases", [{"title": "问候", "text": "您好"}])
    assert other.phrases(datetime.now(UTC)) == shipped
    now[0] += LOOK_AGAIN
    assert [one.text for one in other.phrases(datetime.now(UTC))] == ["您好"]
    assert admin.get("/api/phrases").json() == [{"title": "问候", "text": "您好"}]


def test_only_who_may_configure_does(parts, serve):
    reviewer = serve(parts).client("sunjuan")
    assert publish(reviewer, "tags", []).status_code == 403
    assert reviewer.get("/api/phrases").status_code == 200
