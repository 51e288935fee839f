"""How three scorers become one ranking and one chance: weights fitted by `python -m eval search --fit`."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from kb_index.article import KnowledgeError
from kb_index.search.postings import Scores

SHIPPED = Path(__file__).parents[1] / "data" / "fusion.toml"
EVIDENCE = ("characters", "pinyin", "vectors", "size", "sized_pinyin")


@dataclass(frozen=True, slots=True)
class Fusion:
    """weights: what a unit of each of EVIDENCE adds to an article's rank.

    chances: by the scorers at hand ("characters+pinyin"), what each of Weighed.features adds to the log-odds that the
    base holds an answer.
    threshold: the chance of an answer under which nothing is shown.
    """

    weights: Mapping[str, float]
    chances: Mapping[str, Sequence[float]]
    threshold: float

    def rank(self, scored: Mapping[str, Scores], sizes: Scores) -> Scores:
        """One figure for each of what was scored, the higher the better. sizes: of each, as `evidence` takes them.

        The spread of each scorer lies in its weight: dividing by the spread of the query at hand measured worse on
        paraphrases, as it makes much of differences that mean nothing.
        """
        rows = evidence(scored, sizes).items()
        total: Scores = np.sum([np.float32(self.weights[name]) * values for name, values in rows], axis=0)
        return total

    def chance(self, scorers: str, features: Sequence[float]) -> float:
        """How probably one of the articles answers, 0-1. scorers: those at hand; features: Weighed.features.

        1 for a choice of scorers that no chance was fitted for.
        """
        fitted = self.chances.get(scorers)
        odds = float(np.dot(fitted, features)) if fitted is not None else 30.0
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def evidence(scored: Mapping[str, Scores], sizes: Scores) -> dict[str, Scores]:
    """Scores by scorer, and what a text's length says: shared sounds tell more of a long one, its vector less.

    sizes: the logarithm of each text's length, 0 for a middling one.
    """
    if not {"pinyin", "vectors"} <= scored.keys():
        return dict(scored)
    return {**scored, "size": sizes, "sized_pinyin": scored["pinyin"] * sizes}


def shares(rank: Scores) -> Scores:
    """How probably each article is the right one, given that one is: weights are fitted so that this holds."""
    likely = np.exp(rank - rank.max())
    out: Scores = likely / likely.sum()
    return out


def load(file: Path) -> Fusion:
    """The fusion out of its file. Raises KnowledgeError."""
    try:
        with file.open("rb") as opened:
            kept = tomllib.load(opened)
        return Fusion(kept["weights"], kept["chances"], float(kept["threshold"]))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise KnowledgeError(f"检索权重 {file} 读不出来：{error}；可用 python -m eval search --fit 重新生成") from error


@cache
def shipped() -> Fusion:
    """The fusion that comes with the product."""
    return load(SHIPPED)
