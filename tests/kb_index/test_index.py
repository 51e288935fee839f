"""Search over the starter base, with the packaged encoder."""

from datetime import date
from pathlib import Path

import pytest

import kb_index
from kb_index.article import KnowledgeError, load
from kb_index.build import build
from kb_index.encoder import create


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    return build(load(Path(kb_index.__file__).parent / "data" / "articles"), create(), tmp_path_factory.mktemp("index"))


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("楼下工地半夜施工吵得孩子睡不着", "夜间施工噪声扰民"),
        ("全款买房公积金怎么提取", "购房提取住房公积金"),
        ("闻到煤气味", "闻到燃气味怎么办"),
        ("小区挺水了没有水", "小区突然停水"),
    ],
)
def test_finds_even_through_homophones(index, query, title):
    assert index.search(query)[0].article.title == title


def test_below_the_threshold_nothing_is_shown(index):
    assert index.search("嗯嗯好的") == []
    assert index.search(" ") == []


def test_what_has_expired_is_never_found(index):
    assert index.search("停水", today=date(2030, 1, 1)) == []


def test_a_broken_file_is_named_by_line(tmp_path):
    (tmp_path / "x.jsonl").write_text('{"id": 1', "utf8")
    with pytest.raises(KnowledgeError, match=r"x\.jsonl 第 1 行"):
        load(tmp_path)
