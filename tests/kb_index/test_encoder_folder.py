"""A folder of sentence-transformers weights: the packaged e5 written as one, and folders that cannot be used."""

import json
import shutil
import sys

import pytest

from kb_index.encoders.e5 import LONGEST
from kb_index.encoders.registry import create
from kb_index.encoders.transformers import fingerprint

TEXTS = ["小区突然停水怎么办", "公积金怎么提取", "ABC １２３", "我家 在\n三楼", "施工噪声" * (LONGEST // 8)]


@pytest.mark.parametrize("query", [True, False])
def test_vectors_are_those_of_the_weights_that_it_was_made_from(folder_encoder, query):
    made, packaged = folder_encoder.encode(TEXTS, query), create("e5")
    assert (made * packaged.encode(TEXTS, query)).sum(axis=1).min() > 0.99
    assert (made * packaged.encode(TEXTS, not query)).sum(axis=1).max() < 0.999, "prompts differ"


def test_other_weights_in_the_same_folder_are_another_encoder(tmp_path):
    (tmp_path / "config.json").write_text("{}", "utf8")
    (tmp_path / "model.safetensors").write_bytes(bytes(3 << 20))
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    (tmp_path / "model.safetensors").write_bytes(bytes((3 << 20) - 1) + b"1")
    assert fingerprint(tmp_path) != before


def test_a_folder_that_cannot_be_read_is_done_without(e5_folder, tmp_path):
    shutil.copytree(e5_folder, tmp_path / "cut")
    file = tmp_path / "cut" / "model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    made = create(f"folder:{tmp_path / 'cut'}")
    assert made.size == 0
    assert "模型读不出来" in made.notice


def test_a_folder_that_is_none_says_what_is_missing(tmp_path):
    assert "没有文件夹" in create(f"folder:{tmp_path / 'no'}").notice
    assert "缺少 modules.json" in create(f"folder:{tmp_path}").notice


def test_where_the_libraries_are_missing_the_command_is_named(tmp_path, monkeypatch):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}), "utf8")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    made = create(f"folder:{tmp_path}")
    assert made.size == 0
    assert "pip install" in made.notice
