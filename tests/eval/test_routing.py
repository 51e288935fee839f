"""`python -m eval routing`: its figures, and how it refuses a file."""

import json
from pathlib import Path

import pytest

from eval.__main__ import main

REQUESTS = Path(__file__).parents[1] / "classifier" / "requests.tsv"


def measured(path, *options):
    out = path.with_suffix(".json")
    assert main(["routing", str(path), "--encoder", "none", "--json", str(out), *options]) == 0
    return json.loads(out.read_text("utf8"))


def written(folder, *lines):
    path = folder / "asked.tsv"
    path.write_text("\n".join(lines) + "\n", "utf8")
    return path


def test_figures_agree_with_each_other(tmp_path):
    path = tmp_path / "requests.tsv"
    path.write_text(REQUESTS.read_text("utf8"), "utf8")
    found = measured(path)
    assert found["requests"] == 144
    assert 0.8 < found["top1"] <= found["top3"] <= 1
    assert found["coverage@0.6"] >= found["coverage@0.8"] >= found["coverage@0.95"] > 0
    assert found["accuracy@0.8"] > found["top1"]
    assert found["matter1"] >= found["matter2"] > 0.7


def test_counts_what_is_right_and_what_is_not(tmp_path, capsys):
    path = written(
        tmp_path,
        "text\tdepartment",
        "公积金怎么提取，买房用的\t扬州市住房公积金管理中心",
        "家里停水了，一点水都没有\t扬州市水利局|扬州市住房和城乡建设局",
        "户口迁移要带什么材料\t扬州市邮政管理局",
        "喂，你好\t月球管理局",
    )
    found = measured(path, "--wrong")
    assert found["top1"] == 0.5
    assert "matter1" not in found
    said = capsys.readouterr().out
    assert "月球管理局" in said
    assert "户口迁移" in said


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (("text\toffice", "停水\t扬州市水利局"), "缺少 department 这一列"),
        (("text\tdepartment",), "没有一条诉求"),
        (("text\tdepartment", "停水\t"), "第 2 行"),
        (("text\tdepartment", "停水\t扬州市水利局\t多"), "第 2 行：有 3 列，应为 2 列"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path, capsys, lines, says):
    assert main(["routing", str(written(tmp_path, *lines)), "--encoder", "none"]) == 2
    assert says in capsys.readouterr().out.replace("\n", "")


def test_a_missing_file_is_named(tmp_path, capsys):
    assert main(["routing", str(tmp_path / "nowhere.tsv"), "--encoder", "none"]) == 2
    assert "nowhere.tsv 读不出来" in capsys.readouterr().out.replace("\n", "")
