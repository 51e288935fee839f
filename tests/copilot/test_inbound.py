"""Requests in writing over HTTP: what comes of them, once, and what is refused without a trace."""

import json

import pytest
from sqlalchemy import func, select

from copilot import inbound
from copilot.settings import Settings
from copilot.tables import Receipt
from ticket_core.errors import TicketError
from ticket_core.tables import Attachment, JournalEntry, Ticket
from ticket_core.vocabulary import State

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
NOISE = "邗江区文昌西路京华城小区楼下烧烤店每天营业到凌晨两点，噪音很大，希望有关部门尽快处理。"
FORM = {"content": NOISE, "nature": "投诉", "citizen_name": "李女士", "callback_number": "13852706021"}
TOKENS = {f"{channel}_token": f"{channel}-secret" for channel in inbound.GATEWAYS}
MESSAGE = {"message_id": "m1", "sender": "13852706021", "content": NOISE}


@pytest.fixture
def make_site(make_parts, serve, tmp_path):
    def make(**settings):
        return serve(make_parts(settings=Settings(data=tmp_path, **{**TOKENS, **settings})))

    return make


@pytest.fixture
def site(make_site):
    return make_site(web_form_hourly=1000)


def kept(site, table=Ticket):
    return site.parts.database.read_now(lambda session: session.scalars(select(table)).all())


def counts(site):
    tables = (Ticket, JournalEntry, Receipt, Attachment)
    read = site.parts.database.read_now
    return [
        read(lambda session, table=table: session.scalar(select(func.count()).select_from(table))) for table in tables
    ]


def files(site):
    return [path for path in (site.parts.settings.data / "attachments").rglob("*") if path.is_file()]


def passed_on(client, channel="sms", token=None, **changes):
    headers = {"Authorization": f"Bearer {token or TOKENS[f'{channel}_token']}"}
    return client.post(f"/api/inbound/{channel}", data={**MESSAGE, **changes}, headers=headers)


def test_the_web_form_makes_a_draft_filled_out_of_the_citizens_words(site):
    client = site.client()
    upload = {"files": ("现场.png", PNG, "image/png")}
    answer = client.post("/api/web-form", data={**FORM, "confidential": "true"}, files=upload)
    assert answer.status_code == 201, answer.text
    (ticket,) = kept(site)
    assert answer.json()["number"] == ticket.number
    assert (ticket.channel, ticket.state, ticket.agent) == ("web", "draft", "")
    assert (ticket.content, ticket.nature, ticket.citizen_name) == (NOISE, "投诉", "李女士")
    assert (ticket.calling_number, ticket.callback_number) == ("13852706021", "13852706021")
    assert (ticket.district, ticket.matter1, ticket.confidential) == ("邗江区", "城市管理", True)
    assert ticket.summary.startswith("市民反映：")
    assert [line.action for line in kept(site, JournalEntry)] == ["create", "fill", "attach"]
    assert [file.name for file in kept(site, Attachment)] == ["现场.png"]


def test_its_citizen_alone_sees_how_far_it_is(site):
    client = site.client()
    filed = client.post("/api/web-form", json=FORM).json()
    path = f"/api/web-form/{filed['number']}"
    found = client.get(path, params={"code": filed["code"]}).json()
    assert (found["state_label"], found["answer"]) == ("已收到", "")
    assert set(found) == {"number", "state_label", "created_at", "updated_at", "answer"}
    assert client.get(path, params={"code": "00000000x"}).status_code == 404
    assert client.get("/api/web-form/20990101-00001", params={"code": filed["code"]}).status_code == 404
    for _ in range(8):
        client.get(path, params={"code": "x"})
    assert client.get(path, params={"code": filed["code"]}).status_code == 429


@pytest.mark.parametrize(
    ("state", "label", "answer"),
    [("conference", "办理中", ""), ("replied", "办理中", ""), ("to_call_back", "已办理，待回访", "已责令整改")],
)
def test_progress_tells_no_internal_affairs(site, state, label, answer):
    filed = site.client().post("/api/web-form", json=FORM).json()

    def change(session):
        ticket = session.scalars(select(Ticket)).one()
        ticket.state, ticket.reply, ticket.basis = State(state).value, "已责令整改", "内部依据"

    site.parts.database.submit(change).result(10)
    found = site.client().get(f"/api/web-form/{filed['number']}", params={"code": filed["code"]}).json()
    assert (found["state_label"], found["answer"]) == (label, answer)


