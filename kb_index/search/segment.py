"""Articles with all that the scorers hold of them, in arrays that never change."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kb_index.article import Article, parse
from kb_index.search import near, words
from kb_index.search.packed import Array
from kb_index.search.passages import units
from kb_index.search.postings import Flags, Postings
from kb_index.search.words import Keys

Half = npt.NDArray[np.float16]
Offsets = npt.NDArray[np.int64]
NAMED = ("region", "line", "issuer")
CHILDREN = {
    "id": ("id",),
    "text": ("text",),
    "unit": (),
    "row": ("row", "row_slice", "row_key", "row_sum"),
    "tag": ("tag",),
}
EVER = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that was encoded. slice: whose it is (passages.ALL: every slice's); vector: as it is kept."""

    slice: int
    key: int
    vector: Half


@dataclass(frozen=True, slots=True)
class Segment:
    """columns: by article its name, days, region, line, issuer; what it has several of (CHILDREN) stands in its order,
    `<kind>_first` says where each article's begin. texts: the strings behind the keys of NAMED.
    """

    columns: Mapping[str, Array]
    characters: Postings
    pinyin: Postings
    texts: Mapping[str, Mapping[int, str]]

    def __len__(self) -> int:
        return len(self.columns["since"])

    @classmethod
    def of(cls, articles: Sequence[Article], encoded: Sequence[Sequence[Passage]], size: int) -> "Segment":
        """Those of articles. encoded: each one's passages; size: of their vectors."""
        lines = [line(article) for article in articles]
        texts = [units(article) for article in articles]
        ids = [_bytes(article.id) for article in articles]
        rows = [passage for one in encoded for passage in one]
        vectors = np.array([one.vector for one in rows], np.float16).reshape(len(rows), size)
        columns: dict[str, Array] = {
            "name": np.array([name_key(one.id) for one in articles], np.uint64).reshape(len(articles), 2),
            "since": np.array([days(one)[0] for one in articles], np.int32),
            "until": np.array([days(one)[1] for one in articles], np.int32),
            "id": np.frombuffer(b"".join(ids), np.uint8),
            "id_first": first(map(len, ids)),
            "text": np.frombuffer(b"".join(lines), np.uint8),
            "text_first": first(map(len, lines)),
            "unit_first": first(map(len, texts)),
            "row": vectors,
            "row_slice": np.array([one.slice for one in rows], np.int32),
            "row_key": np.array([one.key for one in rows], np.uint64),
            "row_sum": vector_sums(vectors),
            "row_first": first(map(len, encoded)),
            "tag": np.array([key(tag) for one in articles for tag in one.tags], np.uint64),
            "tag_first": first(len(one.tags) for one in articles),
        }
        named = {kind: [getattr(one, kind) for one in articles] for kind in NAMED}
        columns |= {kind: np.array([key(text) for text in found], np.uint64) for kind, found in named.items()}
        flat = [text for one in texts for text in one]
        return cls(
            _completed(columns),
            Postings.of(words.characters(flat), len(flat)),
            Postings.of(words.pinyin(flat), len(flat)),
            {kind: {key(text): text for text in found} for kind, found in named.items()},
        )

    @classmethod
    def merged(cls, parts: Sequence["Segment"], kept: Sequence[Flags]) -> "Segment":
        """One out of several, of the articles that are kept, in their order."""
        less = [part._only(flags) for part, flags in zip(parts, kept, strict=True)]
        columns = {name: np.concatenate([one[name] for one in less]) for name in less[0] if not name.endswith("_first")}
        for kind in CHILDREN:
            sizes = np.concatenate([np.diff(one[f"{kind}_first"]) for one in less])
            columns[f"{kind}_first"] = np.append(0, np.cumsum(sizes))
        units_kept = [spread(flags, part.columns["unit_first"]) for part, flags in zip(parts, kept, strict=True)]
        return cls(
            _completed(columns),
            Postings.merged([part.characters for part in parts], units_kept),
            Postings.merged([part.pinyin for part in parts], units_kept),
            {kind: {k: text for part in parts for k, text in part.texts[kind].items()} for kind in NAMED},
        )

    def _only(self, kept: Flags) -> dict[str, Array]:
        """The columns of the articles that are kept."""
        out = {name: self.columns[name][kept] for name in ("name", "since", "until", *NAMED)}
        for kind, names in CHILDREN.items():
            begins = self.columns[f"{kind}_first"]
            out[f"{kind}_first"] = np.append(0, np.cumsum(np.diff(begins)[kept]))
            if names:
                flags = spread(kept, begins)
                out |= {name: self.columns[name][flags] for name in names}
        return out

    def pack(self) -> tuple[dict[str, list[Array]], Any]:
        """As packed.write takes it."""
        arrays = {name: [column] for name, column in self.columns.items()}
        for name in ("characters", "pinyin"):
            postings: Postings = getattr(self, name)
            arrays |= {f"{name}.{one}": [getattr(postings, one)] for one in Postings.__slots__}
        return arrays, {kind: list(found.values()) for kind, found in self.texts.items()}

    @classmethod
    def unpack(cls, arrays: Mapping[str, Array], note: Mapping[str, Iterable[str]]) -> "Segment":
        """Out of what packed.read gives. Raises KeyError."""
        columns = {name: array for name, array in arrays.items() if "." not in name}
        texts = {kind: {key(text): text for text in note[kind]} for kind in NAMED}
        return cls(columns, _postings(arrays, "characters"), _postings(arrays, "pinyin"), texts)

    def line(self, number: int) -> bytes:
        """The article at a place as it is kept: JSON, whose SHA-256 is its digest."""
        return self._slice("text", number)

    def id(self, number: int) -> str:
        """Its id."""
        return self._slice("id", number).decode("utf8", "surrogatepass")

    def article(self, number: int) -> Article:
        """The article at a place."""
        return read_line(self.line(number))

    def _slice(self, kind: str, number: int) -> bytes:
        low, high = self.columns[f"{kind}_first"][number : number + 2].tolist()
        return self.columns[kind][low:high].tobytes()

    def passages(self, number: int) -> list[Passage]:
        """What was encoded of the article at a place."""
        low, high = self.columns["row_first"][number : number + 2].tolist()
        parts = (self.columns[name][low:high] for name in ("row_slice", "row_key", "row"))
        return [Passage(int(place), int(key_), vector) for place, key_, vector in zip(*parts, strict=True)]


