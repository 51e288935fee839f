"""What is chosen to be looked at: the unsure ones, apart from each other, and a few at random."""

import pytest

from copilot.labelling.sampling import Candidate, choose, diverse, margin

TOPICS = ("小区停水没有人来修", "公积金怎么提取要什么材料", "半夜工地施工吵得睡不着", "路灯坏了晚上看不见")


def pool(sure=80):
    """Unsure ones about four things in ten wordings each, after many that are sure."""
    easy = [Candidate(f"第{number}件，谢谢", 0.0) for number in range(sure)]
    hard = [Candidate(f"{topic}，第{number}次", 0.9) for topic in TOPICS for number in range(10)]
    return easy + hard


def test_the_margin_is_how_close_the_best_two_are():
    assert margin([0.5, 0.5]) == 1
    assert margin([0.9, 0.05, 0.05]) == pytest.approx(0.15)
    assert margin([1.0]) == 0
    assert margin([]) == 1


def test_one_of_each_thing_rather_than_four_of_one():
    hard = pool(0)
    chosen = diverse(hard, range(len(hard)), 4)
    assert sorted(hard[place].text.split("，")[0] for place in chosen) == sorted(TOPICS)


def test_most_are_unsure_and_a_fifth_is_random():
    candidates = pool()
    chosen = choose(candidates, 20)
    assert (len(chosen), list(chosen.values()).count("random")) == (20, 4)
    assert all(candidates[place].uncertainty for place, why in chosen.items() if why == "uncertain")
    assert choose(candidates, 20) == chosen


def test_all_of_a_small_pool():
    assert choose([Candidate("路灯坏了", 0.5), Candidate("停水", 0.0)], 10) == {0: "uncertain", 1: "random"}
    assert choose([], 5) == {}
