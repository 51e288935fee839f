"""Files brought in over HTTP: read apart, looked at, taken as drafts or not at all, undone, never half done."""

import asyncio
import csv
import io
import json
import socket
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from copilot.knowledge import imports
from copilot.knowledge.acts import Editor
from copilot.knowledge.intake import Intake
from copilot.knowledge.tables import ArticleVersion, ImportRow
from copilot.settings import Settings
from tests.copilot.waiting import eventually

ROWS = (
    ("标题", "问题", "答案", "依据", "部门", "有效期起", "有效期止"),
    ("露天电影放映", "露天电影几点放", "每周五晚上七点在东关街广场放映，免费观看。", "示例",
     "扬州市文化广电和旅游局", "2026-01-01", "2027-12-31"),
    ("河道捞草", "河里水草多找谁", "河道水草由属地水利站打捞，三个工作日内到场。", "示例", "邗江区城市管理局", "", ""),
    ("坏日期", "", "有答案。", "", "", "2027-01-01", "2026-01-01"),
    ("没有答案", "", "", "", "", "", ""),
)  # fmt: skip


def sheet(rows=ROWS, encoding="utf-8-sig"):
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode(encoding)


@pytest.fixture
def site(make_parts, serve):
    return serve(make_parts())


def send(client, content=None, name="问答.csv"):
    return client.post("/api/knowledge/imports", files={"file": (name, sheet() if content is None else content)})


def finished(client, number):
    """The import once nobody reads it any more: asked for again and again, as the page does."""

    def look():
        told = client.get(f"/api/knowledge/imports/{number}").raise_for_status().json()
        return told if told["state"] != "reading" else None

    told = eventually(look)
    assert told, "still reading"
    return told


def brought(client, content=None, name="问答.csv"):
    answer = send(client, content, name)
    assert answer.status_code == 202, answer.text
    return finished(client, answer.json()["id"])


def take(client, number, **body):
    return client.post(f"/api/knowledge/imports/{number}/take", json=body)


def drafts(site):
    query = select(func.count()).where(ArticleVersion.note.like("导入：%"))
    return site.parts.database.read_now(lambda session: session.scalar(query))


def staged(site):
    folder = site.parts.settings.data / "imports"
    return list(folder.glob("*")) if folder.exists() else []


def test_a_question_list_is_read_and_told_row_by_row(site):
    told = brought(site.client("xuting"))
    assert (told["state"], told["label"], told["kind"], told["author_name"]) == ("read", "待收录", "csv", "徐婷")
    assert [(one["n"], one["where"], one["row"]["title"]) for one in told["items"]] == [
        (1, "第 2 行", "露天电影放映"),
        (2, "第 3 行", "河道捞草"),
    ]
    assert [one["where"] for one in told["refused"]] == ["第 4 行", "第 5 行"]
    assert "晚于" in told["refused"][0]["why"]
    assert told["counts"] == {
        "items": 2, "slices": 2, "taken": 0, "refused": 2, "duplicate": 0, "contradiction": 0, "noted": 0,
    }  # fmt: skip
    assert staged(site) == []


def test_chosen_items_become_drafts_that_nobody_finds_before_they_are_reviewed(site):
    client = site.client("xuting")
    number = brought(client)["id"]
    answer = take(client, number, items=[1]).json()
    (taken,) = answer["taken"]
    assert (answer["left"], answer["import"]["state"]) == (1, "taken")
    article = client.get(f"/api/knowledge/articles/{taken['article']}", params={"version": 1}).json()
    assert (article["state"], article["title"], article["author"]) == ("draft", "露天电影放映", "xuting")
    hits = client.get("/api/knowledge/search", params={"q": "露天电影放映"}).json()
    assert taken["article"] not in [one["article"] for one in hits]
    again = take(client, number, items=[1])
    assert (again.status_code, taken["article"] in again.json()["detail"]) == (422, True)
    item = client.get(f"/api/knowledge/imports/{number}", params={"only": "taken"}).json()["items"][0]
    assert (item["article"], item["taken"], item["chosen"]) == (taken["article"], True, False)


