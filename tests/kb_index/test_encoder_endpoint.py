"""An embedding endpoint: a real server with the packaged encoder behind it, and every way in which one fails."""

import json

import numpy as np
import pytest

from kb_index.article import KnowledgeError
from kb_index.encoders import endpoint
from kb_index.encoders.registry import create
from kb_index.search.build import build
from tests.kb_index.model_server import serving


@pytest.fixture(scope="module")
def use():
    return create("use")


@pytest.fixture
def server(use):
    with serving(use) as running:
        yield running


@pytest.fixture
def encoder(server):
    made = create(f"endpoint:{server.url}#use", "secret", 5.0)
    assert made.notice == ""
    return made


def test_vectors_come_in_the_order_of_the_texts_in_batches(server, encoder, use):
    texts = [f"第{number}条" for number in range(endpoint.BATCH + 3)]
    assert np.allclose(encoder.encode(texts), use.encode(texts), atol=1e-5)
    assert [len(body["input"]) for _, body, _ in server.asked] == [1, endpoint.BATCH, 3]
    assert {(path, body["model"], key) for path, body, key in server.asked} == {
        ("/v1/embeddings", "use", "Bearer secret")
    }


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ((401, b"{}"), "401"),
        ((500, b""), "500"),
        ((200, b"<html>"), "不可用"),
        ((200, b"[]"), "不是 JSON 对象"),
        ((200, b"{}"), "不合规范"),
        ((200, json.dumps({"data": []}).encode()), "应有 1 个向量"),
        ((200, json.dumps({"data": [{"index": 0, "embedding": [1, 0]}]}).encode()), "维度变了"),
        ((200, json.dumps({"data": [{"index": 0, "embedding": [None] * 512}]}).encode()), "不合规范|维度变了"),
    ],
)
def test_a_wrong_answer_is_an_error_that_says_why(server, encoder, broken, why):
    server.broken = broken
    with pytest.raises(KnowledgeError, match=why):
        encoder.encode(["停水"])


def test_after_a_failure_questions_are_spared_the_wait(server, encoder):
    server.broken = (503, b"")
    for _ in range(3):
        with pytest.raises(KnowledgeError):
            encoder.encode(["停水"], query=True)
    assert len(server.asked) == 2, "the first was learning the size, the second the failure"
    server.broken = None
    assert encoder.encode(["停水"]).shape == (1, encoder.size)
    assert encoder.encode(["停水"], query=True).shape == (1, encoder.size)


def test_one_that_is_not_there_is_done_without(use):
    with serving(use) as gone:
        address = gone.url
    made = create(f"endpoint:{address}#use")
    assert made.size == 0
    assert "不可用" in made.notice
    assert "检索只按字和读音进行" in made.notice


@pytest.mark.parametrize("place", ["", "ftp://a/v1#b", "https://a/v1", "not an address"])
def test_an_address_of_another_form_is_refused(place):
    made = create(f"endpoint:{place}")
    assert made.size == 0
    assert "https://地址/v1#模型名" in made.notice


def test_a_search_goes_on_by_words_while_it_fails(server, encoder, base, tmp_path):
    index = build(base[:8], encoder, tmp_path)
    sought = base[3].title
    assert set(index.search(sought, all_hits=True)[0].scores) >= {"characters", "pinyin", "vectors"}
    server.broken = (500, b"")
    hits = index.search(sought, all_hits=True)
    assert base[3].id in [hit.article.id for hit in hits]
    assert "vectors" not in hits[0].scores
    assert "500" in index.notice
