"""The search: three scorers, one ranking by weighted z-scores, a threshold under which nothing is shown."""

import math
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import faiss
import numpy as np

from kb_index import fuse
from kb_index.article import Article, KnowledgeError
from kb_index.bm25 import Bm25, Scores, character_bigrams, pinyin_bigrams
from kb_index.encoder import Encoder, Vectors
from kb_index.passages import best_stretch, passages, words
from kb_index.query import essence

SCORERS = ("characters", "pinyin", "vectors")
CHINA = timedelta(hours=8)
TALK = Path(__file__).parent / "data" / "talk.txt"  # what is said in calls and asks nothing, a line each
LEAST = 0.05  # a card less likely than that only takes the place of a look


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that answers. score: how probably it is right, 0-1; scores: each scorer's z-score.

    slice: the number of the slice that answers, from 0; slice_text: the stretch of it to show; highlights: spans
    [start, end) of slice_text that speak for it. alike: ids of near duplicates that this one stands for.
    """

    article: Article
    slice_text: str
    score: float
    scores: dict[str, float]
    slice: int = 0
    highlights: tuple[tuple[int, int], ...] = ()
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weighed:
    """A query against every article, by position. rank: fused; centred, evidence: by scorer; letters: its length.

    nearness: the usual cosine to an article and the cosine to the nearest small talk; empty where there are no vectors.
    """

    rank: Scores
    centred: dict[str, Scores]
    evidence: dict[str, Scores]
    letters: int
    nearness: tuple[float, ...]

    def features(self) -> list[float]:
        """What a chance is made of: a constant, the best article's evidence, the length, nearness."""
        best = int(np.argmax(self.rank))
        seen = [float(scores[best]) for scores in self.evidence.values()]
        return [1.0, *seen, math.log(max(1, self.letters)), *self.nearness]

    def standard(self, position: int) -> dict[str, float]:
        """Each scorer's z-score of the article at that position."""
        return {name: float(all_[position] / max(float(all_.std()), 1e-9)) for name, all_ in self.centred.items()}


class Whole:
    """Articles in memory, searched from any thread.

    vectors: a row for every passage of every article, in their order; without columns: search goes by words alone.
    notice: why it does (Chinese), else empty.
    """

    def __init__(
        self, articles: Sequence[Article], vectors: Vectors, encoder: Encoder, fusion: fuse.Fusion | None = None
    ) -> None:
        self.articles = {article.id: article for article in articles}
        self.notice = encoder.notice
        self._ordered = list(articles)
        self._encoder = encoder
        self._fusion = fusion or fuse.shipped()
        self.threshold = self._fusion.threshold
        texts = [words(article) for article in articles]
        self._characters = Bm25(texts, character_bigrams)
        self._pinyin = Bm25(texts, pinyin_bigrams)
        self._owner = np.repeat(np.arange(len(articles)), [len(passages(article)) for article in articles])
        self._vectors = faiss.IndexFlatIP(vectors.shape[1]) if vectors.shape[1] else None
        if self._vectors is not None:
            self._vectors.add(vectors)
        self._talk = encoder.encode(TALK.read_text("utf8").split("\n")[:-1]) if vectors.shape[1] else vectors

    def search(
        self,
        query: str,
        k: int = 3,
        today: date | None = None,
        scorers: Sequence[str] = SCORERS,
        all_hits: bool = False,
        region: str = "",
        line: str = "",
        tags: Sequence[str] = (),
        issuer: str = "",
    ) -> list[Hit]:
        """The best k articles, best first; none where it is unlikely that any answers (all_hits: whatever the odds).

        What is not valid on `today` (China's date when left out), or holds only outside `region`, is never returned.
        """
        text = essence(query) or (query.strip() if all_hits else "")
        if not text or not self._ordered:
            return []
        found = self.weigh(text, scorers)
        chance = self._fusion.chance("+".join(found.centred), found.features()) if found.centred else 0.0
        if not found.centred or (chance < self.threshold and not all_hits):
            return []
        day = today or (datetime.now(UTC) + CHINA).date()
        share = fuse.shares(found.rank)
        hits: list[Hit] = []
        for position in np.argsort(-found.rank, kind="stable"):
            article = self._ordered[position]
            score = chance * float(share[position])
            if len(hits) == k or (score < LEAST and not all_hits):
                break
            wanted = article.line in ("", line or article.line) and set(tags) <= set(article.tags)
            if not wanted or issuer not in ("", article.issuer):
                continue
            if article.valid(day) and _within(article.region, region):
                hits.append(Hit(article, best_stretch(article, text), score, found.standard(position)))
        return hits

    def weigh(self, text: str, scorers: Sequence[str] = SCORERS) -> Weighed:
        """What each scorer has to say about every article; a scorer that cannot be had is left out."""
        asked = self._encoded(text) if "vectors" in scorers else None
        scored = {name: self._shared(name, text) for name in SCORERS[:2] if name in scorers}
        nearness: tuple[float, ...] = ()
        if asked is not None:
            scored["vectors"] = self._near(asked)
            nearness = (float(scored["vectors"].mean()), float((self._talk @ asked[0]).max()))
        centred = {name: fuse.centred(scores) for name, scores in scored.items()}
        return Weighed(self._fusion.rank(centred), centred, self._evidence(scored), len(text), nearness)

    def _shared(self, name: str, text: str) -> Scores:
        """Words by their root, so that one rare shared pair outweighs nothing else; sounds as a share of the query's.

        So sounds weigh most in short queries, where one misheard character costs the most.
        """
        counted = self._characters if name == "characters" else self._pinyin
        shared = counted.scores(text)
        out: Scores = np.sqrt(shared if name == "characters" else shared / np.float32(self._pinyin.ideal(text)))
        return out

    def _encoded(self, text: str) -> Vectors | None:
        """The query's vector (1, size); None where there are none to compare it with."""
        if self._vectors is None:
            return None
        try:
            return self._encoder.encode([text], query=True)
        except KnowledgeError as error:
            self.notice = str(error)
            return None

    def _near(self, asked: Vectors) -> Scores:
        """Each article's nearest passage, as a cosine."""
        assert self._vectors is not None
        found, where = self._vectors.search(asked, self._vectors.ntotal)
        out = np.full(len(self._ordered), -1, np.float32)
        np.maximum.at(out, self._owner[where[0]], found[0])
        return out

    def _evidence(self, found: dict[str, Scores]) -> dict[str, Scores]:
        """What speaks for an article, whatever the size of the base."""
        scales = {"characters": 1 / math.sqrt(self._characters.rarest), "pinyin": 1.0, "vectors": 1.0}
        less = {name: scores.mean() if name == "vectors" else 0.0 for name, scores in found.items()}
        return {name: (scores - less[name]) * np.float32(scales[name]) for name, scores in found.items()}


