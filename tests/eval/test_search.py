"""`python -m eval search`, end to end on small files."""

import json

import numpy as np
import pytest

from eval.__main__ import main
from eval.ablation import VARIANTS, told, verdict
from eval.noise import Homophones
from eval.ranking import Ranking, interval
from kb_index.search.index import SCORERS

DOCS = [
    {"id": "water", "title": "停水", "text": "小区停水由供水公司抢修，计划停水会提前通知。"},
    {"id": 2, "title": "公积金", "text": "购房可以提取住房公积金，带身份证和购房合同。"},
    {"id": "noise", "text": "夜间施工扰民由城管部门查处。"},
]
QUERIES = [
    {"text": "家里没水了，小区是不是停水", "relevant": ["water"]},
    {"text": "买房提取公积金带什么", "relevant": [2]},
    {"text": "夜里施工太吵", "relevant": ["noise", "water"]},
]


@pytest.fixture
def search(tmp_path, capsys):
    """Runs the command over rows (objects or raw lines); gives exit status, figures and what was complained of."""

    def run(docs, queries, *more):
        for name, rows in (("docs", docs), ("queries", queries)):
            lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
            (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), "utf8")
        files = ["--docs", str(tmp_path / "docs.jsonl"), "--queries", str(tmp_path / "queries.jsonl")]
        status = main(["search", *files, "--json", str(tmp_path / "out.json"), "--encoder", "use", *more])
        file = tmp_path / "out.json"
        figures = json.loads(file.read_text("utf8")) if file.exists() else None
        return status, figures, capsys.readouterr().err.replace("\n", "")

    return run


def test_every_scorer_and_the_fusion_are_measured(search):
    status, figures, _ = search(DOCS, QUERIES)
    assert status == 0
    assert (figures["docs"], figures["queries"]) == (3, 3)
    assert list(figures["scorers"]) == ["characters", "pinyin", "vectors", "fusion"]
    fused = figures["scorers"]["fusion"]
    assert fused["recall@1"] == pytest.approx((1 + 1 + 0.5) / 3, abs=1e-4)
    assert fused["recall@10"] == fused["mrr@10"] == 1
    assert 0 < fused["p50_ms"] <= fused["p95_ms"]
    assert figures["index_s"] > 0


def test_one_scorer_can_be_asked_for(search):
    figures = search(DOCS, QUERIES, "--scorer", "pinyin")[1]
    assert list(figures["scorers"]) == ["pinyin"]
    assert "verdict" not in figures


def test_every_scorer_is_left_out_misheard_and_compared(search):
    figures = search(DOCS, QUERIES)[1]
    assert list(figures["noise"]) == ["0", "0.1", "0.2"]
    assert all(set(rows) == set(VARIANTS) for rows in figures["noise"].values())
    assert figures["noise"]["0"]["fusion"]["recall@1"] == figures["scorers"]["fusion"]["recall@1"]
    low, high = figures["noise"]["0"]["pinyin"]["recall@1_95"]
    assert low <= figures["noise"]["0"]["pinyin"]["recall@1"] <= high
    assert set(figures["verdict"]) == {"best", "ahead", "misheard", "beats_best", "within_2_points"}


def ranked(*ranks):
    ranking = Ranking()
    for rank in ranks:
        ranking.add(["-"] * (rank - 1) + ["right"], {"right"}, 0.0)
    return ranking


@pytest.mark.parametrize(
    ("fused", "misheard", "beats", "within"),
    [([1] * 100, [1] * 98 + [2] * 2, True, True), ([1] * 60 + [2] * 40, [1] * 57 + [2] * 43, False, False)],
)
def test_the_verdict_holds_the_fusion_to_its_bars(fused, misheard, beats, within):
    alone = {name: ranked(*[1] * 60, *[2] * 40) for name in SCORERS}
    found = verdict({"0": alone | {"fusion": ranked(*fused)}, "0.1": alone | {"fusion": ranked(*misheard)}})
    assert (found["beats_best"], found["within_2_points"]) == (beats, within)
    assert found["ahead"]["pinyin"]["recall@1"] == pytest.approx(0.4 if beats else 0.0)
    assert "2 points" in told(found)


def test_an_interval_narrows_with_more_questions():
    few, many = (interval(np.tile([0.0, 1.0], count)) for count in (10, 1000))
    assert few[0] < many[0] < 0.5 < many[1] < few[1]


def test_an_unknown_encoder_says_what_there_is(search):
    status, _, complaint = search(DOCS, QUERIES, "--encoder", "bert")
    assert status == 2
    assert "没有编码器 bert" in complaint


@pytest.mark.parametrize(
    ("docs", "queries", "complaint"),
    [
        ([], QUERIES, "docs.jsonl is empty"),
        (DOCS, [], "queries.jsonl is empty"),
        ([*DOCS, '{"id": 3,'], QUERIES, "docs.jsonl line 4: not JSON"),
        ([*DOCS, "[]"], QUERIES, "docs.jsonl line 4: not a JSON object"),
        ([*DOCS, DOCS[0]], QUERIES, "docs.jsonl line 4: id water stands twice"),
        ([*DOCS, {"title": "x", "text": "y"}], QUERIES, "docs.jsonl line 4: id is missing"),
        ([*DOCS, {"id": "x", "title": "", "text": " "}], QUERIES, "docs.jsonl line 4: neither title nor text"),
        ([*DOCS, {"id": "x", "title": "y"}], QUERIES, "docs.jsonl line 4: text must be a string"),
        (DOCS, [{"text": "x", "relevant": ["fire"]}], "queries.jsonl line 1: relevant id fire is not among"),
        (DOCS, [{"text": "x", "relevant": []}], "queries.jsonl line 1: relevant must be a list"),
        (DOCS, [{"text": " ", "relevant": [2]}], "queries.jsonl line 1: text is empty"),
    ],
)
def test_bad_input_names_file_and_line(search, docs, queries, complaint):
    status, figures, said = search(docs, queries)
    assert status == 2
    assert figures is None
    assert complaint in said


def test_a_missing_file_and_missing_options_are_refused(tmp_path, capsys):
    assert main(["search", "--docs", str(tmp_path / "no.jsonl"), "--queries", str(tmp_path / "no.jsonl")]) == 2
    assert "no.jsonl" in capsys.readouterr().err.replace("\n", "")
    assert main(["search"]) == 2
    assert "--queries" in capsys.readouterr().err


def test_figures_of_a_ranking():
    ranking = Ranking()
    ranking.add(["a", "b"], {"b"}, 0.001)
    ranking.add(["c"], {"d"}, 0.003)
    assert ranking.figures() == {
        "recall@1": 0.0, "recall@5": 0.5, "recall@10": 0.5, "mrr@10": 0.25, "p50_ms": 2.0, "p95_ms": 2.9,
    }  # fmt: skip


def test_noise_swaps_homophones_and_nothing_else():
    swaps = Homophones(["停挺" * 9])
    assert swaps.swap("停水abc", 0.0) == "停水abc"
    assert swaps.swap("停水abc", 1.0) == "挺水abc"
