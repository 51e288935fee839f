"""Whether an index holds what it must: each article's text and data, its terms and its vectors, against the article."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kb_index.article import Article
from kb_index.search.asked import READERS
from kb_index.search.packed import Array
from kb_index.search.part import Part
from kb_index.search.passages import passages, units
from kb_index.search.postings import Flags, Postings
from kb_index.search.segment import NAMED, Segment, days, key, line, vector_sums
from kb_index.search.snapshot import Snapshot
from kb_index.search.writing import chunks

MISSING, EXTRA = "missing", "extra"
SAYS: Mapping[str, str] = {
    MISSING: "数据库里已上线，索引里没有",
    EXTRA: "数据库里没有上线，索引里还在",
    "text": "索引里的正文与数据库不一致",
    "dates": "索引里的有效期不对",
    "region": "索引里的适用地区不对",
    "line": "索引里的专线不对",
    "issuer": "索引里的发布部门不对",
    "tags": "索引里的标签不对",
    "characters": "字词索引不完整",
    "pinyin": "读音索引不完整",
    "vectors": "语义向量缺失或已损坏",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """article: its id; part: which part of the index, a key of SAYS; says: the same for a reader."""

    article: str
    part: str

    @property
    def says(self) -> str:
        """In words (Chinese)."""
        return SAYS[self.part]


@dataclass(frozen=True, slots=True)
class Parts:
    """What the scorers hold of an article: checksums by slice, of its terms and of the vectors of its passages.

    digest: SHA-256 of its row.
    """

    version: int
    digest: str
    characters: tuple[int, ...]
    pinyin: tuple[int, ...]
    vectors: tuple[int, ...]


def faults(snapshot: Snapshot, articles: Iterable[Article], vectors: bool) -> Iterator[Fault]:
    """Each fault found. articles: all that must stand, each once; vectors: whether there must be any."""
    checks = [_Check(part) for part in snapshot.parts]
    seen = [np.zeros(len(part.alive), bool) for part in snapshot.parts]
    for group in chunks(articles):
        expected = _Expected(group)
        for number, article in enumerate(group):
            found = snapshot.find(article.id)
            if found is None:
                yield Fault(article.id, MISSING)
                continue
            part, place = found
            seen[part][place] = True
            yield from (Fault(article.id, what) for what in _wrong(checks[part], place, expected, number, vectors))
    for check, flags in zip(checks, seen, strict=True):
        extra = np.flatnonzero(check.part.alive & ~flags).tolist()
        yield from (Fault(check.part.segment.id(place), EXTRA) for place in extra)


def parts_of(part: Part, place: int) -> Parts:
    """Of one article at its place."""
    segment = part.segment
    flags = np.zeros(len(part.alive), bool)
    flags[place] = True
    alone = Segment.merged([segment], [flags])
    return Parts(
        segment.article(place).version,
        hashlib.sha256(segment.line(place)).hexdigest(),
        tuple(alone.characters.checksums().tolist()),
        tuple(alone.pinyin.checksums().tolist()),
        tuple(vector_sums(alone.columns["row"]).tolist()),
    )


class _Expected:
    """What must be held of several articles."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.articles = articles
        texts = [units(article) for article in articles]
        flat = [text for one in texts for text in one]
        self.first = np.append(0, np.cumsum([len(one) for one in texts]))
        self.words = {name: _Words(Postings.of(read(flat), len(flat))) for name, read in READERS.items()}


class _Words:
    """What counts of postings, by unit."""

    def __init__(self, postings: Postings) -> None:
        self.sums, self.lengths = postings.checksums(), postings.lengths
        ascending = bool((postings.keys[1:] > postings.keys[:-1]).all())
        self.sound = ascending and bool((np.diff(postings.starts) > 0).all())


class _Check:
    """What a part holds, each figure made once."""

    def __init__(self, part: Part) -> None:
        self.part = part

    @cached_property
    def words(self) -> Mapping[str, _Words]:
        return {name: _Words(getattr(self.part.segment, name)) for name in READERS}

    @cached_property
    def whole(self) -> Flags:
        """Vectors that are what they were, for the exact score and in the search alike."""
        columns = self.part.segment.columns
        told = columns["row_sum"]
        right: Flags = (vector_sums(columns["row"]) == told) & (vector_sums(self.part.near.held()) == told)
        return right

    def of(self, place: int, kind: str, name: str) -> Array:
        """What an article has several of."""
        columns = self.part.segment.columns
        low, high = columns[f"{kind}_first"][place : place + 2].tolist()
        held: Array = columns[name][low:high]
        return held


def _wrong(check: _Check, place: int, expected: _Expected, number: int, vectors: bool) -> Iterator[str]:
    """What does not agree of an article: keys of SAYS."""
    article, segment = expected.articles[number], check.part.segment
    if segment.line(place) != line(article):
        yield "text"
    if [int(segment.columns[name][place]) for name in ("since", "until")] != days(article):
        yield "dates"
    for kind in NAMED:
        held = int(segment.columns[kind][place])
        if held != key(getattr(article, kind)) or segment.texts[kind].get(held) != getattr(article, kind):
            yield kind
    if check.of(place, "tag", "tag").tolist() != [key(tag) for tag in article.tags]:
        yield "tags"
    here = slice(*segment.columns["unit_first"][place : place + 2].tolist())
    there = slice(*expected.first[number : number + 2].tolist())
    for name in READERS:
        held_words, told = check.words[name], expected.words[name]
        same = _same(held_words.sums[here], told.sums[there]) and _same(held_words.lengths[here], told.lengths[there])
        if not (same and held_words.sound):
            yield name
    if vectors and not _encoded(check, place, article):
        yield "vectors"


def _encoded(check: _Check, place: int, article: Article) -> bool:
    wanted = [(slice_, key(text)) for slice_, text in passages(article)]
    slices, keys = (check.of(place, "row", name).tolist() for name in ("row_slice", "row_key"))
    low, high = check.part.segment.columns["row_first"][place : place + 2].tolist()
    return wanted == list(zip(slices, keys, strict=True)) and bool(check.whole[low:high].all())


def _same(one: Array, other: Array) -> bool:
    return len(one) == len(other) and bool((one == other).all())
