"""Cohen's κ of two people's labels, over all classes and for each against the rest, with a 95 % interval.

Cohen, A coefficient of agreement for nominal scales (1960); the large-sample error is that of Fleiss, Cohen and
Everitt, Large sample standard errors of kappa and weighted kappa (1969).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

Pair = tuple[str, str]
Z = 1.959964  # of a normal distribution, 95 %


@dataclass(frozen=True, slots=True)
class Kappa:
    """pairs: items that both labelled; agreed: the share on which they agree. kappa, low, high: None where undefined,
    as where both gave one and the same class to everything.
    """

    pairs: int
    agreed: float
    kappa: float | None
    low: float | None
    high: float | None


def cohen(pairs: Sequence[Pair]) -> Kappa:
    """κ over labels (one's, other's), one pair an item."""
    count = len(pairs)
    if not count:
        return Kappa(0, 0.0, None, None, None)
    cells = {pair: times / count for pair, times in Counter(pairs).items()}
    rows, columns = (_margin(cells, side) for side in (0, 1))
    agreed = sum(share for (one, other), share in cells.items() if one == other)
    chance = sum(share * columns.get(name, 0.0) for name, share in rows.items())
    if chance >= 1 - 1e-12:
        return Kappa(count, agreed, None, None, None)
    kappa = (agreed - chance) / (1 - chance)
    error = _error(cells, rows, columns, agreed, chance, kappa, count)
    return Kappa(count, agreed, kappa, max(-1.0, kappa - Z * error), min(1.0, kappa + Z * error))


def by_class(pairs: Sequence[Pair]) -> dict[str, Kappa]:
    """κ of each class against all others; pairs: items to which at least one gave it. The commonest class first."""
    used = Counter(name for pair in pairs for name in set(pair))
    found = {}
    for name, times in sorted(used.items(), key=lambda one: (-one[1], one[0])):
        whole = cohen([(str(one == name), str(other == name)) for one, other in pairs])
        found[name] = Kappa(times, whole.agreed, whole.kappa, whole.low, whole.high)
    return found


def _margin(cells: dict[Pair, float], side: int) -> dict[str, float]:
    total: dict[str, float] = {}
    for pair, share in cells.items():
        total[pair[side]] = total.get(pair[side], 0.0) + share
    return total


def _error(
    cells: dict[Pair, float],
    rows: dict[str, float],
    columns: dict[str, float],
    agreed: float,
    chance: float,
    kappa: float,
    count: int,
) -> float:
    """The standard error of κ."""
    same = off = 0.0
    for (one, other), share in cells.items():
        if one == other:
            same += share * (1 - (rows[one] + columns[one]) * (1 - kappa)) ** 2
        else:
            off += share * (columns.get(one, 0.0) + rows.get(other, 0.0)) ** 2
    spread = same + (1 - kappa) ** 2 * off - (kappa - chance * (1 - kappa)) ** 2
    return sqrt(max(0.0, spread) / count) / (1 - chance)
