"""Who may do what, on the real server: every route of the OpenAPI against every role."""

import json

import pytest
from argon2 import PasswordHasher
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from copilot.api import access
from copilot.api.throttle import Throttle
from copilot.tables import User

EVERYBODY = {
    "wangli",
    "qianjun",
    "sunjuan",
    "chenjie",
    "hanjiang",
    "zhoutao",
    "lihua",
    "xuting",
    "gaofeng",
    "admin",
}
AUTHORS = {"hanjiang", "xuting", "gaofeng"}
KEEPERS = AUTHORS  # who writes or reviews
REVIEWERS = {"gaofeng"}
FIRST_REVIEWERS = {"xuting", "gaofeng"}
RECALLERS = {"lihua", "gaofeng"}
LABELLERS = {"xuting", "gaofeng"}
ADJUDICATORS = {"gaofeng"}
CALLS = {"wangli", "qianjun"}
ADMIN = {"admin"}
TICKETS = EVERYBODY - AUTHORS | {"hanjiang"}
EXPORT = TICKETS - {"wangli", "lihua"}
NOT_OWN_CALLERS = TICKETS - {"wangli", "qianjun", "hanjiang"}
ROUTES = {
    "GET /api/health": EVERYBODY,
    "GET /api/session": EVERYBODY,
    "POST /api/session/password": EVERYBODY,
    "GET /api/calls/samples": EVERYBODY,
    "GET /api/calls/current": EVERYBODY,
    "GET /api/calls/{call}/ticket": EVERYBODY,
    "GET /api/calls/{call}/utterances": EVERYBODY,
    "GET /api/calls/{call}/decisions": EVERYBODY,
    "GET /api/calls/{call}/audio": EVERYBODY,
    "GET /api/knowledge/search": EVERYBODY,
    "GET /api/knowledge/choices": EVERYBODY,
    "GET /api/knowledge/articles": EVERYBODY,
    "GET /api/knowledge/articles/{article}": EVERYBODY,
    "POST /api/knowledge/articles": AUTHORS,
    "POST /api/knowledge/check": AUTHORS,
    "POST /api/knowledge/articles/{article}/versions": AUTHORS,
    "PUT /api/knowledge/articles/{article}/versions/{version}": AUTHORS,
    "POST /api/knowledge/articles/{article}/versions/{version}/acts/{action}": KEEPERS,
    "GET /api/knowledge/articles/{article}/versions": KEEPERS,
    "GET /api/knowledge/articles/{article}/compare": KEEPERS,
    "GET /api/knowledge/articles/{article}/journal": KEEPERS,
    "GET /api/knowledge/review": KEEPERS,
    "GET /api/knowledge/due": KEEPERS,
    "GET /api/knowledge/audits": REVIEWERS | ADMIN,
    "POST /api/knowledge/audits": REVIEWERS,
    "GET /api/knowledge/jobs/{job}": REVIEWERS | ADMIN,
    "GET /api/knowledge/export": REVIEWERS,
    "POST /api/knowledge/import-base": ADMIN,
    "GET /api/knowledge/encoder": REVIEWERS | ADMIN,
    "POST /api/knowledge/encoder": ADMIN,
    "POST /api/knowledge/imports": AUTHORS,
    "GET /api/knowledge/imports": AUTHORS,
    "GET /api/knowledge/imports/{number}": AUTHORS,
    "PUT /api/knowledge/imports/{number}/items/{item}": AUTHORS,
    "POST /api/knowledge/imports/{number}/take": AUTHORS,
    "DELETE /api/knowledge/imports/{number}": AUTHORS,
    "POST /api/knowledge/cut": AUTHORS,
    "POST /api/knowledge/answer": EVERYBODY,
    "GET /api/knowledge/said/{call}": EVERYBODY,
    "GET /api/knowledge/figures": EVERYBODY,
    "GET /api/knowledge/feedback": EVERYBODY,
    "GET /api/knowledge/asked": AUTHORS,
    "GET /api/knowledge/gaps": AUTHORS,
    "GET /api/knowledge/gaps/{gap}": AUTHORS,
    "POST /api/knowledge/gaps/{gap}/link": AUTHORS,
    "POST /api/knowledge/gaps/{gap}/hand_back": AUTHORS,
    "POST /api/knowledge/gaps/cluster": FIRST_REVIEWERS,
    "POST /api/knowledge/gaps/{gap}/assign": FIRST_REVIEWERS,
    "POST /api/knowledge/gaps/{gap}/reject": FIRST_REVIEWERS,
    "GET /api/knowledge/recalls": RECALLERS,
    "GET /api/knowledge/recalls/{recall}": RECALLERS,
    "GET /api/knowledge/recalls/{recall}/export": RECALLERS,
    "POST /api/knowledge/recalls/{recall}/items/{item}/done": RECALLERS,
    "GET /api/labelling/queues": LABELLERS,
    "POST /api/labelling/collect": LABELLERS,
    "POST /api/labelling/next": LABELLERS,
    "POST /api/labelling/release": LABELLERS,
    "GET /api/labelling/items/{item}": LABELLERS,
    "PUT /api/labelling/items/{item}/label": LABELLERS,
    "GET /api/labelling/items/{item}/clip": LABELLERS,
    "DELETE /api/labelling/labels/last": LABELLERS,
    "GET /api/labelling/progress": LABELLERS,
    "GET /api/labelling/agreement": LABELLERS,
    "GET /api/labelling/disputes": ADJUDICATORS,
    "POST /api/labelling/items/{item}/settle": ADJUDICATORS,
    "GET /api/labelling/annotators": ADJUDICATORS,
    "POST /api/labelling/assign": ADJUDICATORS,
    "GET /api/labelling/datasets": LABELLERS,
    "POST /api/labelling/datasets": ADJUDICATORS,
    "GET /api/labelling/datasets/{dataset}/download": ADJUDICATORS,
    "GET /api/labelling/datasets/{dataset}/compare": LABELLERS,
    "GET /api/departments": EVERYBODY,
    "GET /api/matters": EVERYBODY,
    "GET /api/phrases": EVERYBODY,
    "GET /api/tags": EVERYBODY,
    "GET /api/tickets": TICKETS,
    "POST /api/tickets": CALLS,
    "GET /api/tickets/queues": TICKETS,
    "GET /api/tickets/history": NOT_OWN_CALLERS,  # others for callers of the own desk alone
    "GET /api/tickets/export": EXPORT,
    "POST /api/tickets/bulk": TICKETS,
    "GET /api/tickets/{ticket}": TICKETS,
    "PATCH /api/tickets/{ticket}": TICKETS,
    "POST /api/tickets/{ticket}/actions/{action}": TICKETS,
    "POST /api/tickets/{ticket}/unmask": TICKETS,
    "GET /api/tickets/{ticket}/similar": TICKETS,
    "GET /api/tickets/{ticket}/suggestions": TICKETS,
    "POST /api/tickets/{ticket}/attachments": TICKETS,
    "GET /api/tickets/{ticket}/attachments/{attachment}": TICKETS,
    "GET /api/views": TICKETS,
    "POST /api/views": TICKETS,
    "DELETE /api/views/{view}": TICKETS,
    "POST /api/calls/simulate": CALLS,
    "POST /api/calls/{call}/answer": CALLS,
    "POST /api/calls/{call}/hangup": CALLS,
    "POST /api/calls/{call}/hold": CALLS,
    "POST /api/calls/{call}/mute": CALLS,
    "POST /api/calls/{call}/transfer": CALLS,
    "POST /api/calls/{call}/cards/{article}": CALLS,
    "GET /api/configuration": ADMIN,
    "GET /api/calendar/{year}": ADMIN,
    "POST /api/configuration/deadlines/trial": ADMIN,
    "GET /api/configuration/{kind}": ADMIN,
    "POST /api/configuration/{kind}": ADMIN,
    "GET /api/configuration/{kind}/{version}": ADMIN,
    "POST /api/configuration/{kind}/undo": ADMIN,
    "GET /api/users": ADMIN,
    "POST /api/users": ADMIN,
    "PATCH /api/users/{username}": ADMIN,
    "POST /api/users/{username}/password": ADMIN,
    "GET /api/users/{username}/versions": ADMIN,
    "POST /api/users/{username}/undo": ADMIN,
}
OPEN = {
    "POST /api/session",
    "DELETE /api/session",
    "GET /api/web-form",
    "POST /api/web-form",
    "GET /api/web-form/{number}",
}
TRIES = 10
BY_TOKEN = {"POST /api/inbound/{channel}"}
IN_PATH = {
    "{call}": "none",
    "{ticket}": "999",
    "{action}": "close",
    "{article}": "none",
    "{attachment}": "999",
    "{view}": "999",
    "{kind}": "none",
    "{version}": "1",
    "{username}": "nobody",
    "{year}": "2026",
    "{job}": "999",
    "{item}": "999",
    "{dataset}": "999",
    "{gap}": "999",
    "{recall}": "999",
}


