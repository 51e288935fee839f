"""Taking, labelling, undoing, assigning and ruling, on both databases; two people race for the same items."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from copilot import schema
from copilot.database import Database
from copilot.labelling import progress, work
from copilot.labelling.errors import Closed, LabelError
from copilot.labelling.queues import Given
from copilot.labelling.tables import Label, LabelItem

from .conftest import KNOWN, START, Bench


def item(bench, number):
    return bench.read(lambda session: session.get_one(LabelItem, number))


def rule(bench, who, number, choice="relevant"):
    given = Given(choice)
    return bench.run(lambda session: work.rule(session, who, number, given, "看过原话", KNOWN, bench.now))


def test_two_people_label_and_agree(bench):
    bench.add()
    bench.both(1)
    assert (item(bench, 1).state, item(bench, 1).settled["choice"]) == ("settled", "relevant")
    assert bench.take("lihua") == []


def test_nobody_gets_an_item_twice_and_no_third_gets_it(bench):
    bench.add(2)
    assert bench.take("xuting", 5) == [1, 2]
    assert bench.take("xuting", 5) == [1, 2]
    bench.label("xuting", 1)
    assert bench.take("xuting", 5) == [2]
    assert bench.take("panyue", 5) == [1, 2]
    assert bench.take("lihua", 5) == []


def test_the_most_pressing_come_first(bench):
    bench.add(2, priority=0.1)
    bench.add(1, priority=0.9)
    assert bench.take("xuting", 3) == [3, 1, 2]


def test_a_lease_that_ran_out_goes_to_the_next(each_bench):
    each_bench.add()
    assert (each_bench.take("xuting"), each_bench.take("panyue"), each_bench.take("lihua")) == ([1], [1], [])
    each_bench.later(minutes=14)
    assert each_bench.take("panyue") == [1]
    each_bench.later(minutes=2)
    assert each_bench.take("lihua") == [1]
    with pytest.raises(LabelError, match="不在您手上"):
        each_bench.label("xuting", 1)
    each_bench.label("panyue", 1)
    each_bench.label("lihua", 1)
    assert item(each_bench, 1).state == "settled"


def test_given_back_it_is_free(bench):
    bench.add()
    bench.take("xuting")
    bench.take("panyue")
    bench.run(lambda session: work.release(session, "xuting", [1]))
    assert bench.take("lihua") == [1]


def test_different_labels_are_ruled_on_by_a_third(bench):
    bench.add()
    bench.both(1, "relevant", "irrelevant")
    assert (item(bench, 1).state, item(bench, 1).settled) == ("disputed", None)
    with pytest.raises(LabelError, match="您标过这一条"):
        rule(bench, "panyue", 1)
    rule(bench, "gaofeng", 1, "irrelevant")
    ruled = item(bench, 1)
    assert (ruled.state, ruled.settled["choice"], ruled.settled_by) == ("settled", "irrelevant", "gaofeng")
    rule(bench, "gaofeng", 1, "wrong")
    assert item(bench, 1).settled["choice"] == "wrong"
    with pytest.raises(Closed):
        bench.label("xuting", 1, "outdated")
    with pytest.raises(LabelError, match="没有分歧"):
        rule(bench, "zhoutao", 1)


def test_what_two_agree_on_is_not_ruled_on(bench):
    bench.add()
    bench.both(1)
    with pytest.raises(LabelError, match="没有分歧"):
        rule(bench, "gaofeng", 1)


def test_a_label_can_be_changed_and_taken_back(bench):
    bench.add(2)
    bench.both(1, "relevant", "irrelevant")
    bench.label("xuting", 1, "irrelevant")
    assert item(bench, 1).state == "settled"
    undone, value = bench.run(lambda session: work.undo(session, "panyue", bench.now))
    assert (undone.id, value["choice"], item(bench, 1).state, item(bench, 1).settled) == (1, "irrelevant", "open", None)
    assert 1 in bench.take("panyue", 5)
    assert bench.run(lambda session: work.undo(session, "panyue", bench.now)) is None


def test_undo_goes_back_one_by_one(bench):
    bench.add(3)
    bench.take("xuting", 3)
    for number in (1, 2, 3):
        bench.later(seconds=5)
        bench.label("xuting", number)
    gone = [bench.run(lambda session: work.undo(session, "xuting", bench.now))[0].id for _ in range(3)]
    assert gone == [3, 2, 1]


def test_assigned_it_waits_for_the_one_person(each_bench):
    each_bench.add(3)
    assert each_bench.run(lambda session: work.assign(session, "refused", "panyue", 2, each_bench.now)) == 2
    each_bench.later(days=3)
    assert each_bench.take("xuting", 5) == [1, 2, 3]
    assert each_bench.take("lihua", 5) == [3]
    assert each_bench.take("panyue", 1) == [1]
    each_bench.run(lambda session: work.release(session, "panyue", [1]))
    assert each_bench.take("panyue", 5) == [1, 2]
    assert each_bench.run(lambda session: work.unassign(session, "refused", "panyue", 9)) == 2
    assert each_bench.take("lihua", 5) == [3, 1, 2]


def test_what_waits_is_what_can_be_taken(each_bench):
    each_bench.add(6)
    each_bench.both(1)
    each_bench.take("lihua", 1)
    each_bench.label("lihua", 2)
    each_bench.take("xuting", 2)
    for who in ("xuting", "panyue", "lihua", "gaofeng"):
        waits = each_bench.read(lambda session, who=who: work.waiting(session, who, "refused", each_bench.now))
        free = each_bench.run(
            lambda session, who=who: len(list(session.scalars(work._free(who, "refused", each_bench.now))))
        )
        held = each_bench.read(lambda session, who=who: len(session.execute(work._held(who, "refused")).all()))
        assert waits == free + held


def test_seconds_are_those_of_work(each_bench):
    """Prefetched items count from the label before; who goes to lunch is not paid for it."""
    each_bench.add(4)
    each_bench.take("xuting", 3)
    for number, pause in ((1, 10), (2, 20), (3, 800)):
        each_bench.later(seconds=pause)
        each_bench.take("xuting", 3)
        each_bench.label("xuting", number)
    each_bench.label("xuting", 3, "wrong")
    (made,) = each_bench.read(lambda session: progress.since(session, START))
    assert (made.items, made.seconds) == (3, 10 + 20 + work.IDLE)
    assert made.per_hour == round(3 * 3600 / 150, 1)


def test_the_database_itself_refuses_a_third_place_and_the_same_person_twice(each_bench):
    each_bench.add()
    each_bench.take("xuting")
    for row in (Label(item=1, place=2, annotator="xuting"), Label(item=1, place=1, annotator="panyue")):
        with pytest.raises(IntegrityError):
            each_bench.run(lambda session, row=row: session.add(row))


@pytest.fixture(params=[1, 2], ids=["one server", "two servers"])
def benches(request, database_url):
    opened = [Database(database_url) for _ in range(request.param)]
    schema.upgrade(opened[0].engine)
    yield [Bench(one) for one in opened]
    for one in opened:
        one.close()


def test_people_who_race_never_meet_in_a_place(benches):
    """Four people at once take and label until nothing is left; every item has two labels, of different people."""
    benches[0].add(40)
    people = ("xuting", "panyue", "lihua", "hanjiang")
    together = Barrier(len(people))

    def work_on(place):
        who, bench = people[place], benches[place % len(benches)]
        together.wait()
        while items := bench.take(who, 5):
            for number in items:
                bench.label(who, number)

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(work_on, range(len(people))))
    labels = benches[0].read(lambda session: session.scalars(select(Label)).all())
    assert len(labels) == 80
    assert len({(one.item, one.annotator) for one in labels}) == 80
    assert {one.place for one in labels} == {1, 2}
    assert {one.state for one in benches[0].read(lambda session: session.scalars(select(LabelItem)).all())} == {
        "settled"
    }
