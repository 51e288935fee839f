"""Saved views belong to who made them."""

import pytest

QUERY = {"state": ["in_review", "to_dispatch"], "district": "邗江区"}


@pytest.fixture
def site(make_parts, serve):
    return serve(make_parts())


def test_a_view_is_kept_replaced_by_name_and_deleted(site):
    mine, other = site.client("sunjuan"), site.client("chenjie")
    first = mine.post("/api/views", json={"name": " 邗江 ", "query": QUERY}).json()
    assert mine.get("/api/views").json() == [{"id": first["id"], "name": "邗江", "query": QUERY}]
    again = mine.post("/api/views", json={"name": "邗江", "query": {}}).json()
    assert (again["id"], again["query"]) == (first["id"], {})
    assert other.get("/api/views").json() == []
    assert other.delete(f"/api/views/{first['id']}").status_code == 404
    assert mine.delete(f"/api/views/{first['id']}").status_code == 204
    assert mine.get("/api/views").json() == []


def test_there_is_a_most_and_a_name_is_wanted(site):
    client = site.client("sunjuan")
    assert client.post("/api/views", json={"name": " \u200b", "query": {}}).status_code == 422
    codes = [client.post("/api/views", json={"name": f"视图{n}", "query": {}}).status_code for n in range(51)]
    assert codes == [201] * 50 + [422]