@pytest.fixture
def site(make_parts, serve):
    return serve(make_parts())


def ask(client, route, body=None):
    method, path = route.split()
    for name, value in IN_PATH.items():
        path = path.replace(name, value)
    query = {"q": "停水", "number": "138"} if method == "GET" else None
    content = json.dumps(body or {}) if method != "GET" else None
    return client.request(method, path, params=query, content=content, headers={"Content-Type": "application/json"})


def test_every_route_has_its_roles(site):
    paths = site.client().get("/api/openapi.json").json()["paths"]
    assert {f"{method.upper()} {path}" for path, ways in paths.items() for method in ways} == set(
        ROUTES
    ) | OPEN | BY_TOKEN
    visitor = site.client()
    assert {route: ask(visitor, route).status_code for route in ROUTES} == dict.fromkeys(ROUTES, 401)
    for user in EVERYBODY:
        client = site.client(user)
        for route, allowed in ROUTES.items():
            answer = ask(client, route)
            assert (answer.status_code == 403) == (user not in allowed), route
            assert answer.status_code < 500, route


def test_a_refusal_is_a_problem_in_chinese(site):
    answer = ask(site.client("chenjie"), "POST /api/calls/simulate")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "“接听来电”需要坐席、组长身份，您现在是派单员"


def test_the_session_says_what_the_role_opens(site):
    who = site.client("hanjiang").get("/api/session").json()
    assert who == {
        "username": "hanjiang",
        "name": "韩江",
        "role": "department",
        "role_label": "承办单位",
        "department": "邗江区城市管理局",
        "team": "",
        "pages": ["tickets", "knowledge"],
        "may": ["tickets", "export", "author"],
        "bulk": ["sign"],
        "temporary": False,
    }


