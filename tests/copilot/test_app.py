"""The built pages, each at its address, and what no page is."""

import pytest

from copilot.app import STATIC


@pytest.fixture
def client(make_parts, serve):
    return serve(make_parts()).client()


@pytest.mark.parametrize(
    ("path", "title"), [("/", "12345 坐席助手"), ("/tickets/7", "12345 坐席助手"), ("/form", "网上诉求")]
)
def test_each_page_has_its_address(client, path, title):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert title in answer.text


def test_a_file_of_an_older_page_is_not_there_rather_than_a_page(client):
    built = next(path.name for path in (STATIC / "assets").glob("*.js"))
    assert "javascript" in client.get(f"/assets/{built}").headers["content-type"]
    gone = client.get("/assets/form-00000000.js")
    assert (gone.status_code, "刷新" in gone.json()["detail"]) == (404, True)
    assert client.get("/api/nothing").json()["detail"] == "没有这个接口"
    assert client.get("/..%2f..%2fpyproject.toml").status_code == 404
