"""The shipped articles and the questions that measure their search: complete, marked as examples, consistent."""

import csv
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

import kb_index
from kb_index.article import load
from kb_index.slicing import stretches

ROOT = Path(kb_index.__file__).parents[1]
ARTICLES = load(Path(kb_index.__file__).parent / "data" / "articles")
BODY = range(80, 221)
# Official names that issue guidance but are nobody's place to dispatch a ticket to.
ALSO_ISSUES = {"江苏省通信管理局", "扬州市档案馆"}
PUBLIC_NUMBERS = set(
    "110 119 120 122 12122 12123 12300 12305 12306 12309 12315 12321 12329 12338 12345 12348 12351 12356 12366 12368"
    " 12378 12388 95598 96110".split()
)


def table(path: str, delimiter: str = ",") -> list[dict[str, str]]:
    lines = [line for line in (ROOT / path).read_text("utf8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter=delimiter))


def said(article) -> str:
    return " ".join([article.title, *article.questions, article.body])


@pytest.fixture(scope="module")
def questions():
    return table("tests/kb_index/questions.tsv", "\t")


def test_there_are_enough_articles_numbered_without_a_gap():
    numbers = sorted(int(article.id.removeprefix("ZS-")) for article in ARTICLES)
    assert len(numbers) >= 150
    assert all(after == before + 1 for before, after in pairwise([0, *numbers]))


@pytest.mark.parametrize(
    ("number", "title"),
    [("ZS-0001", "夜间施工噪声扰民"), ("ZS-0006", "购房提取住房公积金"), ("ZS-0052", "诉讼、仲裁事项的途径")],
)
def test_a_number_keeps_its_article(number, title):
    assert [article.title for article in ARTICLES if article.id == number] == [title]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_an_article_is_complete_and_marked_as_an_example(article):
    assert all([article.title, article.clause, article.region, article.tags, *article.questions])
    assert 2 <= len(article.questions) <= 4
    assert len(article.body) in BODY
    assert article.source.startswith("示例：")
    assert article.issuer in article.source
    assert article.clause == "示例条款" or article.clause.startswith("《")
    assert article.version >= 1


def test_titles_and_questions_are_told_apart():
    heads = [head for article in ARTICLES for head in (article.title, *article.questions)]
    assert sorted(heads) == sorted(set(heads))


def test_every_article_is_valid_for_a_while():
    for article in ARTICLES:
        assert article.valid_from < article.valid_to, article.id
        assert article.valid(date(2026, 12, 1)), article.id


def test_issuers_are_official_names():
    official = ALSO_ISSUES | {row["name"] for row in table("classifier/data/departments.csv")}
    assert {article.issuer for article in ARTICLES} <= official


def test_matters_speak_the_words_of_the_dispatch_catalogue():
    known = {(row["matter1"], row["matter2"]) for row in table("classifier/data/catalogue.csv")}
    assert {article.matter for article in ARTICLES} <= known


def test_only_public_numbers_are_told():
    told = {number for article in ARTICLES for number in re.findall(r"\d[\d-]{2,}", said(article))}
    assert told <= PUBLIC_NUMBERS


def test_slices_say_the_whole_body():
    for article in ARTICLES:
        assert [part.text for part in article.slices] == [article.body]
        assert "".join(stretches(article.body)) == article.body


def test_questions_ask_for_articles_that_exist(questions):
    asked = {row["article"] for row in questions if row["article"]}
    assert asked <= {article.id for article in ARTICLES}
    assert len(asked) >= len(ARTICLES) * 2 / 3


def test_some_questions_have_no_answer(questions):
    assert sum(not row["article"] for row in questions) >= 25


def test_questions_are_not_the_articles_own_words(questions):
    indexed = {head for article in ARTICLES for head in (article.title, *article.questions)}
    assert not indexed & {row["question"] for row in questions}
