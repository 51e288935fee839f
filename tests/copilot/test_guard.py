"""Oversized and malformed requests against the real server: a clear problem, never a crash."""

import json
import socket

import pytest

from copilot.guard import BODY_MB, HEADERS


@pytest.fixture
def site(make_parts, serve):
    return serve(make_parts())


def raw(site, request):
    """What the server answers to these bytes: status and the rest."""
    host, port = site.address.split(":")
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def chunks(size):
    yield b'{"username": "'
    for _ in range(size // 65536):
        yield b"x" * 65536
    yield b'", "password": "x"}'


def test_a_body_too_large_is_refused_with_and_without_its_length(site):
    client = site.client()
    most = BODY_MB << 20
    for content in (b"x" * (most + 1), chunks(2 * most)):
        answer = client.post("/api/session", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
        assert answer.json()["detail"] == "一次最多提交 1 MB，请分开提交"


MALFORMED = (
    *("", "{", "null", "[]", '"x"', '{"username": 5, "password": []}', '{"username": "\\ud800", "password": "x"}'),
    *("[" * 100_000, json.dumps({"username": "x" * 65, "password": "x"}), b"\xff\xfe"),
)


def test_a_malformed_body_is_a_problem_in_chinese(site, subtests):
    for body in MALFORMED:
        with subtests.test(body=body[:40]):
            answer = site.client().post("/api/session", content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code in (400, 401, 422)
            assert answer.headers["content-type"] == "application/problem+json"
            assert any("\u4e00" <= character <= "\u9fff" for character in answer.json()["detail"])


WRONG = (
    ("GET", "/api/nothing", 404),
    ("DELETE", "/api/tickets", 405),
    ("GET", "/api/tickets/99999999999999999999", 422),
    ("GET", "/api/tickets/0", 422),
    ("GET", "/api/tickets?cursor=x", 422),
    ("GET", "/api/tickets?limit=1000", 422),
    ("GET", "/api/knowledge/search?q=", 422),
    ("GET", "/api/calls/none/audio?start=nan", 422),
    ("GET", "/api/calls/none/audio?start=-1", 422),
    ("GET", "/api/tickets?q=" + "%00", 200),
)


def test_a_wrong_address_or_number_is_a_problem(site, subtests):
    client = site.client("chenjie")
    for method, path, status in WRONG:
        with subtests.test(method=method, path=path):
            answer = client.request(method, path)
            assert answer.status_code == status, answer.text
            if status != 200:
                assert answer.headers["content-type"] == "application/problem+json"


NO_REQUESTS = (
    b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\nConnection: close\r\n\r\n",
    b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\nConnection: close\r\n\r\n",
    b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999999999999\r\nConnection: close\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64 + b"\r\n\r\n",
    b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
)


def test_bytes_that_are_no_request_are_answered_and_the_server_goes_on(site, subtests):
    client = site.client("wangli")
    for request in NO_REQUESTS:
        with subtests.test(request=request[:60]):
            status, _ = raw(site, request)
            assert 400 <= status < 500
            assert client.get("/api/session").status_code == 200


def test_every_answer_carries_the_security_headers(site):
    for path in ("/api/session", "/api/nothing", "/"):
        answer = site.client().get(path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
