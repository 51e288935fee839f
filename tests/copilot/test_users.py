"""Users over HTTP: made, changed from a day on, disabled at once, changed back."""

from datetime import UTC, datetime, timedelta

import pytest
from websockets.exceptions import ConnectionClosed

from copilot import users
from copilot.configuration.versions import local_date
from copilot.tables import DoneOnce, User

CLERK = {"username": "liming", "name": "李明", "role": "department", "department": "邗江区城市管理局"}
WRONG = [
    ({"username": "admin"}, "已有人用"),
    ({"username": "李明"}, "username"),
    ({"role": "system"}, "角色可选：坐席（agent）"),
    ({"role": "king"}, "role"),
    ({"name": "\u200b"}, "请填写姓名"),
    ({"department": "幻想局"}, "没有“幻想局”"),
    ({"department": ""}, "请从承办单位列表选择"),
]


@pytest.fixture
def site(make_parts, serve):
    return serve(make_parts())


@pytest.fixture
def admin(site):
    return site.client("admin")


def edit(admin, username, version, **changes):
    return admin.patch(f"/api/users/{username}", json={"version": version, **changes})


def user_of(admin, username):
    return next(one for one in admin.get("/api/users").json() if one["username"] == username)


def test_a_new_user_gets_a_temporary_password_once_and_chooses_another(site, admin):
    key = {"Idempotency-Key": "k1"}
    made = admin.post("/api/users", json=CLERK, headers=key).json()
    again = admin.post("/api/users", json=CLERK, headers=key).json()
    assert (again["user"], again["password"]) == (made["user"], "")
    kept = site.parts.database.read_now(lambda session: session.get_one(DoneOnce, ("admin", "k1"))).answer
    assert made["password"] not in str(kept)
    client = site.client("liming", made["password"])
    who = client.get("/api/session").json()
    assert (who["temporary"], who["department"], who["may"]) == (
        True,
        "邗江区城市管理局",
        ["tickets", "export", "author"],
    )
    refused = client.get("/api/tickets")
    assert (refused.status_code, "先改成自己的密码" in refused.json()["detail"]) == (403, True)
    old = made["password"]
    wrong = [("x", "new-password-1"), (old, "short"), (old, old), (old, "liming-12345")]
    for given, wanted in wrong:
        assert client.post("/api/session/password", json={"old": given, "new": wanted}).status_code == 422
    other = site.client("liming", old)
    assert client.post("/api/session/password", json={"old": old, "new": "new-password-1"}).status_code == 204
    assert client.get("/api/session").json()["temporary"] is False
    assert client.get("/api/tickets").status_code == 200
    assert other.get("/api/session").status_code == 401
    site.client("liming", "new-password-1")


def test_what_is_wrong_with_a_new_user_is_said(admin):
    answers = [(admin.post("/api/users", json=CLERK | changes), said) for changes, said in WRONG]
    assert {answer.status_code for answer, _ in answers} == {422}
    assert [said for answer, said in answers if said not in answer.json()["detail"]] == []
    assert len(admin.get("/api/users").json()) == 13


def test_a_change_is_a_version_and_can_be_taken_back(site, admin):
    changed = edit(admin, "wangli", 0, role="team_leader", note="升任组长").json()
    assert (changed["role_label"], changed["version"]) == ("组长", 2)
    assert edit(admin, "wangli", 0, team="二组").status_code == 409
    assert "export" in site.client("wangli").get("/api/session").json()["may"]
    back = admin.post("/api/users/wangli/undo", json={"version": 2, "note": "误操作"}).json()
    assert (back["role"], back["version"]) == ("agent", 3)
    assert admin.post("/api/users/wangli/undo", json={"version": 2}).status_code == 409
    history = admin.get("/api/users/wangli/versions").json()
    assert [(one["version"], one["author"], one["note"], one["undoes"]) for one in history] == [
        (3, "admin", "误操作", 2),
        (2, "admin", "升任组长", None),
        (1, "", "原有账号", None),
    ]
    assert [one["body"]["role"] for one in history] == ["agent", "team_leader", "agent"]
    assert user_of(admin, "wangli")["team"] == "一组"