def line(article: Article) -> bytes:
    """An article as it is kept."""
    return _bytes(json.dumps(article.row(), ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def read_line(line: bytes) -> Article:
    """An article out of what `line` made."""
    return parse(json.loads(line.decode("utf8", "surrogatepass")))


def days(article: Article) -> list[int]:
    """From when to when it holds, as ordinals."""
    first, last = article.valid_from, article.valid_to
    return [first.toordinal() if first else 0, last.toordinal() if last else EVER]


def key(text: str) -> int:
    """64 bits that stand for a text."""
    return int.from_bytes(_hashed(text, 8), "little")


def name_key(text: str) -> tuple[int, int]:
    """128 bits that stand for an article's id."""
    found = _hashed(text, 16)
    return int.from_bytes(found[:8], "little"), int.from_bytes(found[8:], "little")


def vector_sums(vectors: Half) -> Keys:
    """A figure over the bits of each vector."""
    bits = np.ascontiguousarray(vectors).view(np.uint16)
    factors = (np.arange(1, bits.shape[1] + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)
    sums = [(part.astype(np.uint64) * factors).sum(axis=1, dtype=np.uint64) for part in _blocks(bits)]
    return np.concatenate(sums) if sums else np.zeros(0, np.uint64)


def spread(flags: Flags, begins: Offsets) -> Flags:
    """Flags of articles, on what they have several of."""
    return np.repeat(flags, np.diff(begins))


def first(sizes: Iterable[int]) -> Offsets:
    """Where each begins, and where the last ends."""
    return np.append(0, np.cumsum(np.fromiter(sizes, np.int64)))


def _postings(arrays: Mapping[str, Array], name: str) -> Postings:
    return Postings(*(arrays[f"{name}.{one}"] for one in Postings.__slots__))


def _completed(columns: Mapping[str, Array]) -> dict[str, Array]:
    """With what follows from the columns: the order of names, the lists of vectors."""
    return {**columns, "by_name": np.argsort(columns["name"][:, 0], kind="stable"), **near.lists(columns["row"])}


def _blocks(bits: npt.NDArray[np.uint16]) -> Iterable[npt.NDArray[np.uint16]]:
    return (bits[start : start + near.BLOCK] for start in range(0, len(bits), near.BLOCK))


def _hashed(text: str, size: int) -> bytes:
    return hashlib.blake2b(_bytes(text), digest_size=size).digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf8", "surrogatepass")
