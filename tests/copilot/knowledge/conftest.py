"""Databases and small bases for the tests of 热线百科."""

import pytest

from copilot.knowledge.live import Live
from copilot.settings import Settings
from kb_index.encoders.base import NoEncoder
from kb_index.encoders.registry import create
from kb_index.search.index import Index


@pytest.fixture
def database(open_database, database_url, tmp_path):
    """An empty database of each kind."""
    database = open_database(Settings(data=tmp_path, database_url=database_url))
    yield database
    database.close()


@pytest.fixture
def base(open_database, tmp_path):
    """A database of the usual kind, where the kind does not matter."""
    database = open_database(Settings(data=tmp_path))
    yield database
    database.close()


@pytest.fixture
def server(tmp_path):
    """Makes the index of another server on a database, searched by words; its folder is its own."""
    opened = []

    def make(database, encoder=None):
        opened.append(Live(database, Index.open(tmp_path / f"index{len(opened)}", encoder or NoEncoder())))
        opened[-1].follow()
        return opened[-1]

    yield make
    for live in opened:
        live.shut()


@pytest.fixture(scope="session")
def encoder():
    """The quickest of the packaged encoders."""
    return create("use")
