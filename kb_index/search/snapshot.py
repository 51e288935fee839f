"""The base as it stands at one moment: every scorer's view of a question, and one ranking out of them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kb_index.encoders.base import Vectors
from kb_index.search.asked import Asked
from kb_index.search.filters import Wanted
from kb_index.search.fuse import Fusion
from kb_index.search.meant import meant
from kb_index.search.near import Places
from kb_index.search.part import Part
from kb_index.search.passages import ALL
from kb_index.search.postings import Flags, Found, Postings, Scores, norms, rarity
from kb_index.search.segment import Segment, name_key
from kb_index.search.words import Keys

WORDS = ("characters", "pinyin")
DEPTH = 128  # units by words, and rows by vectors, that are weighed exactly
EACH = 4  # units for each article that is wanted: several may be one article's
MIDDLING, SHORTEST = 100, 8  # sounds of a unit of middling length; one of fewer counts as this
COMMON = 0.15  # of all units: a pair that stands in more says nothing about any


@dataclass(frozen=True, slots=True)
class Weighed:
    """A question against the articles that may answer it, in no order; each by its best slice.

    place: (part, article) of each; slice: its number; rank: fused; scores: by scorer; sizes: see fuse.evidence; means,
    spreads: of each scorer over all that may be found; scales: what makes scores comparable between bases. talk: cosine
    to the nearest small talk, None: without vectors. telling: pairs worth showing.
    """

    place: list[tuple[int, int]]
    slice: list[int]
    rank: Scores
    scores: Mapping[str, Scores]
    sizes: Scores
    means: Mapping[str, float]
    spreads: Mapping[str, float]
    scales: Mapping[str, float]
    letters: int
    talk: float | None
    telling: Mapping[str, Keys]

    @property
    def scorers(self) -> str:
        """Those that had a say, as Fusion.chance calls them."""
        return "+".join(self.scores)

    @property
    def centred(self) -> dict[str, Scores]:
        """Each scorer's score above its mean."""
        return {name: scores - np.float32(self.means[name]) for name, scores in self.scores.items()}

    def features(self) -> list[float]:
        """What a chance is made of: a constant, the best article's evidence, the length, nearness."""
        best = int(np.argmax(self.rank))
        less = {name: mean if name == "vectors" else 0.0 for name, mean in self.means.items()}
        seen = [float(all_[best] - less[name]) * self.scales[name] for name, all_ in self.scores.items()]
        near = [] if self.talk is None else [self.means["vectors"], self.talk]
        return [1.0, *seen, math.log(max(1, self.letters)), *near]

    def standard(self, number: int) -> dict[str, float]:
        """Each scorer's z-score of one of the articles."""
        return {
            name: float(scores[number] - self.means[name]) / max(self.spreads[name], 1e-9)
            for name, scores in self.scores.items()
        }