def test_what_is_sent_again_is_filed_once(site):
    client = site.client()
    key = {"Idempotency-Key": "a-key-of-the-page"}
    first, again = (client.post("/api/web-form", json=FORM, headers=key) for _ in range(2))
    assert first.json() == again.json()
    assert client.post("/api/web-form", json={**FORM, "title": "另一件"}, headers=key).status_code == 409
    one, two = passed_on(client), passed_on(client)
    assert (one.status_code, one.json()) == (201, two.json())
    assert passed_on(client, content="另一件事，路灯不亮").status_code == 409
    assert passed_on(client, channel="wechat").json() != one.json()
    assert counts(site)[0] == 3


def test_danger_is_answered_with_whom_to_call(site):
    answer = site.client().post("/api/web-form", json={**FORM, "content": "家里煤气泄漏，味道很大，有人晕倒了"})
    assert answer.json()["advice"]
    assert kept(site)[0].urgency == "紧急"


def test_who_is_anonymous_leaves_no_number(site):
    client = site.client()
    anonymous = {"content": NOISE, "citizen_kind": "匿名", "wants_callback": False}
    assert client.post("/api/web-form", json=anonymous).status_code == 201
    ticket = kept(site)[0]
    assert (ticket.citizen_kind, ticket.wants_callback, ticket.calling_number) == ("匿名", False, "")
    assert client.post("/api/web-form", json={"content": NOISE}).json()["detail"].startswith("请留下联系电话")


def test_the_longest_address_that_there_is_fits_and_lists_mask_it(site):
    sender = f"{'a' * 240}@{'b' * 9}.com"
    assert passed_on(site.client(), channel="email", sender=sender).status_code == 201
    assert kept(site)[0].calling_number == sender
    assert [one["calling_number"] for one in site.client("admin").get("/api/tickets").json()["items"]] == [
        f"a***@{'b' * 9}.com"
    ]
    longer = passed_on(site.client(), channel="email", sender=f"a{sender}", message_id="m2")
    assert (longer.status_code, "1 到 254 个字" in longer.json()["detail"]) == (422, True)


def test_the_form_says_what_it_takes(make_site):
    says = make_site(attachment_mb=3).client().get("/api/web-form").json()
    assert (says["open"], says["least"], says["files"], says["bytes"]) == (True, 5, 5, 3 << 20)
    assert (says["most"]["content"], says["most"]["callback_number"], "png" in says["types"]) == (5000, 32, True)
    assert make_site(web_form_hourly=0).client().get("/api/web-form").json()["open"] is False


REFUSED = (
    ({**FORM, "website": "http://spam"}, 422, "website"),
    ({**FORM, "content": ""}, 422, "请写清发生了什么"),
    ({**FORM, "content": "长" * 5001}, 422, "最多 5000 字"),
    ({**FORM, "title": "长" * 101}, 422, "最多 100 字"),
    ({**FORM, "nature": "抱怨"}, 422, "可选：咨询"),
    ({**FORM, "department": "扬州市公安局"}, 422, "没有“department”"),
    ({**FORM, "confidential": "也许"}, 422, "是或否"),
    ({**FORM, "content": NOISE.encode("gbk").decode("latin-1")}, 422, "编码"),
    ({**FORM, "content": "\ufffd\ufffd\ufffd\ufffd\ufffd"}, 422, "编码"),
    ({**FORM, "content": ["x"]}, 422, "要填文字"),
    ({**FORM, "\ud800": "x"}, 422, "没有“”"),
    ([], 422, "一组字段"),
)


def test_a_form_that_is_wrong_is_refused_and_leaves_nothing(site, subtests):
    for told, status, why in REFUSED:
        with subtests.test(why=why):
            json_type = {"Content-Type": "application/json"}
            answer = site.client().post("/api/web-form", content=json.dumps(told), headers=json_type)
            assert answer.status_code == status, answer.text
            assert why in answer.json()["detail"]
    assert counts(site) == [0, 0, 0, 0]


