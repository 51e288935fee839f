"""A change of the index in the making: nobody sees it before it is committed."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from kb_index.article import Article, KnowledgeError
from kb_index.encoders.base import Encoder
from kb_index.search.encoding import Progress, encoded
from kb_index.search.near import Half
from kb_index.search.part import Part
from kb_index.search.passages import passages
from kb_index.search.segment import Passage, Segment, key, line, name_key
from kb_index.search.store import Store

log = logging.getLogger(__name__)
AT_ONCE = 2048  # slices that are taken in together
QUICK = 16  # passages that nobody minds waiting for, 0.3 s with the packaged encoder on one core
SMALL = 16_384  # slices of a part up to which it is merged while others wait
FEW, TIER, STEP = 8, 64, 8  # parts of one size, from TIER slices up by STEP times, before they are merged
WASTE = 1 / 3  # of a part: articles gone, from which it is written anew


class Writing:
    """Starts from parts and makes others. notice: why passages went without vectors (Chinese), else empty."""

    def __init__(self, store: Store, parts: Sequence[Part], encoder: Encoder) -> None:
        self.parts = list(parts)
        self.notice = ""
        self._store, self._encoder = store, encoder

    def remove(self, names: Iterable[str]) -> None:
        """Take articles out, by id; one that is not in is none."""
        keys = _keys(list(names))
        self.parts = [_without(part, part.find(keys)) for part in self.parts]

    def put(
        self, articles: Sequence[Article], anew: bool, progress: Progress, meanwhile: Callable[[], None] | None = None
    ) -> None:
        """Take articles in, in place of their older versions; what is in already is left, unless `anew`.

        meanwhile: called once they are in without vectors, where encoding them takes time; None: it may take its time.
        """
        articles = list({one.id: one for one in articles}.values())
        places = self._places(_keys([one.id for one in articles]))
        if not anew:
            new = [place is None or self._differs(one, *place) for one, place in zip(articles, places, strict=True)]
            articles = [one for one, flag in zip(articles, new, strict=True) if flag]
            places = [place for place, flag in zip(places, new, strict=True) if flag]
        if not articles:
            return
        known: dict[int, Half] = {}
        if not anew:
            older = (self.parts[number].segment.passages(at) for number, at in filter(None, places))
            known = {passage.key: passage.vector for one in older for passage in one}
        if meanwhile and self._slow(articles, known):
            self._replace(Segment.of(articles, [[] for _ in articles], self._encoder.size), articles)
            meanwhile()
        self._replace(Segment.of(articles, self._encoded(articles, known, progress), self._encoder.size), articles)

    def merge(self, most: int = SMALL) -> None:
        """Bring parts of one size together, and write those anew that are mostly gone, none over `most` slices."""
        self.parts = [part for part in self.parts if part.articles]
        while group := _crowd(self.parts, most):
            self.parts = [part for part in self.parts if part not in group] + [self.merged(group)]

    def condense(self) -> None:
        """Bring all together that is less than half of the whole."""
        if group := small(self.parts):
            self.parts = [part for part in self.parts if part not in group] + [self.merged(group)]

    def merged(self, group: Sequence[Part]) -> Part:
        """One part out of several."""
        return self._store.add(Segment.merged([part.segment for part in group], [part.alive for part in group]))

    def _replace(self, segment: Segment, articles: Sequence[Article]) -> None:
        self.remove(one.id for one in articles)
        self.parts.append(self._store.add(segment))

    def _slow(self, articles: Sequence[Article], known: Mapping[int, Half]) -> bool:
        """Whether many passages are to be encoded."""
        if not self._encoder.size or self.notice:
            return False
        told = (key(text) for one in articles for _, text in passages(one))
        return sum(number not in known for number in told) > QUICK

    def _encoded(
        self, articles: Sequence[Article], known: dict[int, Half], progress: Progress
    ) -> Sequence[Sequence[Passage]]:
        """Where the encoder fails, articles are found by words and sounds; `tidy` asks for the vectors again."""
        if self.notice:
            return [[] for _ in articles]
        try:
            return encoded(articles, self._encoder, known, progress)
        except KnowledgeError as error:
            self.notice = str(error)
            log.warning("articles taken in without vectors", extra={"count": len(articles)})
            return [[] for _ in articles]

    def _places(self, keys: npt.NDArray[np.uint64]) -> list[tuple[int, int] | None]:
        """Part and place of each name; None: not in."""
        out: list[tuple[int, int] | None] = [None] * len(keys)
        for number, part in enumerate(self.parts):
            found = part.find(keys)
            for at in np.flatnonzero(found >= 0).tolist():
                out[at] = (number, int(found[at]))
        return out

    def _differs(self, article: Article, number: int, place: int) -> bool:
        segment = self.parts[number].segment
        lacking = self._encoder.size > 0 and not segment.passages(place)
        return lacking or segment.line(place) != line(article)


def small(parts: Sequence[Part]) -> list[Part]:
    """Parts that are better off as one; empty: none."""
    size = sum(part.size for part in parts)
    wasteful = [part for part in parts if _wasteful(part)]
    group = [part for part in parts if part.size * 2 < size or _wasteful(part)]
    return group if len(group) > 1 or wasteful else []


def lacking(parts: Sequence[Part]) -> Iterator[Article]:
    """Articles that stand without vectors."""
    for part in parts:
        bare = part.alive & (np.diff(part.segment.columns["row_first"]) == 0)
        yield from (part.segment.article(place) for place in np.flatnonzero(bare).tolist())


def chunks(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """Articles in groups of about AT_ONCE slices."""
    group: list[Article] = []
    size = 0
    for one in articles:
        group.append(one)
        size += len(one.slices)
        if size >= AT_ONCE:
            yield group
            group, size = [], 0
    if group:
        yield group


def _keys(names: Sequence[str]) -> npt.NDArray[np.uint64]:
    return np.array([name_key(name) for name in names], np.uint64).reshape(len(names), 2)


def _without(part: Part, found: npt.NDArray[np.int64]) -> Part:
    gone = np.unique(found[found >= 0])
    return part.without(gone) if len(gone) else part


def _wasteful(part: Part) -> bool:
    return part.articles < (1 - WASTE) * len(part.alive)


def _crowd(parts: Sequence[Part], most: int) -> list[Part]:
    """Parts to merge, smallest first; empty: it is well as it is."""
    tiers: dict[int, list[Part]] = {}
    for part in parts:
        if _wasteful(part) and part.size <= most:
            return [part]
        tiers.setdefault(int(np.log(max(1.0, part.size / TIER)) / np.log(STEP)), []).append(part)
    for _, tier in sorted(tiers.items()):
        if len(tier) >= FEW and sum(part.size for part in tier) <= most:
            return tier
    return []