class Snapshot:
    """Parts, one after another; units and articles are numbered on through them."""

    def __init__(self, parts: Sequence[Part], position: int) -> None:
        self.parts = tuple(parts)
        self.position = position
        self.size = sum(part.size for part in parts)
        self.articles = sum(part.articles for part in parts)
        self._unit_starts = np.append(0, np.cumsum([len(part.owner) for part in parts], dtype=np.int64))

    @property
    def rarest(self) -> float:
        """What a term that stands once, in one unit of average length, weighs: makes scores comparable."""
        return math.log(1 + (self.size + 0.5) / 1.5)

    def find(self, name: str) -> tuple[int, int] | None:
        """Part and place of an article by its id; None: it does not stand here."""
        key = np.array([name_key(name)], np.uint64)
        found = ((number, int(part.find(key)[0])) for number, part in enumerate(self.parts))
        return next(((number, place) for number, place in found if place >= 0), None)

    def standing(self) -> Iterator[tuple[Segment, int]]:
        """Every article that stands: its segment and place."""
        for part in self.parts:
            yield from ((part.segment, place) for place in np.flatnonzero(part.alive).tolist())

    def meant(self, text: str) -> str:
        """A question as it was probably meant, where it may have been misheard."""
        return meant(text, [part.alike for part in self.parts])

    def weigh(self, asked: Asked, fusion: Fusion, wanted: Wanted, least: int = 0) -> Weighed | None:
        """None where nothing may be found. least: how many articles are wanted at least, where there are as many."""
        allowed = [part.allowed(wanted) for part in self.parts]
        units = [flags[part.owner] for part, flags in zip(self.parts, allowed, strict=True)]
        every = np.concatenate(units) if units else np.zeros(0, bool)
        if not every.any() or not (asked.terms or asked.vectors is not None):
            return None
        rarities = {name: self._rarity(name, terms.keys) for name, terms in asked.terms.items()}
        dense = {name: self._words(name, asked, rarities[name]) for name in asked.terms}
        words = np.zeros(len(every), np.float32)
        for name, scores in dense.items():
            words += np.float32(fusion.weights[name]) * scores
        words[~every] = -np.inf
        depth = max(DEPTH, least * EACH)
        chosen = _best(words, depth) if dense else np.zeros(0, np.int64)
        means, spreads = {}, {}
        for name, scores in dense.items():
            may = scores if every.all() else scores[every]
            means[name], spreads[name] = float(may.mean()), float(may.std())
        if asked.vectors is not None and self._rows:
            chosen = np.union1d(chosen, self._nearest(asked.vectors, depth, allowed, words))
            means["vectors"], spreads["vectors"] = self._background(asked.vectors)
        scored = {name: scores[chosen] for name, scores in dense.items()}
        if "vectors" in means and asked.vectors is not None:
            scored["vectors"] = self._cosines(asked.vectors, chosen)
        if not len(chosen) or not scored:
            return None
        rank = fusion.rank(scored, self._sizes[chosen])
        best = self._by_article(chosen, rank)
        return Weighed(
            place=self._place(chosen[best]),
            slice=(chosen[best] - self._first[self._owner[chosen[best]]]).tolist(),
            rank=rank[best],
            scores={name: scores[best] for name, scores in scored.items()},
            sizes=self._sizes[chosen[best]],
            means=means,
            spreads=spreads,
            scales={"characters": 1 / math.sqrt(self.rarest), "pinyin": 1.0, "vectors": 1.0},
            letters=len(asked.text),
            talk=asked.talk if "vectors" in scored else None,
            telling={name: self._telling(asked.terms[name].keys, rare) for name, rare in rarities.items()},
        )

    def _words(self, name: str, asked: Asked, rare: "Rare") -> Scores:
        """Words by their root, so that one rare shared pair outweighs nothing else; sounds as a share of what is asked.

        So sounds weigh most in short questions, where one misheard character costs the most.
        """
        terms = asked.terms[name]
        weights = terms.weights * rare.weights
        sums = [one.scores(weights, norm) for one, norm in zip(rare.found, self._norms[name], strict=True)]
        shared = np.concatenate(sums)
        if name == "pinyin":
            own = terms.own
            shared /= np.float32(max(float((terms.weights[own] * rare.weights[own]).sum()), self.rarest))
        out: Scores = np.sqrt(shared)
        return out

    def _rarity(self, name: str, keys: Keys) -> "Rare":
        found = [self._postings(part, name).of_terms(keys) for part in self.parts]
        pairs = zip(self.parts, found, strict=True)
        counts = sum((one.among(part.units) for part, one in pairs), np.zeros(len(keys), np.int64))
        return Rare(found, counts, np.where(counts > 0, rarity(counts, self.size), np.float32(self.rarest)))

    def _telling(self, keys: Keys, rare: "Rare") -> Keys:
        return keys[rare.counts <= max(3, COMMON * self.size)]

    def _nearest(self, vectors: Vectors, depth: int, allowed: Sequence[Flags], words: Scores) -> Places:
        """The units of the rows nearest to vectors. A question belongs to all of its article: the best by words."""
        scores, numbers, rows = [], [], []
        for number, (part, flags) in enumerate(zip(self.parts, allowed, strict=True)):
            found, near = part.near.top(vectors, depth, None if flags.all() else flags[part.row_owner])
            scores.append(near)
            rows.append(found)
            numbers.append(np.full(len(found), number))
        nearest = np.argsort(-np.concatenate(scores), kind="stable")[:depth]
        out = []
        for number, row in zip(
            np.concatenate(numbers)[nearest].tolist(), np.concatenate(rows)[nearest].tolist(), strict=True
        ):
            part, start = self.parts[number], int(self._unit_starts[number])
            article = int(part.row_owner[row])
            low, high = part.segment.columns["unit_first"][article : article + 2].tolist()
            piece = int(part.segment.columns["row_slice"][row])
            place = int(np.argmax(words[start + low : start + high])) if piece == ALL else piece
            out.append(start + low + place)
        return np.array(out, np.int64)

    def _cosines(self, vectors: Vectors, units: Places) -> Scores:
        """Each unit's nearest passage, its article's questions among them. units: ascending.

        One that has none, as it waits to be encoded, is as near as the others are on average.
        """
        out = np.full(len(units), -1, np.float32)
        numbers = np.searchsorted(self._unit_starts, units, side="right") - 1
        for number in np.unique(numbers).tolist():
            part, start = self.parts[number], self._unit_starts[number]
            mine = np.flatnonzero(numbers == number)
            columns = part.segment.columns
            articles = np.unique(part.owner[units[mine] - start]).astype(np.int64)
            rows = part.passages_of(articles)
            piece, of = columns["row_slice"][rows], part.row_owner[rows]
            scores = part.near.cosines(vectors, rows)
            whole = np.full(len(columns["since"]), -1, np.float32)
            np.maximum.at(whole, of[piece == ALL], scores[piece == ALL])
            single = np.full(len(part.owner), -1, np.float32)
            told = piece != ALL
            np.maximum.at(single, columns["unit_first"][of[told]] + piece[told], scores[told])
            local = units[mine] - start
            out[mine] = np.maximum(single[local], whole[part.owner[local]])
        bare = out == -1
        out[bare] = out[~bare].mean() if not bare.all() else 0
        return out

    def _background(self, vectors: Vectors) -> tuple[float, float]:
        """Mean and spread of the cosines of all passages: by their sum, by a sample of each part."""
        total = sum((part.total for part in self.parts), np.zeros(vectors.shape[1]))
        mean = float(total @ vectors.mean(axis=0)) / self._rows
        squares, seen = 0.0, 0.0
        for part in self.parts:
            if part.rows:
                away = (part.near.sample @ vectors.T).max(axis=1) - np.float32(mean)
                squares, seen = squares + float((away**2).mean()) * part.rows, seen + part.rows
        return mean, math.sqrt(squares / seen)

    def _by_article(self, units: Places, rank: Scores) -> Places:
        """Which of the units is its article's best, for each article."""
        owners = self._owner[units]
        order = np.lexsort((-rank, owners))
        best: Places = order[np.append(True, np.diff(owners[order]) > 0)]
        return best

    def _place(self, units: Places) -> list[tuple[int, int]]:
        """Part and article of each."""
        numbers = np.searchsorted(self._unit_starts, units, side="right") - 1
        return list(zip(numbers.tolist(), (self._owner[units] - self._article_starts[numbers]).tolist(), strict=True))

    def _postings(self, part: Part, name: str) -> Postings:
        found: Postings = getattr(part.segment, name)
        return found

    @cached_property
    def _norms(self) -> dict[str, list[Scores]]:
        out = {}
        for name in WORDS:
            mean = sum(part.length(name) for part in self.parts) / max(1, self.size)
            out[name] = [norms(self._postings(part, name).lengths, mean) for part in self.parts]
        return out

    @cached_property
    def _sizes(self) -> Scores:
        """The logarithm of each unit's length, 0 for a middling one."""
        lengths = np.concatenate([part.segment.pinyin.lengths for part in self.parts])
        out: Scores = np.log(np.maximum(lengths, SHORTEST) / np.float32(MIDDLING)).astype(np.float32)
        return out

    @cached_property
    def _article_starts(self) -> Places:
        return np.append(0, np.cumsum([len(part.alive) for part in self.parts], dtype=np.int64))

    @cached_property
    def _owner(self) -> Places:
        """Each unit's article, numbered on through the parts."""
        starts = self._article_starts
        return np.concatenate([part.owner + start for part, start in zip(self.parts, starts, strict=False)])

    @cached_property
    def _first(self) -> Places:
        """Each article's first unit, both numbered on through the parts."""
        pairs = zip(self.parts, self._unit_starts, strict=False)
        return np.concatenate([part.segment.columns["unit_first"][:-1] + start for part, start in pairs])

    @cached_property
    def _rows(self) -> int:
        return sum(part.rows for part in self.parts)


@dataclass(frozen=True, slots=True)
class Rare:
    """A question's terms in every part. counts: units that hold each; weights: how rare each is."""

    found: Sequence[Found]
    counts: npt.NDArray[np.int64]
    weights: Scores


def _best(scores: Scores, count: int) -> Places:
    """Places of the highest that may be found at all, in no order."""
    chosen = np.argpartition(-scores, count - 1)[:count] if len(scores) > count else np.arange(len(scores))
    return chosen[np.isfinite(scores[chosen])]
