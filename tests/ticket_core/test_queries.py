"""Queues and searches on both databases, held to a model that looks at every ticket."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import event
from sqlalchemy.orm import Session

from ticket_core import words
from ticket_core.deadline import local_day
from ticket_core.errors import TicketError
from ticket_core.queries import ENDED, OPEN, SORTS, Filter, Scope, counts, history, newest, page, related, visible
from ticket_core.tables import NEVER, Ticket
from ticket_core.vocabulary import State

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
ALL = Scope()
DEPARTMENTS, AGENTS, NATURES = ("甲局", "乙局", "丙局"), ("", "wangli", "zhaomin"), ("投诉", "咨询")
STATES = tuple(state.value for state in (State.DRAFT, State.IN_PROGRESS, State.MERGED, State.CLOSED, State.ARCHIVED))
HOURS = some.integers(-30, 30).map(lambda hours: timedelta(hours=hours))
DAYS = some.integers(-4, 1).map(lambda days: date(2026, 11, 24) + timedelta(days=days))


@some.composite
def a_ticket(draw):
    """A ticket of some kind; only what is open is awaited."""
    state = draw(some.sampled_from(STATES))
    due = NOW + draw(HOURS) if state in OPEN and draw(some.booleans()) else NEVER
    return {
        "state": state,
        "title": draw(some.sampled_from(("夜间施工噪声", "路灯不亮", "夜里路灯闪"))),
        "citizen_name": draw(some.sampled_from(("欧阳明", ""))),
        "confidential": draw(some.booleans()),
        "department": draw(some.sampled_from(("", *DEPARTMENTS))),
        "first_department": draw(some.sampled_from(("", "甲局", "乙局"))),
        "assisting": draw(some.lists(some.sampled_from(DEPARTMENTS), max_size=2, unique=True)),
        "agent": draw(some.sampled_from(AGENTS)),
        "nature": draw(some.sampled_from(NATURES)),
        "urgency": draw(some.sampled_from(("普通", "紧急"))),
        "supervision": draw(some.integers(0, 1)),
        "step_due_at": due,
        "step_amber_at": due if due == NEVER else due - timedelta(hours=8),
        "created_at": NOW + 3 * draw(HOURS),
        "updated_at": NOW + draw(HOURS),
    }


FILTERS = some.builds(
    Filter,
    states=some.lists(some.sampled_from(STATES), max_size=3, unique=True).map(tuple),
    text=some.sampled_from(("", "", "夜间", "灯", "路灯 亮", "欧阳", "没有")),
    department=some.sampled_from(("", "", "甲局")),
    assisting=some.sampled_from(("", "", "乙局")),
    departments=some.sampled_from(((), (), ("甲局", "丙局"))),
    agent=some.sampled_from((None, None, "", "wangli")),
    agents=some.sampled_from(((), (), ("wangli", "zhaomin"))),
    nature=some.sampled_from(("", "", "投诉")),
    light=some.sampled_from(("", "", "red", "amber", "green")),
    created_from=some.none() | DAYS,
    created_to=some.none() | DAYS,
    unclaimed=some.sampled_from((False, False, False, True)),
    supervised=some.sampled_from((False, False, True)),
)
SCOPES = some.sampled_from(
    (
        ALL,
        Scope(("甲局",)),
        Scope(("乙局", "丙局")),
        Scope(None, ("wangli",)),
        Scope(None, ("zhaomin",), True),
        Scope(()),
    )
)


def light(row):
    """The light of a ticket."""
    if row.step_due_at == NEVER:
        return ""
    return "red" if row.step_due_at < NOW else "amber" if row.step_amber_at <= NOW else "green"


def fits(row, one, scope):
    """Whether a ticket fits a filter, as a person would check it."""
    hidden = row.confidential and scope.departments is not None
    told = [row.title, *("" if hidden else row.citizen_name,), row.department]
    day = date.fromisoformat(local_day(row.created_at))
    lead, assisting = (row.department, row.assisting) if row.first_department else ("", [])
    return (
        (not one.states or row.state in one.states)
        and all(any(word in text for text in told) for word in one.text.split())
        and one.department in ("", lead)
        and (not one.assisting or one.assisting in assisting)
        and (not one.departments or bool({lead, *assisting} & {*one.departments}))
        and one.agent in (None, row.agent)
        and (not one.agents or row.agent in one.agents)
        and one.nature in ("", row.nature)
        and one.light in ("", light(row))
        and (one.created_from or day) <= day <= (one.created_to or day)
        and (not one.unclaimed or row.agent == "")
        and (not one.supervised or row.supervision > 0)
        and visible(row, scope)
    )


def order(row, sort):
    """Where a ticket stands in a list: the ended ones last, the newest of them first."""
    if sort == "newest" or row.state in ENDED:
        return (1, 0, -row.id)
    due = (row.step_due_at.timestamp(), row.id)
    return {
        "due": (0, *due),
        "updated": (0, -row.updated_at.timestamp(), -row.id),
        "urgent": (0, row.urgency != "紧急", *due),
    }[sort]


@pytest.fixture(autouse=True)
def narrow_windows(monkeypatch):
    """A few tickets fill several windows of ids."""
    monkeypatch.setattr(words, "WINDOWS", (1, 2, 3))


def keep(session, first=1, **fields):
    """A ticket, kept and indexed. first: the smallest id that it may have."""
    number = max([first - 1, *(row.id for row in session.query(Ticket.id))]) + 1
    row = {"state": "in_progress", "created_at": NOW, "updated_at": NOW, **fields}
    ticket = Ticket(id=number, number=f"20261124-{number:05}", **row)
    session.add(ticket)
    session.flush()
    words.index(session, ticket)
    return ticket


def pages(session, which, scope=ALL, sort="newest", limit=3):
    """Every ticket of a list, page by page."""
    rows, cursor = page(session, which, scope=scope, sort=sort, limit=limit, now=NOW)
    yield from rows
    while cursor:
        rows, cursor = page(session, which, scope=scope, sort=sort, cursor=cursor, limit=limit, now=NOW)
        assert rows
        yield from rows


@given(
    some.lists(a_ticket(), min_size=1, max_size=12), some.lists(some.tuples(FILTERS, SCOPES), min_size=4, max_size=8)
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_list_holds_what_fits_in_order_once_and_counts_agree(engine, made, asked):
    with Session(engine) as session:
        kept = [keep(session, **fields) for fields in made]
        for which, scope in asked:
            fitting = [row for row in kept if fits(row, which, scope)]
            for sort in SORTS:
                wanted = sorted(fitting, key=lambda row: order(row, sort))
                assert list(pages(session, which, scope, sort)) == wanted
            count = counts(session, [which], scope, NOW)[0]
            lights = [light(row) for row in fitting]
            expected = (len(fitting), False, lights.count("red"), lights.count("amber"))
            assert (count.total, count.capped, count.red, count.amber) == expected


@given(FILTERS, FILTERS, some.lists(a_ticket(), min_size=1, max_size=8))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_narrowed_filter_holds_both(engine, outer, inner, made):
    with Session(engine) as session:
        kept = [keep(session, **fields) for fields in made]
        conditions = {name: getattr(inner, name) for name in Filter.__dataclass_fields__ if name != "within"}
        both = [row for row in reversed(kept) if fits(row, outer, ALL) and fits(row, inner, ALL)]
        assert list(pages(session, outer.narrowed(**conditions))) == both


def test_counts_stop_at_the_cap_but_not_for_the_lights(session):
    for _ in range(4):
        keep(session, step_due_at=NOW - timedelta(hours=1))
        keep(session, state="archived")
    total, archived = counts(session, [Filter(), Filter(states=("archived",))], ALL, NOW, cap=3)
    assert (total.total, total.capped, total.red) == (3, True, 4)
    assert (archived.total, archived.capped, archived.red) == (3, True, 0)


def test_a_page_asks_little_however_old_what_it_finds_is(session, monkeypatch):
    monkeypatch.setattr(words, "WINDOWS", (10, 13, 16, 19))
    oldest = keep(session, title="夜间施工")
    keep(session, first=2_000_000, title="路灯")
    asked = []
    event.listen(session.connection(), "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert list(pages(session, Filter(text="施工"))) == [oldest]
    assert len(asked) <= 8


def test_an_agent_sees_drafts_that_nobody_has_and_no_other_ticket_without_an_agent(session):
    scope = Scope(None, ("wangli",), unclaimed=True)
    draft, mine = keep(session, state="draft"), keep(session, agent="wangli")
    keep(session, agent=""), keep(session, state="draft", agent="zhaomin")
    assert list(pages(session, Filter(), scope)) == [mine, draft]


def test_tickets_that_came_while_someone_turned_pages_shift_nothing(session):
    kept = [keep(session, title="停水") for _ in range(6)]
    rows, cursor = page(session, Filter(text="停水"), scope=ALL, sort="newest", limit=3, now=NOW)
    keep(session, title="停水")
    more, _ = page(session, Filter(text="停水"), scope=ALL, sort="newest", cursor=cursor, limit=3, now=NOW)
    assert [*rows, *more] == kept[::-1]


BAD = ["x", "é", "====", "ZHVlIDAgMCAw", "bmV3ZXN0IDAgMQ", "bmV3ZXN0IC0xIDEgMQ", "bmV3ZXN0IDkgMSAx", "9" * 80]


@pytest.mark.parametrize("cursor", [*BAD, "bmV3ZXN0IDAgMSA5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_a_cursor_that_is_none_leads_back_to_the_first_page(session, cursor):
    with pytest.raises(TicketError, match="翻页位置"):
        page(session, Filter(), scope=ALL, sort="newest", cursor=cursor, now=NOW)


def test_a_cursor_of_another_sort_and_a_sort_that_is_none_are_refused(session):
    for _ in range(2):
        keep(session)
    _, cursor = page(session, Filter(), scope=ALL, sort="due", limit=1, now=NOW)
    with pytest.raises(TicketError, match="与排序不符"):
        page(session, Filter(), scope=ALL, sort="urgent", cursor=cursor, now=NOW)
    with pytest.raises(TicketError, match="可选：newest、due"):
        page(session, Filter(), scope=ALL, sort="oldest", now=NOW)


@pytest.mark.parametrize("typed", ["%", "_", "'", '"', "*", "\0", "😀", "路灯 OR 停水", "路灯*x", "-路灯x"])
def test_hostile_searches_find_nothing(session, typed):
    keep(session, title="路灯不亮")
    assert list(pages(session, Filter(text=typed))) == []
    assert counts(session, [Filter(text=typed)], ALL, NOW)[0].total == 0


def test_a_caller_is_known_by_either_number(session):
    first, second = keep(session, calling_number="138"), keep(session, calling_number="139", callback_number="138")
    keep(session, calling_number="")
    assert history(session, "138") == [second, first]
    assert history(session, "138", limit=1) == [second]
    assert history(session, "") == []


def test_relations_are_named(session):
    parent, before = keep(session), keep(session)
    child, after = keep(session, merged_into=parent.id), keep(session, linked_to=before.id)
    assert related(session, parent) == [("并入本单", child)]
    assert related(session, child) == [("主单", parent)]
    assert related(session, before) == [("后续工单", after)]
    assert related(session, after) == [("前次工单", before)]


def test_the_newest_of_what_the_index_finds(session):
    kept = [keep(session, department="甲局", first_department="甲局") for _ in range(4)]
    assert newest(session, (words.any_of("lead", ["甲局"]),), 2) == [kept[3], kept[2]]
