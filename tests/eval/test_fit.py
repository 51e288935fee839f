"""Weights are chosen for the bars, and left where none nearby hold them."""

import numpy as np
import pytest
from rich.console import Console

from eval.fit import NOISE, Case, first, settled

QUIET = Console(quiet=True)
EQUAL = np.ones(5)


def case(right, wrong, noise):
    """One query with a right and a wrong document; no scorer alone finds the right one, which stands last."""
    return Case(np.array([wrong, right]).T, [1], noise)


def asked(right, wrong):
    return [case(right, wrong, noise) for noise in NOISE]


def test_weights_nearby_that_hold_the_bars_are_taken():
    sets = [asked([1, 1, 1, 0, 1], [1, 1, 1, 1.05, 0])]
    chosen = settled(sets, EQUAL, QUIET)
    assert first(sets[0], EQUAL, 0.0) == 0
    assert first(sets[0], chosen, 0.0) == 1
    assert chosen[4] > 1


def test_a_set_that_misses_keeps_the_weights_as_they_are():
    good, bad = asked([1, 1, 1, 0, 1], [1, 1, 1, 1.05, 0]), asked([1, 1, 1, 0, 0], [1, 1, 1, 1, 0])
    assert settled([good, bad], EQUAL, QUIET) == pytest.approx(EQUAL)


def test_what_is_lost_to_mishearing_is_held_too():
    right, wrong = [1, 1, 1, 0, 1], [1, 1, 1, 1.05, 0]
    misheard = [case(right, wrong, 0.0), case([1, 1, 1, 0, 0], [1, 1, 1, 1, 0], NOISE[1])]
    assert settled([misheard], EQUAL, QUIET) == pytest.approx(EQUAL)