def test_a_user_who_is_disabled_is_out_at_once_and_can_be_let_in_again(site, admin):
    client = site.client("wangli")
    with site.socket("desk", client) as desk:
        assert edit(admin, "wangli", 0, active=False).json()["active"] is False
        with pytest.raises(ConnectionClosed):
            desk.recv(timeout=10)
    assert client.get("/api/session").status_code == 401
    credentials = {"username": "wangli", "password": "yangzhou-12345"}
    assert site.client().post("/api/session", json=credentials).status_code == 401
    edit(admin, "wangli", 2, active=True)
    site.client("wangli")


def test_a_change_from_tomorrow_on_waits_until_then(site, admin):
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    planned = edit(admin, "wangli", 0, team="二组", effective_from=str(local_date(tomorrow))).json()
    assert planned["team"] == "一组"
    database = site.parts.database

    def on(at):
        def settle(session):
            for row in users.due(session, at):
                users.settle(session, row, at)
            user = session.get_one(User, "wangli")
            return user.team, user.changes_at

        return database.submit(settle).result()

    assert on(datetime.now(UTC))[0] == "一组"
    assert on(tomorrow) == ("二组", None)


def test_a_change_that_is_taken_back_before_its_day_awaits_nobody(admin):
    tomorrow = local_date(datetime.now(UTC) + timedelta(days=1))
    assert edit(admin, "wangli", 0, team="二组", effective_from=str(tomorrow)).json()["changes_at"] is not None
    back = admin.post("/api/users/wangli/undo", json={"version": 2, "note": "写错了"}).json()
    assert (back["team"], back["changes_at"]) == ("一组", None)


def test_a_change_that_came_due_holds_at_the_next_request(site, admin):
    def plan(name, active):
        def change(session):
            made = datetime.now(UTC) - timedelta(days=2)
            row, later = session.get_one(User, name), local_date(made + timedelta(days=1))
            new = users.Profile(row.name, row.role, row.department, "二组", active)
            users.change(session, row, new, seen=0, effective_from=later, note="", author="admin", at=made)
            return row.team

        return site.parts.database.submit(change).result()

    client = site.client("wangli")
    assert (plan("wangli", False), plan("zhaomin", True), plan("qianjun", True)) == ("一组", "一组", "一组")
    assert client.get("/api/session").status_code == 401
    assert site.client("zhaomin").get("/api/session").json()["team"] == "二组"
    assert [user_of(admin, name)["team"] for name in ("wangli", "zhaomin", "qianjun")] == ["二组"] * 3


def test_the_last_administrator_stays(admin):
    for change in ({"active": False}, {"role": "agent"}):
        assert "最后一个可用的管理员" in edit(admin, "admin", 0, **change).json()["detail"]
    second = admin.post("/api/users", json={"username": "second", "name": "副管理员", "role": "admin"}).json()
    assert second["user"]["version"] == 1
    assert edit(admin, "admin", 0, name="老管理员").status_code == 200
    assert edit(admin, "second", 1, active=False).status_code == 200
    assert edit(admin, "admin", 2, active=False).status_code == 422


def test_a_password_is_reset_and_the_old_sessions_end(site, admin):
    client = site.client("wangli")
    given = admin.post("/api/users/wangli/password").json()["password"]
    assert client.get("/api/session").status_code == 401
    again = site.client("wangli", given)
    assert again.get("/api/session").json()["temporary"] is True
    with pytest.raises(ConnectionClosed) as closed, site.socket("desk", again) as socket:
        socket.recv(timeout=10)
    assert closed.value.rcvd.code == 4401


def test_only_administrators_manage_users_and_unknown_ones_are_named(site, admin):
    assert site.client("zhoutao").get("/api/users").status_code == 403
    assert admin.get("/api/users/nobody/versions").json()["detail"] == "没有用户“nobody”"
    assert edit(admin, "%00", 0, name="x").status_code == 404