@pytest.mark.parametrize("username", ["chenjie", "admin"])
def test_only_who_answers_calls_speaks_as_a_citizen(site, username):
    with site.socket("line/browser", site.client(username)) as line:
        with pytest.raises(ConnectionClosed) as closed:
            line.recv(timeout=10)
    assert closed.value.rcvd.code == 4401


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(site):
    answer = site.client().post("/api/session", json={"username": "wangli", "password": "yangzhou-12345"})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_unknown_and_wrong_look_alike_and_five_wrong_ones_lock(site):
    client = site.client()

    def attempt(username, password):
        answer = client.post("/api/session", json={"username": username, "password": password})
        return answer.status_code, answer.json().get("detail")

    assert attempt("nobody", "x") == attempt("wangli", "x") == (401, "用户名或密码不对，请检查后重试")
    for _ in range(4):
        attempt("wangli", "x")
    assert attempt("wangli", "yangzhou-12345")[0] == 423
    assert attempt("zhaomin", "yangzhou-12345")[0] == 200


def test_passwords_are_kept_at_the_cost_that_argon2_advises(monkeypatch, full_cost, make_parts, serve):
    for name, value in full_cost.items():
        monkeypatch.setattr(access, name, value)
    site = serve(make_parts())
    assert site.client("wangli").get("/api/session").status_code == 200
    kept = site.parts.database.read_now(lambda session: session.get_one(User, "wangli").password)
    for hashed in (kept, access.NOBODY):
        assert not PasswordHasher().check_needs_rehash(hashed)
    wrong = {"username": "wangli", "password": "x"}
    assert site.client().post("/api/session", json=wrong).status_code == 401


def test_where_there_are_users_a_start_hashes_nothing(monkeypatch, make_parts, serve):
    assert serve(make_parts()).client().get("/api/session").status_code == 401
    monkeypatch.setattr(access, "_hasher", None)
    assert serve(make_parts()).client().get("/api/session").status_code == 401


def test_an_address_that_keeps_guessing_is_held_up(site):
    client = site.client()
    answers = [
        client.post("/api/session", json={"username": f"u{n}", "password": "x"}).status_code for n in range(TRIES + 1)
    ]
    assert answers == [401] * TRIES + [429]
    refused = client.post("/api/session", json={"username": "wangli", "password": "yangzhou-12345"})
    assert 0 < int(refused.headers["retry-after"]) <= 61


def test_the_hold_up_ends():
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    for _ in range(TRIES):
        throttle.note("a")
    assert throttle.wait("a") > 0
    assert throttle.wait("b") == 0
    now[0] = 61.0
    assert throttle.wait("a") == 0


def test_signing_out_closes_the_open_desk(site):
    client = site.client("wangli")
    with site.socket("desk", client) as desk:
        assert client.delete("/api/session").status_code == 204
        with pytest.raises(ConnectionClosed) as closed:
            desk.recv(timeout=10)
    assert closed.value.rcvd.code == 4401
    assert client.get("/api/session").status_code == 401


def test_a_desk_closes_when_its_session_ends_on_another_server(make_parts, serve, tmp_path):
    here, there = serve(make_parts()), serve(make_parts(database_url=f"sqlite:///{tmp_path / 'copilot.db'}"))
    client = here.client("wangli")
    with here.socket("desk", client) as desk:
        elsewhere = there.client()
        elsewhere.cookies.update(client.cookies)
        assert elsewhere.delete("/api/session").status_code == 204
        with pytest.raises(ConnectionClosed) as closed:
            desk.recv(timeout=10)
    assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}])
def test_a_desk_opens_for_our_own_signed_in_page_alone(site, headers):
    client = site.client("wangli") if headers else None
    cookies = {"Cookie": "; ".join(f"{k}={v}" for k, v in client.cookies.items())} if client else {}
    with connect(f"ws://{site.address}/api/desk", additional_headers={**cookies, **headers}, proxy=None) as desk:
        with pytest.raises(ConnectionClosed) as closed:
            desk.recv(timeout=10)
    assert closed.value.rcvd.code == 4401
