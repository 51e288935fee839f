"""What the bench counts and when it says that a bar is missed."""

import math

import pytest

from copilot.events import Heard, Suggested
from eval.bench import Row, missing, quantile, text_to_card
from eval.pipeline import Seen


def heard(start, end, at, leg="citizen", final=True):
    return Seen(at, Heard(call="c", utterance="x", leg=leg, start=start, end=end, text="话", raw="话", final=final))


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row("x", 2.0, 2.0), True),
        (Row("x", 2.1, 2.0), False),
        (Row("x", 8, 8, at_most=False), True),
        (Row("x", 7, 8, at_most=False), False),
        (Row("x", 7), None),
        (Row("x", math.nan, 2.0), False),
    ],
)
def test_a_bar_is_met_or_missed_and_nothing_measured_is_a_miss(row, met):
    assert row.met is met


def test_a_final_is_missing_when_nothing_was_heard_of_that_leg_at_that_time():
    alone = [heard(0, 2, 3), heard(4, 6, 7), heard(4, 6, 7, leg="agent"), heard(8, 9, 9, final=False)]
    assert missing(alone, [heard(0.1, 1.9, 3), heard(4, 6, 7)]) == 1
    assert missing(alone, alone) == 0


def test_a_card_is_timed_from_the_text_before_it_and_a_draft_from_when_it_is_stable():
    draft = [heard(0, 2, 3.0, final=False), Seen(3.4, Suggested(call="c", cards=[]))]
    assert list(text_to_card(draft)) == pytest.approx([0.1])
    seen = [heard(0, 2, 3.0), Seen(3.2, Suggested(call="c", cards=[])), heard(4, 5, 6.0, leg="agent")]
    assert list(text_to_card([*seen, Seen(6.5, Suggested(call="c", cards=[]))])) == pytest.approx([0.2, 3.5])
    assert math.isnan(quantile([]))