class Index:
    """The live articles, searched from any thread and changed by one; `position` is the last journal entry applied."""

    def __init__(
        self,
        encoder: Encoder,
        articles: Iterable[Article] = (),
        fusion: fuse.Fusion | None = None,
        vectors: Mapping[str, Vectors] | None = None,
    ) -> None:
        self._encoder, self._fusion, self._position = encoder, fusion, 0
        self._known: dict[str, Vectors] = dict(vectors or {})
        self._one = threading.Lock()
        self._whole = self._built(list(articles))

    @classmethod
    def open(cls, folder: Path | None, encoder: Encoder, fusion: fuse.Fusion | None = None) -> "Index":
        """What is kept in `folder`; where nothing usable is, an empty index at position 0. None: in memory alone."""
        return cls(encoder, (), fusion)

    @property
    def position(self) -> int:
        """The id of the last journal entry that was applied."""
        return self._position

    @property
    def articles(self) -> Mapping[str, Article]:
        """What can be found, by id."""
        return self._whole.articles

    @property
    def notice(self) -> str:
        """Why search is less than it could be (Chinese); empty: it is not."""
        return self._whole.notice

    def search(
        self,
        query: str,
        k: int = 3,
        today: date | None = None,
        scorers: Sequence[str] = SCORERS,
        all_hits: bool = False,
        region: str = "",
        line: str = "",
        tags: Sequence[str] = (),
        issuer: str = "",
    ) -> list[Hit]:
        """See Whole.search."""
        return self._whole.search(query, k, today, scorers, all_hits, region, line, tags, issuer)

    def weigh(self, text: str, scorers: Sequence[str] = SCORERS) -> Weighed:
        """See Whole.weigh."""
        return self._whole.weigh(text, scorers)

    def apply(self, put: Iterable[Article], remove: Iterable[str] = (), position: int | None = None) -> None:
        """Take articles in or out, all at once for who searches. position: kept with it; None: as it was."""
        with self._one:
            gone = set(remove)
            kept = {name: one for name, one in self.articles.items() if name not in gone}
            self._whole = self._built([*(kept | {one.id: one for one in put}).values()])
            self._position = self._position if position is None else position

    def close(self) -> None:
        """Let go of what it holds open."""

    def _built(self, articles: list[Article]) -> Whole:
        texts = [text for article in articles for text in passages(article)]
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known |= dict(zip(new, self._encoder.encode(new), strict=True))
        vectors = np.array([self._known[text] for text in texts], np.float32).reshape(len(texts), self._encoder.size)
        return Whole(articles, vectors, self._encoder, self._fusion)


def _within(held: str, asked: str) -> bool:
    return not (held and asked) or held.startswith(asked) or asked.startswith(held)