def test_a_wrong_file_is_refused_and_nothing_of_the_request_stays(site, subtests):
    many = [("files", (f"{number}.png", PNG, "image/png")) for number in range(6)]
    for sent, why in (
        ([("files", ("一.png", PNG, "image/png")), ("files", ("二.exe", b"MZ", "image/png"))], "不能上传"),
        (many, "最多上传 5 个"),
    ):
        with subtests.test(why=why):
            answer = site.client().post("/api/web-form", data=FORM, files=sent)
            assert answer.status_code == 422
            assert why in answer.json()["detail"]
    assert counts(site) == [0, 0, 0, 0]
    assert files(site) == []


def test_hostile_words_are_kept_as_words(site):
    hostile = "<script>alert(1)</script>'; DROP TABLE tickets;--\x00\u202e 小区路灯不亮"
    assert passed_on(site.client(), content=hostile).status_code == 201
    assert kept(site)[0].content == "<script>alert(1)</script>'; DROP TABLE tickets;-- 小区路灯不亮"


def test_a_gateway_shows_its_token_before_anything_is_read(make_site):
    site = make_site(email_token="")
    client = site.client()
    assert passed_on(client, token="wrong").status_code == 401
    assert passed_on(client, token="wechat-secret").status_code == 401
    assert client.post("/api/inbound/sms", data=MESSAGE).status_code == 401
    assert client.post("/api/inbound/fax", data=MESSAGE).json()["detail"] == "没有这个渠道；可用：wechat、sms、email"
    assert "还没有开通" in passed_on(client, channel="email", token="x").json()["detail"]
    for changes in ({"message_id": ""}, {"sender": "x" * 255}, {"message_id": "x" * 1001}):
        assert passed_on(client, **changes).status_code == 422
    assert counts(site) == [0, 0, 0, 0]


def test_an_address_that_floods_the_form_is_held_up_and_a_closed_form_is_closed(make_site):
    client = make_site(web_form_hourly=2).client()
    told = [client.post("/api/web-form", json=FORM).status_code for _ in range(3)]
    assert told == [201, 201, 429]
    closed = make_site(web_form_hourly=0).client().post("/api/web-form", json=FORM)
    assert (closed.status_code, closed.json()["detail"]) == (403, "网上诉求暂未开放，请直接拨打 12345")


def test_bytes_that_are_no_form_are_a_problem(site, subtests):
    for kind, content in (
        ("application/json", b"{"),
        ("application/json", b'"\xff\xfe"'),
        ("application/json", b"[" * 100_000),
        ("application/json", b'{"content": ' + b"9" * 5000 + b"}"),
        ("multipart/form-data; boundary=x", b"--y\r\nnonsense"),
        ("multipart/form-data", b"no boundary"),
        ("text/plain", "内容".encode()),
        ("application/x-www-form-urlencoded", b"content=%ff%fe%ff%fe%ff%fe"),
    ):
        with subtests.test(kind=kind, content=content[:20]):
            answer = site.client().post("/api/web-form", content=content, headers={"Content-Type": kind})
            assert answer.status_code in (400, 422), answer.text
            assert answer.headers["content-type"] == "application/problem+json"
    assert counts(site) == [0, 0, 0, 0]


def test_what_it_suggests_is_what_a_call_would_be_told(site):
    number = passed_on(site.client(), content="扬州市住房公积金贷款额度是多少，需要什么材料？").json()["number"]
    client = site.client("wangli")
    ticket = kept(site)[0]
    told = client.get(f"/api/tickets/{ticket.id}/suggestions").json()
    assert ticket.number == number
    assert told["cards"]
    assert told["departments"][0]["name"] == "扬州市住房公积金管理中心"


def test_a_second_letter_within_hours_is_offered_as_a_repetition_and_stays_its_own_ticket(site):
    client = site.client()
    passed_on(client)
    passed_on(client, message_id="m2", content="京华城小区楼下烧烤店昨天夜里又营业到凌晨，还是很吵。")
    passed_on(client, message_id="m3", sender="13900000000", content="广陵区东关街路灯不亮，请来修一下。")
    first, second, _ = kept(site)
    found = site.client("wangli").get(f"/api/tickets/{second.id}/similar").json()
    assert [(one["ticket"]["id"], one["duplicate"]) for one in found] == [(first.id, True)]
    assert any("24 小时" in why for why in found[0]["why"])
    assert {ticket.state for ticket in kept(site)} == {"draft"}


def test_read_says_what_can_be_filled_in():
    with pytest.raises(TicketError, match="可填：nature"):
        inbound.read({"state": "closed"})