def test_taken_for_review_at_once_it_waits_for_another_person(site):
    client = site.client("xuting")
    (taken, _) = take(client, brought(client)["id"], all=True, submit=True).json()["taken"]
    path = f"/api/knowledge/articles/{taken['article']}"
    version = client.get(path, params={"version": 1}).json()
    assert version["state"] == "first_review"
    own = client.post(f"{path}/versions/1/acts/pass", json={"seen": version["seen"]})
    assert own.status_code == 422
    other = site.client("panyue").post(f"{path}/versions/1/acts/pass", json={"seen": version["seen"]})
    assert other.json()["state"] == "review"


def test_all_are_taken_or_none(site):
    client = site.client("xuting")
    number = brought(client)["id"]

    def spoil(session):
        row = session.get_one(ImportRow, number)
        first, second = row.items
        row.items = [first, {**second, "row": {**second["row"], "title": ""}}]

    site.parts.database.submit(spoil).result(10)
    refused = take(client, number, items=[1, 2])
    assert (refused.status_code, "第 2 条" in refused.json()["detail"]) == (422, True)
    assert drafts(site) == 0
    assert client.get(f"/api/knowledge/imports/{number}").json()["counts"]["taken"] == 0
    for body in ({"items": []}, {"items": [3]}, {"items": [0]}):
        assert take(client, number, **body).status_code in (404, 422)


def test_undoing_drops_the_drafts_and_keeps_what_has_gone_on(site):
    client = site.client("xuting")
    number = brought(client)["id"]
    first, second = take(client, number, items=[1, 2]).json()["taken"]
    path = f"/api/knowledge/articles/{first['article']}"
    client.post(f"{path}/versions/1/acts/submit", json={"seen": 1}).raise_for_status()
    done = client.delete(f"/api/knowledge/imports/{number}").json()
    assert (done["dropped"], done["import"]["state"]) == (1, "dropped")
    assert [(one["article"], one["state_label"]) for one in done["kept"]] == [(first["article"], "待初审")]
    dropped = client.get(f"/api/knowledge/articles/{second['article']}", params={"version": 1}).json()
    assert dropped["state"] == "dropped"
    assert take(client, number, items=[1]).status_code == 422


def test_the_same_file_twice_is_said_and_finds_its_own_items_live_or_not(site):
    client = site.client("xuting")
    first = brought(client)
    assert first["same"] is None
    second = brought(site.client("panyue"), name="另一个名字.csv")
    assert (second["same"]["id"], second["same"]["author_name"]) == (first["id"], "徐婷")
    client.delete(f"/api/knowledge/imports/{first['id']}")
    site.client("panyue").delete(f"/api/knowledge/imports/{second['id']}")
    assert brought(client)["same"] is None


def test_what_repeats_or_contradicts_the_base_is_shown_beside_it(site):
    client = site.client("xuting")
    live = client.get("/api/knowledge/articles/ZS-0001").json()
    changed = live["body"].replace("禁止夜间", "可以夜间")
    assert changed != live["body"]
    told = brought(client, sheet([("标题", "答案"), (live["title"], live["body"]), (live["title"], changed)]))
    same, against = told["items"]
    assert [(one["label"], one["theirs"]["article"]) for one in same["findings"]] == [("重复", "ZS-0001")]
    found = next(one for one in against["findings"] if one["theirs"]["article"] == "ZS-0001")
    assert (found["kind"], found["label"]) == ("contradiction", "条件不同")
    words = [
        "".join(side["text"][span["start"] : span["end"]] for span in side["spans"])
        for side in (found["mine"], found["theirs"])
    ]
    assert words == ["可以", "禁止"]
    assert any(one["theirs"]["item"] == 1 for one in against["findings"])
    assert [one["chosen"] for one in told["items"]] == [False, False]
    assert take(client, told["id"], all=True).status_code == 422


