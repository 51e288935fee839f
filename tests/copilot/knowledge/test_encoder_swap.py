"""Another encoder takes over: no search fails or comes back empty, changes meanwhile are in, a stop costs little."""

import threading
from datetime import UTC, datetime

import pytest

import kb_index
from copilot.knowledge import acts, shipped, swap
from copilot.knowledge.acts import Given
from copilot.knowledge.live import open_live
from copilot.rooms import room_data
from copilot.settings import Settings
from kb_index.article import KnowledgeError, load
from kb_index.encoders.base import NoEncoder, folder_name
from kb_index.lifecycle import Action
from tests.copilot.knowledge.base import released, reviewer

STEP = 8
COUNT = 3 * STEP


class Counting:
    """The quick packaged encoder. texts: how many it was given; after `limit` of them it fails as an endpoint does."""

    notice = ""

    def __init__(self, inner, limit=None):
        self._inner, self._limit, self.texts = inner, limit, 0
        self.name, self.size, self.longest = "counting", inner.size, inner.longest

    def encode(self, texts, query=False):
        """See Encoder."""
        self.texts += len(texts)
        if self._limit is not None and self.texts > self._limit:
            raise KnowledgeError("语义编码服务不可用")
        return self._inner.encode(texts, query)


class Stopped(Exception):
    """Raised by who watches, to stop a rebuild."""


@pytest.fixture(autouse=True)
def short_steps(monkeypatch):
    """So that few articles are several of them."""
    monkeypatch.setattr(swap, "BATCH", STEP)


@pytest.fixture
def articles():
    """Three steps of the rebuild."""
    return load(room_data(kb_index) / "articles")[:COUNT]


@pytest.fixture
def live(base, articles, tmp_path):
    """They are searched by words alone."""
    base.submit(lambda session: shipped.seed(session, articles, datetime.now(UTC))).result()
    made = open_live(Settings(data=tmp_path, cache=tmp_path / "cache"), base, NoEncoder(), "none", lambda *_: None)
    yield made
    made.shut()


def scorers(live, article):
    """By which an article is found through its title; its id must be among the hits."""
    hits = {hit.article.id: hit for hit in live.index.search(article.title, 5, all_hits=True)}
    return set(hits[article.id].scores)


def folders(live):
    return {folder.name for folder in live.home.folder.iterdir() if folder.is_dir()}


def test_searches_go_on_and_what_changed_meanwhile_is_in(base, live, articles, encoder):
    fresh, seen, over = [], [], threading.Event()

    def withdrawn(session):
        return acts.act(session, articles[0].id, articles[0].version, Action.WITHDRAW, reviewer(), given=Given("过时"))

    def change(done, total):
        if not fresh:
            fresh.append(base.submit(released).result())
            base.submit(withdrawn).result()

    def search():
        while not over.is_set():
            seen.append(
                articles[1].id in [hit.article.id for hit in live.index.search(articles[1].title, all_hits=True)]
            )

    searching = threading.Thread(target=search)
    searching.start()
    try:
        changed = swap.change(live, base, encoder, change)
    finally:
        over.set()
        searching.join()
    assert all(seen)
    assert len(seen) > 1
    assert changed.encoder == live.index.encoder.name == "use"
    assert changed.articles == len(live.articles) == COUNT
    assert fresh[0] in live.articles
    assert articles[0].id not in live.articles
    assert "vectors" in scorers(live, articles[1])
    assert folders(live) == {folder_name("use")}
    assert live.follow() == 0


def test_one_that_was_stopped_goes_on_where_it_was(base, live, articles, encoder):
    first, second = Counting(encoder), Counting(encoder)

    def stop(done, total):
        if done >= 2 * STEP:
            raise Stopped

    with pytest.raises(Stopped):
        swap.change(live, base, first, stop)
    assert "vectors" not in scorers(live, articles[0])
    swap.change(live, base, second)
    assert 0 < second.texts < first.texts, "a third, where two thirds were in"
    assert "vectors" in scorers(live, articles[0])


def test_an_encoder_that_fails_midway_is_not_swapped_in(base, live, articles, encoder):
    with pytest.raises(KnowledgeError, match="检索仍用原来的索引"):
        swap.change(live, base, Counting(encoder, limit=60))
    assert live.index.encoder.name == "none"
    assert "vectors" not in scorers(live, articles[0])
    swap.change(live, base, Counting(encoder))
    assert {"vectors"} <= scorers(live, articles[0]) & scorers(live, articles[-1])


def test_one_that_cannot_be_had_is_refused(base, live):
    with pytest.raises(KnowledgeError, match="检索仍用原来的索引"):
        swap.change(live, base, NoEncoder("语义编码器 x 不可用"))
    assert folders(live) == {"none"}


def test_the_same_again_changes_nothing_and_tells_what_is_shortened(base, live, encoder):
    swap.change(live, base, encoder)
    index = live.index
    changed = swap.change(live, base, encoder)
    assert live.index is index
    longest = [len(part.text) for article in live.articles.values() for part in article.slices]
    assert changed.longer == sum(size > encoder.longest for size in longest)
    assert changed.slices == len(longest)
