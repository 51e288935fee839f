"""One suite for every encoder, by name, folder or endpoint; and what happens where one cannot be had."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from kb_index.article import KnowledgeError
from kb_index.encoders import registry
from kb_index.encoders.base import folder_name
from kb_index.encoders.e5_file import read
from tests.kb_index.model_server import serving

TEXTS = ["小区突然停水怎么办", "公积金怎么提取", "", "ABC １２３", "长" * 3000]


@pytest.fixture(scope="module", params=[*(name for name in registry.ENCODERS if name != "none"), "folder", "endpoint"])
def encoder(request):
    if request.param == "folder":
        yield request.getfixturevalue("folder_encoder")
    elif request.param == "endpoint":
        with serving(registry.create("use")) as server:
            yield registry.create(f"endpoint:{server.url}#use")
    else:
        made = registry.create(request.param)
        if made.notice:
            pytest.skip(f"{made.notice}: make run installs it")
        yield made


def test_it_is_the_one_that_was_asked_for(encoder):
    assert encoder.notice == ""
    assert encoder.size > 0


def test_vectors_are_unit_and_finite(encoder):
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.size)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert encoder.encode([]).shape == (0, encoder.size)


def test_what_means_the_same_is_nearer(encoder):
    asked = encoder.encode(["家里没有水用了"], query=True)[0]
    water, fund = encoder.encode(TEXTS[:2])
    assert asked @ water > asked @ fund


def test_threads_get_what_one_alone_gets(encoder):
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: encoder.encode([text], query=True)[0], TEXTS * 4))
    assert np.allclose(together, np.tile(encoder.encode(TEXTS, query=True), (4, 1)), atol=1e-5)


def test_a_longer_text_than_it_takes_loses_its_middle_only(encoder):
    begun, ended = "小区突然停水怎么办，", "，供水公司说明天修好"
    room = encoder.longest - len(begun) - len(ended)
    long = [f"{begun}{filler * encoder.longest}{ended}" for filler in ("水", "电")]
    kept = encoder.encode([f"{begun}{'水' * room}{ended}", *long])
    apart = encoder.encode([begun * (encoder.longest // len(begun)), ended * (encoder.longest // len(ended))])
    assert kept[0] @ kept[1] > max(kept[0] @ other for other in apart)
    assert encoder.longest >= 160


def test_an_unknown_name_says_what_there_is():
    with pytest.raises(KnowledgeError, match="没有编码器 bert；可选：e5"):
        registry.create("bert")


def test_one_that_cannot_be_loaded_is_done_without(monkeypatch):
    monkeypatch.setitem(registry.ENCODERS, "lost", "kb_index.nowhere:Lost")
    made = registry.create("lost")
    assert made.size == 0
    assert "语义编码器 lost 不可用" in made.notice


def test_a_file_of_another_format_is_refused(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(KnowledgeError, match=r"model\.bin"):
        read(tmp_path / "model.bin")


def test_names_of_folders_are_safe_and_never_fall_together():
    names = ["e5", "folder:/opt/bge@1", "folder:/opt/bge@2", "endpoint:https://a/v1#b", "endpoint:https://a/v1/b", ".."]
    made = [folder_name(name) for name in names]
    assert made[0] == "e5"
    assert len(set(made)) == len(names)
    assert all(name.replace("-", "").replace(".", "").isalnum() for name in made)
