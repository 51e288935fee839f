"""The audit of index and database: every kind of fault is found, named and mended; nothing else is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from copilot.knowledge import audit, follow, shipped
from copilot.knowledge.tables import AuditRow, KnowledgeEntry
from eval import faults
from kb_index.article import plain
from kb_index.search.index import Index
from tests.copilot.knowledge.base import AT, TODAY

EACH = 3  # of every kind


def articles(count):
    """Different ones, with all that an index holds."""
    return [
        replace(
            plain(f"ZS-{number:04d}", f"第{number}号办事指南", f"窗口{number * 7 % 97}号办理，{number}个工作日办结。"),
            questions=(f"{number}号事项怎么办",),
            tags=(f"标签{number % 9}", "办事"),
            region="扬州市",
            line="12393",
            issuer=f"第{number % 5}局",
            valid_to=TODAY + timedelta(days=number),
        )
        for number in range(1, count + 1)
    ]


@pytest.fixture
def kept(base, encoder):
    """A base and an index in memory that agree."""
    base.submit(lambda session: shipped.seed(session, articles(60), AT)).result()
    index = Index.open(None, encoder)
    follow.catch_up(base, index)
    return base, index


def told(report):
    return {(fault.article, fault.part) for fault in report.faults}


def test_what_agrees_has_no_faults(kept):
    seen = []
    report = audit.compare(*kept, lambda done, total: seen.append((done, total)))
    assert (report.articles, report.slices, report.faults) == (60, 60, ())
    assert seen[-1] == (60, 60)


def test_every_fault_is_found_and_mended(kept):
    database, index = kept
    names = iter(sorted(index.articles))
    stray = replace(articles(1)[0], id="ZS-9999")
    index.apply([stray])
    wanted = {stray.id: "extra"}
    for kind in sorted(faults.INDEX, key=lambda kind: kind not in ("missing", "text")):  # these write parts anew
        for _ in range(EACH):
            name = next(names)
            faults.INDEX[kind](index, name)
            wanted[name] = kind
    report = audit.compare(database, index)
    assert told(report) == set(wanted.items())
    assert all(fault.where == "index" and fault.says for fault in report.faults)
    mended = audit.repair(database, index, report, AT)
    assert (mended.left, len(mended.faults)) == (0, len(wanted))
    assert audit.compare(database, index).faults == ()
    entries = database.read_now(
        lambda session: session.scalars(select(KnowledgeEntry.article).where(KnowledgeEntry.action == "reindex")).all()
    )
    assert sorted(entries) == sorted(wanted)


def test_what_is_wrong_with_the_database_is_told_and_spread_no_further(kept):
    database, index = kept
    names = dict(zip(faults.DATABASE, sorted(index.articles), strict=False))
    for kind, name in names.items():
        database.submit(lambda session: faults.DATABASE[kind](session, name)).result()  # noqa: B023 - waited for
    report = audit.compare(database, index)
    ours = {(name, kind) for kind, name in names.items()} | {(names["lost"], "state")}
    assert {(f.article, f.part) for f in report.faults if f.where == "database"} == ours
    assert told(report) - ours == {(names["altered"], "text"), (names["unread"], "extra"), (names["lost"], "extra")}
    before = index.articles[names["altered"]]
    mended = audit.repair(database, index, report, AT)
    assert {(f.article, f.part) for f in mended.faults if not f.repaired} == ours | {(names["altered"], "text")}
    assert index.articles[names["altered"]] == before
    assert names["unread"] not in index.articles


def test_an_index_that_is_ahead_of_its_database_is_brought_back(kept):
    database, index = kept
    gone = sorted(index.articles)[-1]
    database.submit(
        lambda session: session.execute(delete(KnowledgeEntry).where(KnowledgeEntry.article == gone)).rowcount
    ).result()
    report = audit.compare(database, index)
    assert told(report) == {("", "position")}
    assert audit.repair(database, index, report, AT).left == 0


def test_a_report_is_kept_and_a_very_long_one_counted(kept):
    database, index = kept
    for name in sorted(index.articles)[:5]:
        faults.missing(index, name)
    report = audit.compare(database, index)
    database.submit(lambda session: audit.keep(session, report, AT, 2)).result()
    row = database.read_now(lambda session: session.scalars(select(AuditRow)).one())
    assert (row.articles, row.repaired, len(row.faults)) == (60, False, 3)
    assert row.faults[2]["says"].endswith("另有 3 处")
