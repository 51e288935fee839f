"""Figures of a ranked search: recall at a depth, reciprocal rank, latency."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

DEPTH = 10
RECALLS = (1, 5, DEPTH)


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
        recalls = {f"recall@{depth}": round(float(np.mean(values)), 4) for depth, values in self.recalls.items()}
        reciprocal = float(np.mean([1 / rank if rank else 0.0 for rank in self.ranks]))
        half, most = np.percentile(np.array(self.seconds) * 1000, [50, 95])
        return recalls | {"mrr@10": round(reciprocal, 4), "p50_ms": round(half, 2), "p95_ms": round(most, 2)}
