"""The search: three scorers, one ranking by weighted z-scores, a threshold under which nothing is shown."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import faiss
import numpy as np
import numpy.typing as npt

from kb_index.article import Article, Slice, slices
from kb_index.bm25 import Bm25, character_bigrams, pinyin_bigrams
from kb_index.encoder import Encoder, Vectors

SCORERS = ("characters", "pinyin", "vectors")
WEIGHTS = {"characters": 0.5, "pinyin": 0.3, "vectors": 0.4}
STEEP, MIDDLE = 1.1, 2.6
CHINA = timedelta(hours=8)
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that answers. score: 0-1; scores: each scorer's z-score."""

    article: Article
    slice_text: str
    score: float
    scores: dict[str, float]


class Index:
    """All valid articles in memory."""

    threshold = 0.5

    def __init__(self, articles: Sequence[Article], vectors: Vectors, encoder: Encoder) -> None:
        self.articles = {article.id: article for article in articles}
        self._slices: list[Slice] = [part for article in articles for part in slices(article)]
        searched = [part.searched for part in self._slices]
        self._characters = Bm25(searched, character_bigrams)
        self._pinyin = Bm25(searched, pinyin_bigrams)
        self._encoder = encoder
        self._vectors = faiss.IndexFlatIP(vectors.shape[1])
        self._vectors.add(vectors)

    def search(
        self,
        query: str,
        k: int = 3,
        today: date | None = None,
        scorers: Sequence[str] = SCORERS,
        all_hits: bool = False,
    ) -> list[Hit]:
        """The best k articles above the threshold (all_hits: whatever their score), best first.

        What is not valid on `today` (China's date when left out) is never returned.
        """
        if not query.strip():
            return []
        day = today or (datetime.now(UTC) + CHINA).date()
        each = {name: _z(self._score(name, query)) for name in scorers}
        total = sum((WEIGHTS[name] if len(scorers) > 1 else 1.0) * z for name, z in each.items())
        hits: dict[str, Hit] = {}
        for position in np.argsort(-np.asarray(total)):
            part = self._slices[position]
            article = self.articles[part.article]
            score = 1 / (1 + math.exp(-STEEP * (float(total[position]) - MIDDLE)))  # type: ignore[index]
            if len(hits) == k or (score < self.threshold and not all_hits):
                break
            if article.id not in hits and article.valid(day):
                scores = {name: float(z[position]) for name, z in each.items()}
                hits[article.id] = Hit(article, part.text, score, scores)
        return list(hits.values())

    def _score(self, name: str, query: str) -> Scores:
        if name == "characters":
            return self._characters.scores(query)
        if name == "pinyin":
            return self._pinyin.scores(query)
        found, where = self._vectors.search(self._encoder.encode([query]), self._vectors.ntotal)
        out = np.zeros(self._vectors.ntotal, np.float32)
        out[where[0]] = found[0]
        return out


def _z(scores: Scores) -> Scores:
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread > 1e-9 else np.zeros_like(scores)
