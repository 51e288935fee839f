"""The emergency watch over sentences that are danger and sentences that only sound like it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.datafile import CatalogueError
from classifier.watch import Watch, rules

LINES = (Path(__file__).parent / "dangers.tsv").read_text("utf8").splitlines()
SENTENCES = [line.split("\t") for line in LINES if line and not line.startswith("#")]
DANGERS = [(kind, text) for kind, text in SENTENCES if kind != "-"]
HARMLESS = [text for kind, text in SENTENCES if kind == "-"]


@pytest.mark.parametrize(("kind", "text"), DANGERS)
def test_danger_alarms_with_its_own_words(kind, text):
    danger = Watch().check(text)
    assert danger is not None
    assert danger.kind == kind
    assert danger.quote in text


@pytest.mark.parametrize("text", HARMLESS)
def test_no_danger_no_alarm(text):
    assert Watch().check(text) is None


def test_every_kind_has_a_sentence_and_says_whom_to_connect():
    assert {rule.kind for rule in rules()} == {kind for kind, _ in DANGERS}
    assert all(rule.number in ("110", "119", "120", "122") and rule.number in rule.advice for rule in rules())


def test_a_draft_alarms_as_soon_as_the_words_are_there():
    whole = "我们楼道里有很重的煤气味好像是燃气泄漏了"
    first = next(end for end in range(len(whole)) if Watch().check(whole[:end]))
    assert whole[:first] == "我们楼道里有很重的煤气味"


def test_a_denial_covers_its_own_clause_only():
    assert Watch().check("没有漏气，是着火了") is not None
    assert Watch().check("不是我家，隔壁着火了") is not None


@given(st.text("没有不是漏气煤味着火了被困人掉河里去年万一怎么办，。", max_size=30))
def test_quotes_are_verbatim(text):
    danger = Watch().check(text)
    assert danger is None or danger.quote in text


@pytest.mark.parametrize("content", ["[[danger]]\nkind = '火灾'\n", "not toml", "[[danger]]\nkind=1\npatterns=['(']"])
def test_a_broken_file_is_refused_with_its_name(tmp_path, content):
    file = tmp_path / "dangers.toml"
    file.write_text(content, "utf8")
    with pytest.raises(CatalogueError, match=r"dangers\.toml 读不出来"):
        rules(file)
