"""κ against tables worked out by hand."""

import pytest

from copilot.labelling.kappa import by_class, cohen


def pairs(table):
    """Pairs of labels out of counts by (one's, other's)."""
    return [pair for pair, count in table.items() for _ in range(count)]


DIAGNOSES = pairs(  # Fleiss, Statistical Methods for Rates and Proportions, table 13.1: kappa .68, error .087
    {
        ("a", "a"): 75,
        ("a", "b"): 1,
        ("a", "c"): 4,
        ("b", "a"): 5,
        ("b", "b"): 4,
        ("b", "c"): 1,
        ("c", "c"): 10,
    }
)
GRANTS = pairs({("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15})


def test_two_classes():
    """Agreed .7, by chance .5; error: sqrt((.10972 + .10188 - .01) / (50 · .25)) = .127."""
    found = cohen(GRANTS)
    assert (found.pairs, found.agreed) == (50, pytest.approx(0.7))
    assert found.kappa == pytest.approx(0.4)
    assert (found.low, found.high) == (pytest.approx(0.4 - 0.24891, abs=1e-4), pytest.approx(0.4 + 0.24891, abs=1e-4))


def test_three_classes():
    """Agreed .89, by chance .66."""
    found = cohen(DIAGNOSES)
    assert found.kappa == pytest.approx(0.23 / 0.34)
    assert (found.high - found.low) / 2 / 1.96 == pytest.approx(0.087, abs=1e-3)


def test_each_class_against_the_others():
    """b: both 4, one alone 6, other alone 1, neither 89: (.93 - .86) / .14; c: (.95 - .78) / .22."""
    found = by_class(DIAGNOSES)
    assert list(found) == ["a", "c", "b"]
    assert [found[name].pairs for name in "abc"] == [85, 11, 15]
    assert found["b"].kappa == pytest.approx(0.07 / 0.14)
    assert found["c"].kappa == pytest.approx(0.17 / 0.22)


def test_as_by_chance_is_nought_and_the_opposite_is_below():
    assert cohen(pairs({(a, b): 1 for a in "xy" for b in "xy"})).kappa == pytest.approx(0)
    assert cohen(pairs({("x", "y"): 5, ("y", "x"): 5})).kappa == pytest.approx(-1)


def test_where_it_is_undefined_nothing_is_told():
    everything = cohen([("x", "x")] * 9)
    assert (everything.agreed, everything.kappa, everything.low) == (1.0, None, None)
    assert cohen([]).kappa is None


def test_perfect_agreement_leaves_no_doubt():
    found = cohen([("x", "x")] * 3 + [("y", "y")] * 4)
    assert (found.kappa, found.low, found.high) == (pytest.approx(1), pytest.approx(1), pytest.approx(1))