def test_an_item_is_corrected_and_compared_anew(site):
    client = site.client("xuting")
    told = brought(client)
    path, item = f"/api/knowledge/imports/{told['id']}/items/1", told["items"][0]
    live = client.get("/api/knowledge/articles/ZS-0001").json()
    row = {**item["row"], "title": live["title"], "slices": [{"text": live["body"], "clause": ""}]}
    fixed = client.put(path, json={"row": row, "seen": item["seen"]}).json()
    assert (fixed["row"]["title"], fixed["findings"][0]["label"]) == (live["title"], "重复")
    assert client.put(path, json={"row": row, "seen": item["seen"]}).status_code == 409
    wrong = {**row, "valid_from": "2027-01-01", "valid_to": "2026-01-01"}
    assert client.put(path, json={"row": wrong, "seen": fixed["seen"]}).status_code == 422
    take(client, told["id"], items=[1]).raise_for_status()
    assert client.put(path, json={"row": row, "seen": fixed["seen"]}).status_code == 422


def test_a_department_brings_in_its_own_alone_and_sees_its_own_alone(site):
    clerk, annotator = site.client("hanjiang"), site.client("xuting")
    other = brought(annotator)["id"]
    told = brought(clerk, sheet([*ROWS[:3], ("小广告清理", "", "小广告由环卫清理，拨打热线登记。", "", "", "", "")]))
    assert [one["row"]["issuer"] for one in told["items"]] == ["邗江区城市管理局"] * 2
    assert ["只能导入" in one["why"] for one in told["refused"]] == [True]
    assert [one["id"] for one in clerk.get("/api/knowledge/imports").json()] == [told["id"]]
    assert len(annotator.get("/api/knowledge/imports").json()) == 2
    for answer in (
        clerk.get(f"/api/knowledge/imports/{other}"),
        take(clerk, other, items=[1]),
        clerk.delete(f"/api/knowledge/imports/{other}"),
    ):
        assert answer.status_code == 404
    assert len(take(clerk, told["id"], all=True).json()["taken"]) == 2


@pytest.mark.parametrize(("who", "status"), [("", 401), ("wangli", 403), ("admin", 403)])
def test_others_bring_in_nothing(site, who, status):
    client = site.client(who)
    assert send(client).status_code == status
    assert client.get("/api/knowledge/imports").status_code == status
    assert staged(site) == []


def test_what_is_refused_says_what_to_do_and_leaves_nothing(site):
    client = site.client("xuting")
    for content, name, word in (
        (b"MZ" + bytes(60), "程序.csv", "不能导入"),
        (sheet([("甲", "乙"), ("1", "2")]), "问答.csv", "列名"),
        (sheet(ROWS[:1]), "问答.csv", "没有"),
        (sheet([ROWS[0], ROWS[3]]), "问答.csv", "没有一条"),
    ):
        told = brought(client, content, name)
        assert (told["state"], told["items"]) == ("refused", [])
        assert word in told["refused"][0]["why"], told["refused"]
        assert take(client, told["id"], items=[1]).status_code == 422
    assert send(client, b"").status_code == 422
    assert client.post("/api/knowledge/imports", data={"file": "text"}).status_code == 422
    assert staged(site) == []
    assert drafts(site) == 0


