"""Files by their content, names made safe, and nothing left of what is refused or undone."""

import io
import os
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from copilot.attachments import AttachmentError, Store, clean_name
from copilot.settings import Settings
from ticket_core import tickets
from ticket_core.by import By
from ticket_core.tables import Attachment, JournalEntry, Ticket
from ticket_core.vocabulary import Role

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
AGENT = By("wangli", Role.AGENT, datetime(2026, 11, 24, 9, tzinfo=UTC))


@pytest.fixture
def parts(make_parts):
    return make_parts()


@pytest.fixture
def store(parts):
    return Store(parts.settings)


@pytest.fixture
def ticket(parts):
    return parts.database.submit(lambda session: tickets.draft(session, AGENT)[0].id).result(10)


def office(**entries):
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": b"<Types/>", **entries}.items():
            archive.writestr(name, content)
    return file.getvalue()


def workbook():
    file = io.BytesIO()
    Workbook().save(file)
    return file.getvalue()


def left(store):
    return [path for path in store.path("ab").parents[1].rglob("*") if path.is_file()]


WORD = {"word/document.xml": b"<document/>"}
TAKEN = (
    ("现场.png", PNG, "image/png"),
    ("通知.PDF", PDF, "application/pdf"),
    ("表.xlsx", workbook(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("说明.docx", office(**WORD), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("经过.txt", "半夜施工，睡不着".encode(), "text/plain"),
    ("旧文本.txt", "半夜施工，睡不着".encode("gb18030"), "text/plain"),
    ("录音.amr", b"#!AMR\n" + bytes(30), "audio/amr"),
    ("录音.wav", b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(30), "audio/x-wav"),
)


@pytest.mark.parametrize(("name", "content", "media_type"), TAKEN, ids=[name for name, _, _ in TAKEN])
def test_what_is_what_it_says_is_taken(store, name, content, media_type):
    staged = store.stage(io.BytesIO(content), name)
    assert (staged.name, staged.media_type, staged.size) == (name, media_type, len(content))
    assert staged.path.read_bytes() == content


REFUSED = (
    ("页面.html", b"<script>alert(1)</script>", "不能上传"),
    ("程序.exe", b"MZ" + bytes(60), "不能上传"),
    ("无扩展名", PNG, "不能上传"),
    ("其实是程序.png", b"MZ" + bytes(60), "扩展名不符"),
    ("其实是图.pdf", PNG, "扩展名不符"),
    ("二进制.txt", bytes(range(32)), "不是文本"),
    ("空.png", b"", "空文件"),
    ("坏.docx", b"PK\x03\x04broken", "打不开"),
    ("表.docx", workbook(), "扩展名不符"),
    ("宏.docx", office(**WORD, **{"word/vbaProject.bin": b"x"}), "宏"),
    ("嵌入.docx", office(**WORD, **{"word/embeddings/oleObject1.bin": b"x"}), "宏"),
    ("炸弹.docx", office(**WORD, **{"word/media/a.bin": bytes(201 << 20)}), "解压后过大"),
    ("很多.docx", office(**WORD, **{f"word/media/{n}": b"" for n in range(2001)}), "解压后过大"),
)


@pytest.mark.parametrize(("name", "content", "why"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_what_is_not_is_refused_and_nothing_is_left(store, name, content, why):
    with pytest.raises(AttachmentError, match=why):
        store.stage(io.BytesIO(content), name)
    assert left(store) == []


def test_a_file_too_large_is_refused_while_it_is_read(make_parts):
    parts = make_parts()
    store = Store(parts.settings.model_copy(update={"attachment_mb": 1}))
    with pytest.raises(AttachmentError, match="最多 1 MB"):
        store.stage(io.BytesIO(PNG + bytes(1 << 20)), "大.png")
    assert left(store) == []


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\用户\\照片.png", "照片.png"),
        ('a<b>:"|?*.png', "a_b______.png"),
        ("\u202egnp.exe\x00.png", "gnp.exe.png"),
        (" .. ", "附件"),
        ("长" * 300 + ".png", "长" * 116 + ".png"),
        ("a\r\nSet-Cookie: x.png", "a Set-Cookie_ x.png"),
    ],
)
def test_names_are_made_safe(name, clean):
    assert clean_name(name) == clean


def test_a_kept_file_lies_under_its_hash_and_stands_in_the_journal(parts, store, ticket):
    staged = store.stage(io.BytesIO(PNG), "现场.png")

    def keep(session):
        return store.keep(session, session.get_one(Ticket, ticket), AGENT, [staged])[0]

    row = parts.database.submit(keep).result(10)
    assert left(store) == [store.path(row.sha256)]
    assert store.path(row.sha256).read_bytes() == PNG
    line = parts.database.read_now(lambda session: session.scalars(select(JournalEntry)).all()[-1])
    assert (line.action, line.actor, line.details["name"]) == ("attach", "wangli", "现场.png")


def test_nothing_is_kept_of_a_transaction_that_fails_but_what_others_have_stays(parts, store, ticket):
    def keep(staged, fails):
        def work(session):
            store.keep(session, session.get_one(Ticket, ticket), AGENT, staged)
            if fails:
                raise RuntimeError("undone")

        return parts.database.submit(work)

    first = [store.stage(io.BytesIO(PNG), "一.png")]
    keep(first, fails=False).result(10)
    both = [store.stage(io.BytesIO(PNG), "二.png"), store.stage(io.BytesIO(PDF), "三.pdf")]
    with pytest.raises(RuntimeError):
        keep(both, fails=True).result(10)
    parts.database.submit(lambda session: store.settle(session, both)).result(10)
    assert left(store) == [store.path(first[0].sha256)]
    names = parts.database.read_now(lambda session: session.scalars(select(Attachment.name)).all())
    assert names == ["一.png"]


def test_a_ticket_has_room_for_so_many_files(parts, ticket):
    store = Store(parts.settings.model_copy(update={"attachment_count": 1}))
    files = [store.stage(io.BytesIO(PNG), "一.png"), store.stage(io.BytesIO(PDF), "二.pdf")]

    def keep(session):
        store.keep(session, session.get_one(Ticket, ticket), AGENT, files)

    with pytest.raises(AttachmentError, match="最多 1 个附件"):
        parts.database.submit(keep).result(10)


@pytest.fixture
def site(make_parts, serve, tmp_path):
    site = serve(make_parts(settings=Settings(data=tmp_path, attachment_mb=1)))
    site.parts.database.submit(lambda session: tickets.draft(session, AGENT, agent="wangli") and None).result(10)
    return site


def send(client, name, content, ticket=1, **headers):
    return client.post(f"/api/tickets/{ticket}/attachments", files={"file": (name, content)}, headers=headers)


def test_a_file_goes_up_once_and_comes_down_as_a_download(site):
    client = site.client("wangli")
    first, again = (send(client, "现场.png", PNG, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    assert [one["name"] for one in client.get("/api/tickets/1").json()["attachments"]] == ["现场.png"]
    got = client.get(f"/api/tickets/1/attachments/{first.json()['id']}")
    assert (got.content, got.headers["content-type"]) == (PNG, "image/png")
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert len(left(Store(site.parts.settings))) == 1


def test_others_neither_send_nor_get_it(site):
    sent = send(site.client("wangli"), "现场.png", PNG).json()
    for who, status in (("", 401), ("zhaomin", 404), ("hanjiang", 404)):
        client = site.client(who)
        assert send(client, "二.png", PNG).status_code == status
        assert client.get(f"/api/tickets/1/attachments/{sent['id']}").status_code == status
    assert site.client("wangli").get("/api/tickets/1/attachments/99").status_code == 404
    assert len(left(Store(site.parts.settings))) == 1


def test_what_is_refused_leaves_nothing(site):
    client = site.client("wangli")
    for name, content, status in (
        ("大.png", PNG + bytes(1 << 20), 422),
        ("太大.png", PNG + bytes(3 << 20), 413),
        ("页面.html", b"<script>", 422),
        ("无.png", b"", 422),
    ):
        answer = send(client, name, content)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    assert client.post("/api/tickets/1/attachments", data={"file": "text"}).status_code == 422
    assert left(Store(site.parts.settings)) == []
    assert client.get("/api/tickets/1").json()["attachments"] == []


def test_of_a_confidential_ticket_a_department_gets_files_once_it_gave_a_reason(site):
    agent, chief, clerk = (site.client(name) for name in ("wangli", "chenjie", "hanjiang"))
    told = {"confidential": True, "title": "噪声", "content": "半夜施工", "nature": "投诉", "citizen_name": "李女士"}
    version = agent.get("/api/tickets/1").json()["ticket"]["version"]
    agent.patch("/api/tickets/1", json={"version": version, "changes": told}).raise_for_status()
    photo = send(agent, "李女士家门口.png", PNG).json()["id"]
    where = {"department": "邗江区城市管理局", "basis": "目录"}
    version = chief.get("/api/tickets/1").json()["ticket"]["version"]
    moved = chief.post("/api/tickets/1/actions/dispatch", json={"version": version, "inputs": where})
    moved.raise_for_status()
    own = send(clerk, "现场.png", PNG + b"1").json()["id"]
    seen = clerk.get("/api/tickets/1")
    assert "李女士" not in seen.text
    assert [(one["name"], one["closed"]) for one in seen.json()["attachments"]] == [
        ("附件.png", True),
        ("现场.png", False),
    ]
    assert clerk.get(f"/api/tickets/1/attachments/{own}").status_code == 200
    refused = clerk.get(f"/api/tickets/1/attachments/{photo}")
    assert (refused.status_code, "写明理由" in refused.json()["detail"]) == (403, True)
    clerk.post(
        "/api/tickets/1/unmask", json={"version": seen.json()["ticket"]["version"], "reason": "上门核实"}
    ).raise_for_status()
    assert clerk.get(f"/api/tickets/1/attachments/{photo}").content == PNG
    assert [one["name"] for one in clerk.get("/api/tickets/1").json()["attachments"]] == [
        "李女士家门口.png",
        "现场.png",
    ]
    assert agent.get(f"/api/tickets/1/attachments/{photo}").status_code == 200


def test_what_a_killed_server_left_is_swept_at_the_start_and_what_is_being_sent_stays(make_parts, serve):
    parts = make_parts()
    store = Store(parts.settings)
    old, young = (store.stage(io.BytesIO(PNG), name).path for name in ("旧.png", "新.png"))
    kept = store.path("ab" * 32)
    kept.parent.mkdir()
    kept.touch()
    for path in (old, kept):
        os.utime(path, (0, 0))
    serve(parts).client("wangli")
    assert [path.exists() for path in (old, young, kept)] == [False, True, True]


def test_a_file_that_is_gone_from_the_disk_is_said(site):
    client = site.client("wangli")
    sent = send(client, "现场.png", PNG).json()
    for path in left(Store(site.parts.settings)):
        path.unlink()
    answer = client.get(f"/api/tickets/1/attachments/{sent['id']}")
    assert (answer.status_code, "备份" in answer.json()["detail"]) == (404, True)
