"""An index kept in a folder: only what changed is encoded again; another encoder's vectors are not used."""

from dataclasses import replace

import pytest

from kb_index.search.build import build


@pytest.fixture
def encoded(tmp_path, counting):
    """Builds over articles; gives how many passages were encoded."""

    def run(articles, encoder=None):
        encoder = encoder or counting()
        index = build(articles, encoder, tmp_path)
        assert set(index.articles) == {article.id for article in articles}
        assert list(index.faults(articles)) == []
        index.close()
        return len(encoder.seen)

    return run


def test_only_what_changed_is_encoded_again(base, encoded):
    everything = encoded(base[:6])
    assert everything > 6
    assert encoded(base[:6]) == 0
    changed = replace(base[0], title="换了标题")
    assert 0 < encoded([changed, *base[1:6]]) < len(changed.questions) + 2
    assert encoded(base[1:4]) == 0


def test_vectors_of_another_encoder_are_not_used(base, encoded, counting):
    everything = encoded(base[:2])
    assert encoded(base[:2], counting("other")) == everything


def test_an_interrupted_build_goes_on_from_what_is_kept(base, tmp_path, monkeypatch, counting):
    monkeypatch.setattr("kb_index.search.writing.AT_ONCE", 8)
    encoder = counting()
    calls = []

    def interrupt(done, total):
        calls.append(done)
        if len(calls) > 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(base[:40], encoder, tmp_path, interrupt)
    first = len(encoder.seen)
    again = counting()
    build(base[:40], again, tmp_path)
    assert 0 < len(again.seen) < first + len(again.seen)
    assert not set(again.seen) >= set(encoder.seen)
