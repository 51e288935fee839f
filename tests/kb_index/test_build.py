"""The cache of vectors: whole, broken, interrupted, another encoder's."""

from dataclasses import replace

import numpy as np
import pytest

from kb_index.build import build
from kb_index.encoder import create


@pytest.fixture(scope="module")
def encoder():
    return create("use")


@pytest.fixture
def encoded(encoder, tmp_path):
    """Builds over articles; gives how many passages were encoded anew."""

    def run(articles, chosen=None):
        counts = [0]
        build(articles, chosen or encoder, tmp_path, lambda done, total: counts.append(total))
        return counts[-1]

    return run


def test_only_what_changed_is_encoded_again(base, encoded):
    articles = base[:6]
    everything = encoded(articles)
    assert everything > 6
    assert encoded(articles) == 0
    assert 0 < encoded([replace(articles[0], title="换了标题"), *articles[1:]]) < everything


@pytest.mark.parametrize("damage", [b"", b"not a file of vectors", None])
def test_a_broken_cache_is_built_anew(base, encoded, tmp_path, damage):
    everything = encoded(base[:3])
    file = tmp_path / "vectors.npz"
    file.write_bytes(file.read_bytes()[:-200] if damage is None else damage)
    assert encoded(base[:3]) == everything
    assert encoded(base[:3]) == 0


def test_vectors_of_another_encoder_are_not_used(base, encoded):
    everything = encoded(base[:2])
    assert encoded(base[:2], create("e5")) == everything


def test_an_interrupted_build_leaves_the_old_cache(base, encoder, encoded, tmp_path):
    encoded(base[:3])
    before = (tmp_path / "vectors.npz").read_bytes()

    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(base[:9], encoder, tmp_path, interrupt)
    assert (tmp_path / "vectors.npz").read_bytes() == before
    assert encoded(base[:3]) == 0


def test_a_long_build_is_kept_as_it_goes(base, encoder, tmp_path):
    def interrupt(done, total):
        if done > 1100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(base, encoder, tmp_path, interrupt)
    with np.load(tmp_path / "vectors.npz") as kept:
        assert len(kept["keys"]) >= 1000