def test_two_hundred_megabytes_are_refused_by_their_announced_length(site):
    client = site.client("xuting")
    host, port = site.address.split(":")
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    head = (
        f"POST /api/knowledge/imports HTTP/1.1\r\nHost: x\r\nCookie: {cookies}\r\nContent-Length: {200 << 20}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall(head.encode())  # not a byte of the body: the answer comes before it
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b" 413 " in answer.partition(b"\r\n")[0]
    assert "51 MB" in answer.decode()
    assert staged(site) == []


def test_a_large_file_without_a_length_is_cut_off(make_parts, serve, tmp_path):
    site = serve(make_parts(settings=Settings(data=tmp_path, import_mb=1)))
    client = site.client("xuting")
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'

    def body():
        yield head
        for _ in range(64):
            yield bytes(1 << 16)

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post("/api/knowledge/imports", content=body(), headers=headers).status_code == 413
    assert send(client, b"x" * ((1 << 20) + 1)).status_code == 422
    assert staged(site) == []


def test_a_long_text_is_proposed_in_slices(site):
    client = site.client("xuting")
    told = client.post("/api/knowledge/cut", json={"text": "第一条 甲。\n第二条 乙。"}).json()
    assert told == {
        "slices": [{"text": "第一条 甲。", "clause": "第一条"}, {"text": "第二条 乙。", "clause": "第二条"}],
        "longest": 480,
    }


BY = Editor("xuting", datetime.now(UTC), ("author",))
STATE = select(ImportRow.state, ImportRow.report, ImportRow.items)


def state(parts, number):
    return parts.database.read_now(lambda session: session.execute(STATE.where(ImportRow.id == number)).one())


async def test_a_server_that_stops_while_it_reads_says_so_on_the_import(make_parts):
    parts = make_parts()
    intake = Intake(parts)
    row = await intake.receive(io.BytesIO(sheet()), "问答.csv", BY)
    await asyncio.sleep(0)  # the reading begins
    await intake.close()
    kind, report, items = state(parts, row.id)
    assert (kind, items) == ("refused", [])
    assert "请重新上传" in report["refused"][0]["why"]
    assert list((parts.settings.data / "imports").glob("*")) == []


async def test_what_a_killed_server_was_reading_is_refused_by_the_next_and_what_another_reads_goes_on(make_parts):
    parts = make_parts()
    alive, next_one = Intake(parts), Intake(parts)
    reading = await alive.receive(io.BytesIO(sheet()), "问答.csv", BY)
    left = parts.settings.data / "imports" / "left"
    left.write_bytes(sheet())  # nobody holds it: whoever did is gone

    def killed(session):
        return imports.begin(session, "半截.csv", "left", "0" * 64, 10, BY).id

    number = await parts.database.write(killed)
    await next_one.sweep(datetime.now(UTC))
    assert state(parts, number)[0] == "refused"
    assert state(parts, reading.id)[0] == "reading"
    assert not left.exists()
    elsewhere = await parts.database.write(lambda s: imports.begin(s, "远处.csv", "gone", "1" * 64, 10, BY).id)
    await next_one.sweep(datetime.now(UTC))
    assert state(parts, elsewhere)[0] == "reading"
    await next_one.sweep(datetime.now(UTC) + timedelta(hours=1))
    assert state(parts, elsewhere)[0] == "refused"
    await alive.close()


def test_progress_is_told_and_an_import_given_up_while_it_is_read_stays_given_up(make_parts):
    parts = make_parts()

    def begun(session):
        number = imports.begin(session, "大.csv", "f", "2" * 64, 10, BY).id
        imports.progressed(session, number, "比对", 3, 9)
        return number

    number = parts.database.submit(begun).result(10)
    row = parts.database.read_now(lambda session: session.get_one(ImportRow, number))
    assert (row.done, row.total, row.report["stage"]) == (3, 9, "比对")
    parts.database.submit(lambda s: imports.undo(s, imports.find(s, number, BY), BY)).result(10)
    for late in (
        lambda s: imports.finish(s, number, [{"n": 1}], {}),
        lambda s: imports.refuse(s, number, "晚了"),
        lambda s: imports.progressed(s, number, "比对", 9, 9),
    ):
        parts.database.submit(late).result(10)
    assert state(parts, number)[0] == "dropped"


def test_imports_are_kept_on_each_database(make_parts, serve, database_url):
    client = serve(make_parts(database_url=database_url)).client("xuting")
    number = brought(client)["id"]
    assert len(take(client, number, items=[1, 2]).json()["taken"]) == 2
    assert client.get("/api/knowledge/imports").json()[0]["counts"]["taken"] == 2
    assert client.delete(f"/api/knowledge/imports/{number}").json()["dropped"] == 2
    assert json.dumps(client.get(f"/api/knowledge/imports/{number}").json())
