"""Servers that share a database: what one publishes, all find; what is taken down, none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update

from copilot.knowledge import acts, dates, finding, shipped
from copilot.knowledge.acts import Given
from copilot.knowledge.live import Live
from copilot.knowledge.tables import ArticleRow, ArticleVersion, KnowledgeEntry
from kb_index.article import plain
from kb_index.encoders.base import NoEncoder
from kb_index.lifecycle import Action
from kb_index.search.index import Index
from tests.copilot.knowledge.base import AT, TODAY, WATER, annotator, publish, released, reviewer

BUS = replace(plain("", "公交线路调整", "线路调整提前七天在站台公告。"), issuer="扬州市交通运输局")


def run(database, work):
    return database.submit(work).result()


def ids(live, words="停水通知", today=TODAY):
    return [(hit.article.id, hit.article.version) for hit in live.index.search(words, 5, today=today, all_hits=True)]


def test_two_servers_find_what_either_changes(database, server):
    here, there = server(database), server(database)
    name = run(database, released)
    for live in (here, there):
        assert live.follow() == 5
        assert ids(live) == [(name, 1)]
    run(database, lambda session: acts.rewrite(session, name, 1, annotator()))
    run(database, lambda session: publish(session, name, 2))
    assert [live.follow() for live in (there, here)] == [6, 6]
    assert ids(here) == ids(there) == [(name, 2)]
    run(database, lambda session: acts.act(session, name, 2, Action.WITHDRAW, reviewer(), given=Given("过时")))
    assert [live.follow() for live in (there, here)] == [1, 1]
    assert ids(here) == ids(there) == []
    assert here.index.position == there.index.position == database.read_now(finding.head)
    assert here.follow() == 0


def test_a_server_that_was_away_catches_up_from_where_it_was(base, tmp_path):
    first, second = run(base, released), run(base, lambda session: released(session, BUS))
    index = Index.open(tmp_path / "kept", NoEncoder())
    Live(base, index).follow()
    index.close()
    run(base, lambda session: acts.act(session, first, 1, Action.WITHDRAW, reviewer(), given=Given("过时")))
    index = Index.open(tmp_path / "kept", NoEncoder())
    assert sorted(index.articles) == [first, second]
    assert Live(base, index).follow() == 1
    assert sorted(index.articles) == [second]
    index.close()


def test_a_database_that_was_put_back_is_noticed(base, server):
    live = server(base)
    name = run(base, released)
    live.follow()
    put_back = run(base, lambda session: released(session, BUS))
    live.follow()

    def undo(session):
        for table in (KnowledgeEntry, ArticleVersion):
            session.execute(delete(table).where(table.article == put_back))
        session.execute(delete(ArticleRow).where(ArticleRow.id == put_back))

    run(base, undo)
    assert sorted(live.index.articles) == [name, put_back]
    live.follow()
    assert sorted(live.index.articles) == [name]
    assert live.index.position == base.read_now(finding.head)


def test_another_base_in_the_same_place_is_noticed_though_its_journal_is_longer(base, server):
    live = server(base)
    run(base, released)
    live.follow()

    def other(session):
        for table in (KnowledgeEntry, ArticleVersion, ArticleRow):
            session.execute(delete(table))
        for _ in range(3):
            released(session, BUS, AT + timedelta(days=1))

    run(base, other)
    live.follow()
    assert sorted(live.index.articles) == ["ZS-0001", "ZS-0002", "ZS-0003"]
    assert {article.title for article in live.index.articles.values()} == {BUS.title}


def test_what_expires_is_not_found_from_that_midnight_on_and_goes_with_the_clockwork(database, server):
    live = server(database)
    name = run(database, lambda session: released(session, replace(WATER, valid_to=TODAY)))
    live.follow()
    tomorrow = TODAY + timedelta(days=1)
    assert ids(live) == [(name, 1)]
    assert ids(live, today=tomorrow) == []
    assert run(database, lambda session: dates.turn(session, AT)) == 0
    assert run(database, lambda session: dates.turn(session, AT + timedelta(days=1))) == 1
    live.follow()
    assert dict(live.index.articles) == {}
    assert database.read_now(lambda session: finding.version(session, name, 1).state) == "expired"


def test_a_review_that_comes_due_is_noted_once_a_date(base):
    name = run(base, lambda session: released(session, replace(WATER, review_due=TODAY + timedelta(days=20))))
    seen = base.read_now(lambda session: finding.version(session, name, 1).seen)

    def reminders(days):
        run(base, lambda session: dates.turn(session, AT + timedelta(days=days)))
        query = select(KnowledgeEntry.reason).where(KnowledgeEntry.action == "remind")
        return base.read_now(lambda session: list(session.scalars(query)))

    assert reminders(5) == []
    assert reminders(6) == reminders(7) == [str(TODAY + timedelta(days=20))]
    assert base.read_now(lambda session: finding.version(session, name, 1).seen) == seen
    given = Given(review_due=TODAY + timedelta(days=60))
    run(base, lambda session: acts.act(session, name, 1, Action.CONFIRM, reviewer(), given=given))
    assert len(reminders(8)) == 1
    assert len(reminders(50)) == 2


def test_an_empty_base_is_filled_once(database, server):
    articles = [replace(WATER, id="ZS-0001"), replace(BUS, id="ZS-0002")]
    assert run(database, lambda session: shipped.seed(session, articles, datetime.now(UTC))) == 2
    assert run(database, lambda session: shipped.seed(session, articles, datetime.now(UTC))) == 0
    assert sorted(server(database).index.articles) == ["ZS-0001", "ZS-0002"]
    assert run(database, lambda session: acts.write(session, WATER, annotator()).article) == "ZS-0003"


def test_a_version_that_cannot_be_read_any_more_stops_nobody(base, server):
    broken, well = run(base, released), run(base, lambda session: released(session, BUS))
    spoil = update(ArticleVersion).where(ArticleVersion.article == broken).values(body={})
    run(base, lambda session: session.execute(spoil).rowcount)
    assert sorted(server(base).index.articles) == [well]
