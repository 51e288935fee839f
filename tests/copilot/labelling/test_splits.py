"""Sides never leak: not over a key, not over nearly the same words, not from version to version."""

from collections import defaultdict
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from copilot.labelling.alike import ALIKE, alike, normal
from copilot.labelling.splits import SHARES, STRICTER, assign, group

CHARACTERS = "停水电路灯施工噪声小区三五"
TEXTS = st.text(CHARACTERS, max_size=12)
KEYS = st.lists(
    st.sampled_from([f"{kind}:{n}" for kind in ("call", "ticket", "citizen") for n in range(12)]), max_size=3
)
ITEMS = st.lists(st.tuples(KEYS, TEXTS), min_size=1, max_size=40)


def near(one, other):
    """The definition, without an index."""
    a, b = ({text[at : at + 2] for at in range(max(1, len(text) - 1))} for text in map(normal, (one, other)))
    return bool(normal(one) and normal(other)) and len(a & b) >= ALIKE * len(a | b)


def grouped(items):
    keys = {number: own for number, (own, _) in enumerate(items, 1)}
    texts = {number: [text] for number, (_, text) in enumerate(items, 1)}
    return group(keys, texts)


def leaks(items, sides):
    """Pairs on different sides that share a key or nearly a text."""
    return [
        (one, other)
        for one, other in combinations(sides, 2)
        if sides[one] != sides[other]
        and (set(items[one - 1][0]) & set(items[other - 1][0]) or near(items[one - 1][1], items[other - 1][1]))
    ]


@given(st.lists(TEXTS, max_size=25))
def test_the_join_finds_what_comparing_every_pair_finds(texts):
    found = {key: key for key in range(len(texts))}

    def top(key):
        return key if found[key] == key else top(found[key])

    for one, other in alike(dict(enumerate(texts))):
        assert near(texts[one], texts[other])
        found[top(other)] = top(one)
    for one, other in combinations(range(len(texts)), 2):
        if near(texts[one], texts[other]):
            assert top(one) == top(other)


@given(ITEMS)
def test_nothing_that_hangs_together_is_parted(items):
    sides = assign(grouped(items), set(range(1, len(items) + 1)), {})
    assert set(sides) == set(range(1, len(items) + 1))
    assert leaks(items, sides) == []


@given(ITEMS, st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_versions_that_grow_never_leak_and_test_stays_test(items, steps):
    sides, known = {}, 0
    for step in steps:
        known = min(len(items), known + step)
        before = dict(sides)
        sides |= assign(grouped(items[:known]), set(range(1, known + 1)), sides)
        assert leaks(items, sides) == []
        for item, side in before.items():
            assert STRICTER.index(sides[item]) <= STRICTER.index(side)
            if sides[item] != side:
                assert side != "test"


@given(ITEMS, st.sets(st.integers(1, 40)))
def test_what_is_not_wanted_yet_gets_no_side_unless_it_hangs_on_what_is(items, wanted):
    groups = grouped(items)
    wanted &= set(range(1, len(items) + 1))
    sides = assign(groups, wanted, {})
    assert {groups.of(item) for item in sides} == {groups.of(item) for item in wanted}


def test_a_side_is_kept_only_where_nothing_stricter_is_joined():
    items = [(["call:1"], ""), (["call:2"], ""), (["call:1", "call:2"], "")]
    before = {1: "train", 2: "test"}
    assert assign(grouped(items[:2]), {1, 2}, before) == before
    assert set(assign(grouped(items), {1, 2, 3}, before).values()) == {"test"}


def test_the_sides_have_their_shares():
    items = [([f"call:{number}"], "") for number in range(1000)]
    sides = assign(grouped(items), set(range(1, 1001)), {})
    counts = defaultdict(int)
    for side in sides.values():
        counts[side] += 1
    assert counts == {name: round(1000 * share) for name, share in SHARES.items()}


def test_figures_and_punctuation_make_no_difference():
    assert normal("小区停水3天了！") == normal("小区停水，５天了")
    assert list(alike({1: "小区停水3天了", 2: "小区停水5天了。", 3: "公积金怎么提取"})) == [(1, 2)]
