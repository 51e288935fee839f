"""Rerankers: a folder of weights, an endpoint, and ways in which they cannot be had."""

import importlib.util
import json

import numpy as np
import pytest

from kb_index.article import KnowledgeError
from kb_index.encoders import reranking
from kb_index.encoders.registry import create as create_encoder
from kb_index.encoders.transformers import INSTALL
from tests.kb_index.model_server import serving

QUERY, TEXTS = "小区停水怎么办", ["停水由供水公司抢修", "公积金可以提取", "停水停水怎么办"]


@pytest.fixture(scope="module")
def server():
    with serving(create_encoder("use")) as running:
        yield running


def test_none_is_the_default():
    assert reranking.create() is None


def test_an_endpoints_chances_become_log_odds_in_the_order_of_the_texts(server):
    found = reranking.create(f"endpoint:{server.url}#use", "secret").scores(QUERY, TEXTS)
    asked, *rows = create_encoder("use").encode([QUERY, *TEXTS])
    chance = np.array([asked @ row for row in rows])
    assert np.allclose(found, np.log(chance / (1 - chance)), atol=1e-3)
    assert server.asked[-1][2] == "Bearer secret"
    assert found.argmax() == 2


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"index": 0, "relevance_score": 1}] * 3,
        [{"index": number} for number in range(3)],
        [{"index": number + 9, "relevance_score": 1} for number in range(3)],
    ],
)
def test_a_wrong_answer_is_an_error_that_says_why(server, rows):
    made = reranking.create(f"endpoint:{server.url}#use")
    server.broken = (200, json.dumps({"results": rows}).encode())
    with pytest.raises(KnowledgeError, match="重排服务的应答不合规范"):
        made.scores(QUERY, TEXTS)
    server.broken = (500, b"")
    with pytest.raises(KnowledgeError, match="500"):
        made.scores(QUERY, TEXTS)
    server.broken = None


def test_what_cannot_be_had_says_what_is_possible(tmp_path):
    for name, why in (
        ("bge", "可选"),
        ("endpoint:nowhere", "https://地址"),
        (f"folder:{tmp_path / 'no'}", "没有文件夹"),
    ):
        with pytest.raises(KnowledgeError, match=why):
            reranking.create(name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A tiny cross-encoder with a head of its own."""
    if importlib.util.find_spec("sentence_transformers") is None:
        pytest.skip(f"sentence-transformers is missing: {INSTALL}")
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    made = tmp_path_factory.mktemp("cross")
    letters = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(set(QUERY + "".join(TEXTS)))]
    (made / "vocab.txt").write_text("\n".join(letters), "utf8")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(letters),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(made)
    BertTokenizerFast(str(made / "vocab.txt")).save_pretrained(made)
    return made


def test_a_folders_scores_are_log_odds(folder):
    from sentence_transformers import CrossEncoder

    found = reranking.create(f"folder:{folder}").scores(QUERY, TEXTS)
    chances = CrossEncoder(str(folder), num_labels=1).predict([(QUERY, text) for text in TEXTS])
    assert found.dtype == np.float32
    assert len(set(found.tolist())) == len(TEXTS)
    assert np.allclose(1 / (1 + np.exp(-found)), chances, atol=1e-4)
    assert reranking.create(f"folder:{folder}").scores(QUERY, []).shape == (0,)
