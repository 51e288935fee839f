"""A database with items to label, and people who label them."""

from datetime import UTC, datetime, timedelta

import pytest

from copilot.labelling import found, work
from copilot.labelling.found import Found, NewItem
from copilot.labelling.queues import Given, Known
from copilot.settings import Settings
from kb_index.article import plain

START = datetime(2026, 3, 2, 2, tzinfo=UTC)
ARTICLES = {name: plain(name, title, f"{title}的办法。") for name, title in (("ZS-1", "停水"), ("ZS-2", "公积金"))}
KNOWN = Known(ARTICLES, {"甲局", "乙局"}, {("城管", "噪声"), ("水务", "停水")})


class Bench:
    """Labelling without a server: people, items, a clock that is set by hand."""

    def __init__(self, database):
        self.database, self.now = database, START
        self.run(found.ready)

    def run(self, do):
        """In the writer, as the product does it."""
        return self.database.submit(do).result(20)

    def read(self, do):
        return self.database.read_now(do)

    def later(self, **more):
        self.now += timedelta(**more)

    def add(self, count=1, queue="refused", **fields):
        """So many items; their numbers."""
        made = {"body": {"text": "家里停水了", "context": {}}, **fields}
        mark = self.read(lambda session: found.mark(session, "test"))
        begin = int(mark or 0)
        items = [NewItem(queue, f"s{begin + n}", **made) for n in range(count)]
        self.run(lambda session: found.keep(session, "test", Found(items, str(begin + count)), self.now))

    def take(self, who, count=1, queue="refused"):
        return [one.id for one in self.run(lambda session: work.take(session, who, queue, count, self.now))]

    def label(self, who, item, choice="relevant", **more):
        given = Given(choice, **more)
        return self.run(lambda session: work.label(session, who, item, given, KNOWN, self.now))

    def both(self, item, one="relevant", other="relevant", queue="refused", first=None, second=None):
        """Two people take and label an item."""
        for who, choice, more in (("xuting", one, first), ("panyue", other, second)):
            assert item in self.take(who, 50, queue)
            self.label(who, item, choice, **(more or {}))
            self.run(lambda session, who=who: work.release(session, who, range(1000)))


@pytest.fixture
def bench(open_database, tmp_path):
    database = open_database(Settings(data=tmp_path))
    yield Bench(database)
    database.close()


@pytest.fixture
def each_bench(open_database, database_url, tmp_path):
    """On either database."""
    database = open_database(Settings(data=tmp_path, database_url=database_url))
    yield Bench(database)
    database.close()
