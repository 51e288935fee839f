"""Which of many machine labels people should look at: the uncertain ones, no two of them alike, and a few at random.

Uncertainty is the margin between the two best (Settles, Active Learning Literature Survey, 2009, 3.1). Diversity is
Zhdanov, Diverse mini-batch Active Learning (arXiv:1901.05954): of the β·k most uncertain, k weighted k-means clusters,
and of each the one nearest to its middle. The random ones keep a data set from holding hard cases alone.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer

BETA = 10
RANDOM = 0.2
SEED = 12345


@dataclass(frozen=True, slots=True)
class Candidate:
    """uncertainty: 0 sure to 1."""

    text: str
    uncertainty: float


def margin(chances: Sequence[float]) -> float:
    """How close the two best of several chances are: 1 where they are equal, 0 where the best alone has any."""
    best = sorted((*chances, 0.0, 0.0), reverse=True)
    return 1 - (best[0] - best[1])


def choose(pool: Sequence[Candidate], count: int, seed: int = SEED) -> dict[int, str]:
    """Places in the pool, each with why: uncertain, random. The same pool and seed give the same."""
    if count >= len(pool):
        return {place: "uncertain" if one.uncertainty > 0 else "random" for place, one in enumerate(pool)}
    by_chance = random.Random(seed).sample(range(len(pool)), max(1, round(count * RANDOM)))
    rest = [place for place in range(len(pool)) if place not in set(by_chance) and pool[place].uncertainty > 0]
    hard = diverse(pool, rest, count - len(by_chance), seed)
    return dict.fromkeys(sorted(by_chance), "random") | dict.fromkeys(hard, "uncertain")


def diverse(pool: Sequence[Candidate], places: Sequence[int], count: int, seed: int = SEED) -> list[int]:
    """At most `count` of these places: uncertain, and far from each other."""
    hardest = sorted(places, key=lambda place: (-pool[place].uncertainty, place))[: BETA * count]
    texts = [pool[place].text for place in hardest]
    if count < 1 or not any(text.strip() for text in texts):
        return []
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True).fit_transform(texts)
    apart = min(count, len({text for text in texts}))
    weights = np.array([pool[place].uncertainty for place in hardest])
    model = KMeans(apart, n_init=1, random_state=seed).fit(vectors, sample_weight=weights)
    away = model.transform(vectors)
    nearest: dict[int, int] = {}
    for row, cluster in enumerate(model.labels_):
        if cluster not in nearest or away[row, cluster] < away[nearest[cluster], cluster]:
            nearest[cluster] = row
    return sorted(hardest[row] for row in nearest.values())
