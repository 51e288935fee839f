"""kill −9 of a writer twenty times in 1,000 acknowledged writes: none lost, none doubled, none without its entry."""

from eval.safety import Outcome, killed


def test_nothing_acknowledged_is_lost_or_doubled_or_without_its_entry(database_url):
    assert killed(database_url) == Outcome(20, 1000, lost=0, doubled=0, without_entry=0, whole=True)
