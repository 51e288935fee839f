"""Routing of requests in citizens' words, none of which the router has learnt from."""

import csv
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

import classifier
import telephony
from classifier.calibration import Mixture, expected_calibration_error
from classifier.catalogue import load
from classifier.router import NOTHING, Router
from kb_index.encoders.registry import create

DATA = Path(classifier.__file__).parent / "data"
CALLS = Path(telephony.__file__).parent / "data"


@pytest.fixture(scope="module")
def catalogue():
    return load(DATA / "catalogue.csv")


@pytest.fixture(scope="module")
def by_words(catalogue):
    return Router.train(catalogue)


@pytest.fixture(scope="module")
def use():
    encoder = create("use")
    assert encoder.size, encoder.notice
    return encoder


@pytest.fixture(scope="module")
def by_meaning(built):
    """The router of the product, whose vectors are kept."""
    return built.router


@pytest.fixture(scope="module")
def requests():
    with Path(__file__).with_name("requests.tsv").open(encoding="utf8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def accuracy(router, requests):
    routings = [router.route(row["text"]) for row in requests]
    names = [[found.name for found in routing.departments] for routing in routings]
    return {
        "first": np.mean([row["department"] in found[:1] for row, found in zip(requests, names, strict=True)]),
        "three": np.mean([row["department"] in found for row, found in zip(requests, names, strict=True)]),
        "nature": np.mean([row["nature"] == got.nature for row, got in zip(requests, routings, strict=True)]),
        "error": expected_calibration_error(
            [routing.departments[0].score if routing.departments else 0.0 for routing in routings],
            [row["department"] in found[:1] for row, found in zip(requests, names, strict=True)],
        ),
    }


def test_words_alone_find_most_departments(by_words, requests):
    found = accuracy(by_words, requests)
    assert found["first"] > 0.8
    assert found["three"] > 0.92
    assert found["nature"] > 0.82


def test_meaning_finds_more_and_scores_are_chances(by_meaning, requests):
    found = accuracy(by_meaning, requests)
    assert found["first"] > 0.86
    assert found["three"] > 0.95
    assert found["error"] < 0.12


@pytest.mark.parametrize("call", tomllib.loads((CALLS / "calls.toml").read_text("utf8"))["call"], ids=lambda c: c["id"])
def test_sample_calls_go_to_their_department(by_words, call):
    turns = [json.loads(line) for line in (CALLS / f"{call['id']}.jsonl").read_text("utf8").splitlines()]
    said = "。".join(turn["text"] for turn in turns if turn["who"] == "caller")
    assert by_words.route(said).departments[0].name == call["expect_department"]


def test_three_departments_with_the_line_that_names_them(by_words):
    routing = by_words.route("我住在邗江区，楼下工地半夜还在施工，吵得睡不着")
    assert [d.name for d in routing.departments][0] == "邗江区城市管理局"
    assert len({d.name for d in routing.departments}) == 3
    assert routing.departments[0].basis.startswith("城市管理/夜间施工噪声：")
    assert sum(d.score for d in routing.departments) <= 1


def test_every_quote_was_said(by_words, requests):
    for row in requests:
        routing = by_words.route(row["text"])
        assert all(quote and quote in row["text"] for quote in routing.quotes.values()), row["text"]


def test_quotes_are_the_words_that_decided(by_words):
    routing = by_words.route("你好，我要投诉，我在江都区，一家健身房关门了，卡里的钱不退")
    assert routing.quotes["nature"] == "要投诉"
    assert routing.quotes["district"] == "江都"
    assert routing.quotes["matter"] in ("一家健身房关门了", "卡里的钱不退")


def test_asks_for_the_district_when_it_decides(by_words):
    said = "工地半夜还在施工，打桩吵得睡不着"
    assert "哪个区" in by_words.route(said).question
    assert by_words.route(f"{said}，我在广陵区").question == ""
    assert by_words.route("公积金怎么提取，买房用的").question == ""


def test_asks_between_two_matters_that_are_close(by_words):
    routing = by_words.route("小区里面太吵了")
    assert routing.departments[0].score < 0.6
    assert routing.question.count("“") == 2


@pytest.mark.parametrize("text", ["", "喂，你好", "嗯嗯，好的，谢谢", "我姓李，电话13852706021"])
def test_nothing_said_is_nothing_routed(by_words, text):
    assert by_words.route(text) == NOTHING


def test_same_catalogue_same_router(catalogue, by_words):
    said = "隔壁饭店的烟道对着我家窗户"
    assert Router.train(catalogue).route(said) == by_words.route(said)


def test_learns_phrases_from_elsewhere(catalogue, by_words):
    said = "麒麟阁的铜铃"
    more = ((("文旅", "文物保护"), "麒麟阁的铜铃被人拿走了"), (("没有", "这条"), "不要紧"))
    assert by_words.route(said).matter != ("文旅", "文物保护")
    assert Router.train(catalogue, more=more).route(said).matter == ("文旅", "文物保护")


def test_vectors_are_kept_and_belong_to_their_phrases(tmp_path, catalogue, use):
    small = type(catalogue)(catalogue.lines[:3], catalogue.departments)
    encode = use.encode
    first = Router.train(small, encode, tmp_path).route("半夜施工")
    assert Router.train(small, encode, tmp_path).route("半夜施工") == first
    Router.train(type(catalogue)(catalogue.lines[:4], catalogue.departments), encode, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_catalogue_without_examples_still_routes(catalogue):
    routing = Router.train(type(catalogue)(catalogue.lines, catalogue.departments)).route("小区停水了，一点水都没有")
    assert routing.departments[0].name == "扬州市住房和城乡建设局"
    assert routing.nature == ""


def test_mixture_trusts_the_matcher_that_is_right():
    chance = np.random.default_rng(5)
    truth = chance.integers(0, 4, 60)
    good, noise = np.eye(4)[truth] + chance.normal(0, 0.2, (60, 4)), chance.normal(0, 1, (60, 4))
    mixture = Mixture.fit([good, noise], truth.tolist())
    assert mixture.weights[0] > 10 * mixture.weights[1]
    assert np.allclose(mixture.chances([good, noise]).sum(axis=1), 1)


def test_calibration_error_is_the_gap_between_sureness_and_truth():
    assert expected_calibration_error([0.75] * 4, [True, True, True, False]) == pytest.approx(0)
    assert expected_calibration_error([1.0, 1.0], [True, False]) == pytest.approx(0.5)


def test_a_stammered_greeting_costs_nothing(by_words):
    assert (
        by_words.route("你好" * 2000 + "我，我家停水了，一点水都没有").departments[0].name == "扬州市住房和城乡建设局"
    )
