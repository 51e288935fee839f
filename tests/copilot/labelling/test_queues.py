"""What may be answered in each queue, and when two answers are the same."""

import pytest

from copilot.labelling import queues
from copilot.labelling.errors import LabelError
from copilot.labelling.queues import TABLE, Given, Name, choices, judge, merged

from .conftest import KNOWN

OPTIONS = [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}]


def said(name, choice, body=None, origin=None, **more):
    return judge(name, {"text": "家里停水了", **(body or {})}, origin or {}, Given(choice, **more), KNOWN).said


def test_every_answer_has_a_key_of_its_own():
    bodies = {Name.CHANGED: {"options": OPTIONS}, Name.ROUTING: {"options": [*OPTIONS, {"value": "c", "label": "丙"}]}}
    for name in TABLE:
        keys = [one.key for one in choices(name, bodies.get(name, {}))]
        assert len(keys) == len(set(keys))
        assert set(keys) <= set("123456789")


def test_the_question_of_a_slice_is_wanted_but_not_compared():
    assert said("slices", "usable", text="停水找谁") == said("slices", "usable", text="没水怎么办")
    with pytest.raises(LabelError, match="这一片回答市民的什么问题"):
        said("slices", "usable")
    one, other = ({"choice": "usable", "text": text} for text in ("停水找谁", "没水怎么办"))
    assert merged([one, other])["texts"] == ["停水找谁", "没水怎么办"]


def test_the_article_is_compared_and_must_be_there():
    assert said("questions", "article", article="ZS-1") == said("questions", "article", article="ZS-1", slice=0)
    assert said("questions", "article", article="ZS-1") != said("questions", "article", article="ZS-2")
    with pytest.raises(LabelError, match="没有“ZS-9”"):
        said("questions", "article", article="ZS-9")
    with pytest.raises(LabelError, match="只有 1 片"):
        said("questions", "article", article="ZS-1", slice=1)
    values = [{"choice": "article", "slice": -1}, {"choice": "article", "slice": 0}]
    assert (merged(values)["slice"], merged([*values, {"choice": "article", "slice": 2}])["slice"]) == (0, -1)


def test_corrections_that_sound_the_same_are_the_same():
    assert said("speech", "corrected", text="家里挺水了。") == said("speech", "corrected", text="家里 挺水了")
    assert said("speech", "corrected", text="家里停水啦") != said("speech", "corrected", text="家里挺水了")
    assert said("speech", "corrected", text="家里停水了！") == said("speech", "right") == "right"


def test_a_changed_field_tells_who_was_right_only_behind_the_screen():
    body, origin = {"options": OPTIONS}, {"meaning": {"a": "person", "b": "machine"}}
    assert said("changed", "a", body, origin) == "person"
    assert [one.label for one in choices("changed", body)] == ["甲", "乙", "都可以", "都不对", "无法判断"]
    route = {"options": OPTIONS, "context": {"field": "route"}}
    assert next(one.needs for one in choices("changed", route) if one.value == "neither") == "route"


def test_a_route_by_hand_is_the_same_as_the_one_offered():
    value = queues.route("城管", "噪声", "甲局")
    body = {"options": [{"value": value, "label": "城管 / 噪声 → 甲局"}]}
    by_hand = {"matter1": "城管", "matter2": "噪声", "department": "甲局"}
    assert said("routing", value, body) == said("routing", "other", body, **by_hand)
    for wrong in ({"matter2": "停水"}, {"department": "月球管理局"}):
        with pytest.raises(LabelError, match="请从"):
            said("routing", "other", body, **{**by_hand, **wrong})


@pytest.mark.parametrize("choice", ["", "nonsense", "\ud800", "usable"])
def test_an_unknown_answer_is_told_what_there_is(choice):
    with pytest.raises(LabelError, match="1 相关"):
        said("refused", choice)
    with pytest.raises(LabelError, match="新切片"):
        queues.queue(choice)
