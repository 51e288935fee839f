"""`python -m eval search --scale`: the made base, what it is compared with, and the whole in small."""

import json
from itertools import islice

import numpy as np
import pytest

import kb_index
from copilot.rooms import room_data
from eval.__main__ import main
from eval.made import SLICES, Base, Projected
from eval.plain import Flat, Words
from eval.scale import batches
from kb_index.article import load

TEXTS = ["小区停水由供水公司抢修", "公积金可以提取", "夜间施工扰民由城管查处", "停水停水停水", "a"]


@pytest.fixture(scope="module")
def base():
    return Base(load(room_data(kb_index) / "articles"), 400)


def test_a_made_base_is_always_the_same_and_of_the_size_that_was_asked_for(base):
    articles = list(base.articles())
    assert articles == list(base.articles())
    assert sum(len(one.slices) for one in articles) == 400
    assert len({one.id for one in articles}) == len(articles) == 400 / SLICES
    assert len({part.text for one in articles for part in one.slices}) == 400
    assert base.questions(20) == base.questions(20)
    assert len(set(base.questions(20))) > 10


def test_articles_come_in_parts(base):
    assert [len(part) for part in islice(batches(base.article(number % 9) for number in range(5000)), 9)] == [4096, 904]


def test_projected_vectors_lie_near_where_words_are_shared():
    vectors = Projected().encode(["小区停水怎么办", "小区停水找谁", "公积金怎么提取"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert np.array_equal(Projected().encode(["小区停水找谁"])[0], vectors[1])


@pytest.mark.parametrize("parts", [[TEXTS], [TEXTS[:2], TEXTS[2:]]])
def test_the_plain_ones_find_what_shares_most(parts):
    words, flat = Words(parts), Flat(parts, Projected())
    assert words.search("提取公积金", 5)[0] == flat.search("公积金提取", 5)[0] == 1
    assert words.search("夜间施工", 2)[0] == 2
    assert set(words.search("停水", 2)) == {0, 3}


def test_plain_bm25_scores_as_its_formula_says():
    words = Words([["甲乙丙", "甲乙", "丙丁戊己"]])
    rarity, length = np.log(1 + 1.5 / 2.5), (2 + 1 + 3) / 3
    weights = [rarity * 2.5 / (1 + 1.5 * (0.25 + 0.75 * size / length)) for size in (2, 1)]
    key = int(np.flatnonzero(np.diff(words._starts) == 2)[0])
    found = words._weights[words._starts[key] : words._starts[key + 1]]
    assert np.allclose(found, weights, atol=1e-5)


def test_all_of_it_in_small(tmp_path, capsys):
    assert main(["search", "--scale", "200", "--encoder", "use", "--json", str(tmp_path / "out.json")]) == 0
    figures = json.loads((tmp_path / "out.json").read_text("utf8"))
    product, flat, words = figures["sizes"]["200"]
    assert [product["name"], flat["name"], words["name"]] == ["product", "faiss flat", "plain BM25"]
    assert product["recall"] == 1
    assert all(0 < row["ms"]["p50"] <= row["with_encoder_ms"]["p50"] for row in (product, flat))
    assert product["visible_ms"]["p50"] > 0
    assert figures["encoder"]["name"] == "use"
    assert "200 slices" in capsys.readouterr().out
