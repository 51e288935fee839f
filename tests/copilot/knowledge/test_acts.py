"""Every act on an article: by the table, by the right people, whole or not at all, with its entry in the journal."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from copilot.api.access import Who
from copilot.api.knowledge.shapes import listed
from copilot.knowledge import acts, finding, rules
from copilot.knowledge.acts import Editor, Given
from copilot.knowledge.tables import ArticleVersion, KnowledgeEntry
from kb_index.article import KnowledgeError
from kb_index.lifecycle import Action, State
from kb_index.slicing import Slice
from tests.copilot.knowledge.base import AT, TODAY, WATER, annotator, department, do, publish, released, reviewer
from ticket_core.errors import Conflict

WRONG = Given(reason="电话写错了", wrong=True)


def run(database, work):
    return database.submit(work).result()


def state(database, name, version=1):
    return database.read_now(lambda session: finding.version(session, name, version).state)


def entries(database, name):
    query = select(KnowledgeEntry).where(KnowledgeEntry.article == name).order_by(KnowledgeEntry.id)
    return database.read_now(lambda session: [(e.version, e.action, e.state, e.live) for e in session.scalars(query)])


def shown(database):
    return database.read_now(lambda session: {one.id: one.version for one in finding.live(session)})


def test_an_article_goes_live_by_three_people_and_each_step_is_noted(database):
    name = run(database, released)
    assert name == "ZS-0001"
    assert shown(database) == {name: 1}
    assert entries(database, name) == [
        (1, "write", "draft", 0),
        (1, "submit", "first_review", 0),
        (1, "pass", "review", 0),
        (1, "approve", "approved", 0),
        (1, "publish", "live", 1),
    ]
    row = database.read_now(lambda session: finding.version(session, name, 1))
    assert (row.author, row.first_reviewer, row.reviewer) == ("xuting", "panyue", "gaofeng")
    assert (row.review_due, row.digest) == (str(TODAY + timedelta(days=180)), finding.digest(row.body))


def test_what_live_articles_can_be_narrowed_by_is_read_without_their_texts(database):
    run(database, released)
    run(database, lambda session: acts.write(session, replace(WATER, tags=("草稿",)), annotator()))
    told = database.read_now(lambda session: list(finding.facets(session)))
    assert told == [(WATER.region, WATER.line, WATER.issuer, list(WATER.tags))]


def test_ids_go_on_behind_the_highest(database):
    def three(session):
        return [acts.write(session, WATER, annotator()).article for _ in range(3)]

    assert run(database, three) == ["ZS-0001", "ZS-0002", "ZS-0003"]
    assert run(database, three) == ["ZS-0004", "ZS-0005", "ZS-0006"]


@pytest.mark.parametrize(
    ("steps", "action", "who"),
    [
        ([], Action.PASS, annotator("panyue")),
        ([(Action.SUBMIT, annotator())], Action.PASS, annotator()),
        ([(Action.SUBMIT, annotator())], Action.APPROVE, reviewer()),
        ([(Action.SUBMIT, annotator()), (Action.PASS, reviewer())], Action.APPROVE, reviewer()),
        ([(Action.SUBMIT, annotator()), (Action.PASS, annotator("panyue"))], Action.APPROVE, annotator("panyue")),
        ([(Action.SUBMIT, annotator()), (Action.PASS, annotator("panyue"))], Action.PUBLISH, reviewer()),
    ],
)
def test_nobody_skips_a_step_or_takes_two(base, steps, action, who):
    name = run(base, lambda session: acts.write(session, WATER, annotator()).article)
    run(base, lambda session: do(session, name, 1, *steps))
    before = entries(base, name)
    with pytest.raises(KnowledgeError, match=r"另一人办理|现在可以"):
        run(base, lambda session: do(session, name, 1, (action, who)))
    assert entries(base, name) == before


def test_who_wrote_on_a_draft_does_not_review_it_though_another_is_its_author(base):
    def write(session):
        name = acts.write(session, WATER, annotator("xuting")).article
        acts.edit(session, replace(WATER, id=name, title="停水查询"), annotator("panyue"), seen=1)
        acts.act(session, name, 1, Action.SUBMIT, annotator("xuting"))
        return name

    name = run(base, write)
    for helper in ("xuting", "panyue"):
        with pytest.raises(KnowledgeError, match="另一人办理"):
            run(base, lambda session: acts.act(session, name, 1, Action.PASS, annotator(helper)))  # noqa: B023 - at once
    run(base, lambda session: acts.act(session, name, 1, Action.PASS, annotator("zhaoyi")))


def test_a_new_version_takes_the_place_of_the_one_before(database):
    name = run(database, released)
    assert run(database, lambda session: acts.rewrite(session, name, 1, annotator()).version) == 2
    with pytest.raises(KnowledgeError, match="第 2 版正在办理"):
        run(database, lambda session: acts.rewrite(session, name, 1, annotator("panyue")))
    run(database, lambda session: publish(session, name, 2))
    assert shown(database) == {name: 2}
    assert [state(database, name, number) for number in (1, 2)] == ["replaced", "live"]
    assert entries(database, name)[-2:] == [(1, "replace", "replaced", 2), (2, "publish", "live", 2)]


def test_going_back_needs_another_to_approve(database):
    name = run(database, released)
    run(database, lambda session: acts.rewrite(session, name, 1, annotator()))
    run(database, lambda session: publish(session, name, 2))
    back = Given(reason="新版有误")
    entry = run(database, lambda session: acts.act(session, name, 1, Action.REVERT, reviewer("qin"), given=back))
    assert (entry.version, entry.state, entry.live) == (3, "review", 2)
    assert shown(database) == {name: 2}
    with pytest.raises(KnowledgeError, match="另一人办理"):
        run(database, lambda session: acts.act(session, name, 3, Action.APPROVE, reviewer("qin")))
    run(database, lambda session: do(session, name, 3, (Action.APPROVE, reviewer()), (Action.PUBLISH, reviewer())))
    assert shown(database) == {name: 3}
    third, first = database.read_now(
        lambda session: [finding.as_article(finding.version(session, name, number)) for number in (3, 1)]
    )
    assert replace(third, version=1) == first


def test_an_article_that_takes_the_place_of_others_takes_them_down(database):
    old, other = run(database, released), run(database, released)
    new = run(database, lambda session: released(session, replace(WATER, supersedes=(old,))))
    assert shown(database) == {other: 1, new: 1}
    assert state(database, old) == "superseded"
    assert entries(database, old)[-1] == (1, "supersede", "superseded", 0)
    run(database, lambda session: acts.act(session, old, 1, Action.REVERT, annotator("qin"), given=WRONG))
    run(database, lambda session: acts.act(session, old, 2, Action.APPROVE, reviewer()))
    with pytest.raises(KnowledgeError, match=f"已被 {new} 取代"):
        run(database, lambda session: acts.act(session, old, 2, Action.PUBLISH, reviewer()))
    assert shown(database) == {other: 1, new: 1}


def test_what_supersedes_in_a_ring_is_refused(base):
    first = run(base, released)
    second = run(base, lambda session: released(session, replace(WATER, supersedes=(first,))))
    third = run(base, lambda session: released(session, replace(WATER, supersedes=(second,))))
    run(base, lambda session: acts.act(session, first, 1, Action.REVERT, annotator(), given=WRONG))

    def ring(session):
        again = finding.as_article(finding.version(session, first, 1))
        rules.check(session, replace(again, supersedes=(third,)))

    with pytest.raises(KnowledgeError, match=f"绕成一圈：{first} → {third} → {second} → {first}"):
        run(base, ring)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": " "}, "标题没有填"),
        ({"title": "停" * 201}, "“标题”太长，最多 200 字"),
        ({"slices": ()}, "正文要有 1 至"),
        ({"slices": (Slice("一"), Slice(" \n"))}, "第 2 个切片是空的"),
        ({"slices": (Slice("水" * 1001),)}, "第 1 个切片有 1001 字"),
        ({"questions": ("水" * 201,)}, "“常见问法”每条"),
        ({"questions": ("",)}, "“常见问法”每条"),
        ({"tags": tuple(map(str, range(51)))}, "“标签”太多"),
        ({"line": "1" * 17}, "“专线”太长"),
        ({"valid_from": TODAY, "valid_to": TODAY - timedelta(days=1)}, "起始晚于截止"),
        ({"supersedes": ("ZS-0001",)}, "不能取代自己"),
        ({"supersedes": ("ZS-9999",)}, "ZS-9999 不在热线百科里"),
    ],
)
def test_a_draft_that_cannot_be_is_refused_and_nothing_kept(base, changes, said):
    name = run(base, lambda session: acts.write(session, WATER, annotator()).article)
    with pytest.raises(KnowledgeError, match=said):
        run(base, lambda session: acts.edit(session, replace(WATER, id=name, **changes), annotator(), seen=1))
    row = base.read_now(lambda session: finding.version(session, name, 1))
    assert (row.seen, row.title, finding.as_article(row).slices) == (1, WATER.title, WATER.slices)


def test_what_is_over_or_would_leave_a_gap_does_not_go_live(base):
    def waiting(session, article):
        name = acts.write(session, article, annotator()).article
        do(session, name, 1, (Action.SUBMIT, annotator()), (Action.PASS, annotator("panyue")))
        acts.act(session, name, 1, Action.APPROVE, reviewer())
        return name

    shown_now = run(base, released)
    over = replace(WATER, valid_to=TODAY - timedelta(days=1))
    early = replace(WATER, valid_from=TODAY + timedelta(days=3), supersedes=(shown_now,))
    for article, said in ((over, "已过"), (early, "提前消失")):
        name = run(base, lambda session: waiting(session, article))  # noqa: B023 - at once
        with pytest.raises(KnowledgeError, match=said):
            run(base, lambda session: acts.act(session, name, 1, Action.PUBLISH, reviewer()))  # noqa: B023 - at once
        assert state(base, name) == State.APPROVED
    assert shown(base) == {shown_now: 1}
    later = run(base, lambda session: released(session, replace(early, supersedes=())))
    assert shown(base) == {shown_now: 1, later: 1}


def test_a_department_writes_its_own_alone(base):
    own, foreign = department(), department("扬州市教育局")
    name = run(base, lambda session: acts.write(session, WATER, own).article)
    refused = [
        lambda session: acts.write(session, WATER, foreign),
        lambda session: acts.write(session, WATER, department("")),
        lambda session: acts.edit(session, replace(WATER, id=name), foreign, seen=1),
        lambda session: acts.edit(session, replace(WATER, id=name, issuer="扬州市教育局"), own, seen=1),
        lambda session: acts.act(session, name, 1, Action.SUBMIT, foreign),
    ]
    for work in refused:
        with pytest.raises(KnowledgeError, match="只能编写本单位"):
            run(base, work)
    run(base, lambda session: acts.act(session, name, 1, Action.SUBMIT, own))
    assert base.read_now(lambda session: acts.possible(session, finding.version(session, name, 1), foreign)) == []


def test_a_list_asks_as_much_of_the_database_whatever_its_length(base):
    names = run(base, lambda session: [acts.write(session, WATER, annotator()).article for _ in range(20)])
    run(base, lambda session: acts.edit(session, replace(WATER, id=names[0]), annotator("panyue"), seen=1))
    who = Who(
        username="panyue", name="", role="annotator", role_label="", department="", team="", pages=[],
        may=list(annotator().may), bulk=[], temporary=False,
    )  # fmt: skip

    def look(count):
        asked = []

        def note(connection, cursor, statement, *_):
            asked.append(statement)

        def work(session):
            rows = [finding.version(session, name, 1) for name in names[:count]]
            event.listen(base.engine, "before_cursor_execute", note)
            return listed(session, rows, who)

        found = base.read_now(work)
        event.remove(base.engine, "before_cursor_execute", note)
        return found, len(asked)

    (few, once), (many, again) = look(2), look(20)
    assert (len(many), again) == (20, once)
    assert [one.name for one in few[0].actions] == [one.name for one in many[0].actions]
    run(base, lambda session: acts.act(session, names[0], 1, Action.SUBMIT, annotator()))
    run(base, lambda session: acts.act(session, names[1], 1, Action.SUBMIT, annotator()))
    mine, other = look(2)[0]
    assert "pass" not in [one.name for one in mine.actions], "who wrote on it does not review it"
    assert "pass" in [one.name for one in other.actions]


def test_two_who_edit_notice_each_other(database):
    name = run(database, lambda session: acts.write(session, WATER, annotator()).article)
    mine = replace(WATER, id=name, title="停水")
    run(database, lambda session: acts.edit(session, mine, annotator(), seen=1))
    with pytest.raises(Conflict, match="刚被别人改过"):
        run(database, lambda session: acts.edit(session, mine, annotator("panyue"), seen=1))
    with pytest.raises(Conflict):
        run(database, lambda session: acts.act(session, name, 1, Action.SUBMIT, annotator(), seen=1))


def test_what_was_wrong_goes_at_once_and_opens_a_recall(database):
    name = run(database, released)
    with pytest.raises(KnowledgeError, match="要写明原因"):
        run(database, lambda session: acts.act(session, name, 1, Action.WITHDRAW, reviewer()))
    entry = run(database, lambda session: acts.act(session, name, 1, Action.WITHDRAW, reviewer(), given=WRONG))
    assert (entry.wrong, entry.reason, entry.live) == (True, "电话写错了", 0)
    assert shown(database) == {}


def test_a_review_is_confirmed_by_another_until_a_day_ahead(base):
    name = run(base, released)
    with pytest.raises(KnowledgeError, match="另一人办理"):
        run(base, lambda session: acts.act(session, name, 1, Action.CONFIRM, Editor("xuting", AT, ("review",))))
    for due, wanted in ((None, TODAY + timedelta(days=180)), (TODAY + timedelta(days=9), TODAY + timedelta(days=9))):
        given = Given(review_due=due)
        run(base, lambda session: acts.act(session, name, 1, Action.CONFIRM, reviewer(), given=given))  # noqa: B023 - at once
        assert base.read_now(lambda session: finding.version(session, name, 1).review_due) == str(wanted)
    given = Given(review_due=TODAY)
    with pytest.raises(KnowledgeError, match="要晚于今天"):
        run(base, lambda session: acts.act(session, name, 1, Action.CONFIRM, reviewer(), given=given))


def test_a_draft_is_dropped_and_what_was_withdrawn_deleted(base):
    draft = run(base, lambda session: acts.write(session, WATER, annotator()).article)
    run(base, lambda session: acts.act(session, draft, 1, Action.DROP, annotator("panyue")))
    assert state(base, draft) == State.DROPPED
    name = run(base, released)
    run(base, lambda session: do(session, name, 1, (Action.WITHDRAW, reviewer(), Given("过时"))))
    run(base, lambda session: do(session, name, 1, (Action.DELETE, reviewer(), Given("不再需要"))))
    assert state(base, name) == State.DELETED
    for gone in (draft, name):
        with pytest.raises(KnowledgeError, match="只能从上线过的版本写新版"):
            run(base, lambda session: acts.rewrite(session, gone, 1, annotator()))  # noqa: B023 - at once


@pytest.mark.parametrize("action", [Action.EXPIRE, Action.REPLACE, Action.SUPERSEDE, Action.REMIND, Action.REINDEX])
def test_people_do_not_do_what_happens_by_itself(base, action):
    name = run(base, released)
    with pytest.raises(KnowledgeError, match="现在可以"):
        run(base, lambda session: acts.act(session, name, 1, action, reviewer()))
    assert run(base, lambda session: acts.act(session, name, 1, action, acts.by_itself(AT))).actor == "system"


def test_versions_and_articles_that_are_not_there_are_named(base):
    name = run(base, released)
    with pytest.raises(finding.Unknown, match="没有第 7 版；现有到第 1 版"):
        run(base, lambda session: acts.act(session, name, 7, Action.SUBMIT, annotator()))
    with pytest.raises(finding.Unknown, match="热线百科里没有 ZS-0099"):
        run(base, lambda session: acts.rewrite(session, "ZS-0099", 1, annotator()))


def test_only_what_was_live_is_written_on(base):
    name = run(base, lambda session: acts.write(session, WATER, annotator()).article)
    with pytest.raises(KnowledgeError, match="只能从上线过的版本写新版"):
        run(base, lambda session: acts.rewrite(session, name, 1, annotator()))
    assert base.read_now(lambda session: len(session.scalars(select(ArticleVersion)).all())) == 1
