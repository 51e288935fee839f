"""One suite for every encoder, and what happens where one cannot be had."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from kb_index import encoder as encoders
from kb_index.article import KnowledgeError
from kb_index.e5_file import read

TEXTS = ["小区突然停水怎么办", "公积金怎么提取", "", "ABC １２３", "长" * 3000]


@pytest.fixture(scope="module", params=[name for name in encoders.ENCODERS if name != "none"])
def encoder(request):
    made = encoders.create(request.param)
    if made.notice:
        pytest.skip(f"{made.notice}: make run installs it")
    return made


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


def test_an_unknown_name_says_what_there_is():
    with pytest.raises(KnowledgeError, match="没有编码器 bert；可选：e5"):
        encoders.create("bert")


def test_one_that_cannot_be_loaded_is_done_without(monkeypatch):
    monkeypatch.setitem(encoders.ENCODERS, "lost", "kb_index.nowhere:Lost")
    made = encoders.create("lost")
    assert made.size == 0
    assert "语义编码器 lost 不可用" in made.notice


def test_a_file_of_another_format_is_refused(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(KnowledgeError, match=r"model\.bin"):
        read(tmp_path / "model.bin")
