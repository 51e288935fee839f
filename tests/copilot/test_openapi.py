"""Requests made up from the OpenAPI document: whatever is sent, the server answers, in words, and goes on."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

USERS = ("wangli", "sunjuan", "hanjiang", "admin")
LONG = {"/api/calls/simulate"}  # begins a call that would be heard for a minute
SIGNING = ("/api/session", "/api/users")  # asked last: they sign the users out
MADE_UP = settings(
    max_examples=5,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def site(make_parts, serve):
    return serve(make_parts())


def test_no_made_up_request_brings_the_server_down(site):
    document = schemathesis.openapi.from_dict(site.client().get("/api/openapi.json").json())
    operations = [found.ok() for found in document.get_all_operations() if found.ok().path not in LONG]
    operations.sort(key=lambda operation: operation.path.startswith(SIGNING))
    clients = [site.client(name) for name in USERS]
    cookies = [dict(client.cookies) for client in clients]
    onlooker = site.client("chenjie")  # signed in before made-up sign-ins hold the address up
    asked = set()

    def ask(case, cookie):
        answer = case.call(base_url=f"http://{site.address}", cookies=cookie)
        asked.add(case.operation.label)
        assert answer.status_code < 500, (case.operation.label, case.body, answer.text)
        if answer.status_code >= 400:
            assert "application/problem+json" in answer.headers["content-type"], case.operation.label
            assert any("\u4e00" <= character <= "\u9fff" for character in answer.json()["detail"]), answer.text

    for operation in operations:
        MADE_UP(given(operation.as_strategy(), st.sampled_from(cookies))(ask))()
    assert asked == {operation.label for operation in operations}
    assert onlooker.get("/api/tickets").status_code == 200


def test_every_route_of_the_tickets_is_described_with_an_example(site):
    document = site.client().get("/api/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), (method, path)
    shown = {name for name, schema in document["components"]["schemas"].items() if "example" in str(schema)}
    assert {"New", "Edit", "Act", "Bulk", "Unmask"} <= shown
