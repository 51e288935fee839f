"""Figures of a ranked search: recall at a depth, reciprocal rank, latency; how far each may be chance."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

DEPTH = 10
RECALLS = (1, 5, DEPTH)
DRAWS = 2000
Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class Ranking:
    """Gathers one scorer's answers. ranks: of the first relevant document, 0: not among the first ten."""

    ranks: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    recalls: dict[int, list[float]] = field(default_factory=lambda: {depth: [] for depth in RECALLS})

    def add(self, found: Sequence[str], relevant: Collection[str], seconds: float) -> None:
        """One query's answer, best first, and what it took."""
        right = [place for place, name in enumerate(found[:DEPTH], 1) if name in relevant]
        self.ranks.append(right[0] if right else 0)
        self.seconds.append(seconds)
        for depth, values in self.recalls.items():
            values.append(sum(place <= depth for place in right) / len(relevant))

    def figures(self) -> dict[str, float]:
        """recall@k: the share of the relevant that is among the first k; MRR@10; latency in milliseconds."""
        half, most = np.percentile(np.array(self.seconds) * 1000, [50, 95])
        return self.quality() | {"p50_ms": round(half, 2), "p95_ms": round(most, 2)}

    def quality(self) -> dict[str, float]:
        """The figures without the latency."""
        recalls = {f"recall@{depth}": round(float(np.mean(values)), 4) for depth, values in self.recalls.items()}
        reciprocal = float(np.mean([1 / rank if rank else 0.0 for rank in self.ranks]))
        return recalls | {"mrr@10": round(reciprocal, 4)}

    @property
    def first(self) -> Floats:
        """Each query's recall@1."""
        return np.array(self.recalls[1])


def interval(values: Floats) -> tuple[float, float]:
    """Between what the mean lies in 95 of 100 draws of as many values (bootstrap, always the same draws)."""
    chance = np.random.default_rng(0)
    means = [values[chance.integers(0, len(values), len(values))].mean() for _ in range(DRAWS)]
    low, high = np.percentile(means, [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)
