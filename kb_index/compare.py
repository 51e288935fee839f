"""Two versions of an article side by side: fields, lists, and the text by clause and slice, to the character."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

from kb_index.article import Article
from kb_index.slicing import Slice

ALIKE = 0.4  # share of character pairs from which on two slices without a common number are one that was changed
ISLAND = 2  # fewer characters kept between two changes are no help to the eye
FIELDS = ("title", "clause", "issuer", "region", "line", "valid_from", "valid_to", "source", "review_due")
LISTS = ("questions", "tags", "matter", "supersedes")
Pair = tuple[int, int]
Key = Callable[[Slice], str]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that stayed, came or went."""

    kind: Literal["kept", "added", "removed"]
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field that changed; days as text."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class List:
    """A list that changed, apart from its order."""

    name: str
    kept: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A slice before and after, by its place from 0; None: there is none. moved: elsewhere among the others."""

    kind: Literal["same", "changed", "added", "removed"]
    before: int | None
    after: int | None
    clause_before: str
    clause_after: str
    moved: bool
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs; slices: all of them, in the order of the later version, those that went where they stood."""

    fields: tuple[Field, ...]
    lists: tuple[List, ...]
    slices: tuple[Part, ...]

    @property
    def changed(self) -> int:
        """How many fields, lists and slices differ."""
        return len(self.fields) + len(self.lists) + sum(part.kind != "same" or part.moved for part in self.slices)


def compare(before: Article, after: Article) -> Comparison:
    """What changed from one version to another."""
    old, new = before.row(), after.row()
    fields = (Field(name, old[name], new[name]) for name in FIELDS if old[name] != new[name])
    lists = (_list(name, old[name], new[name]) for name in LISTS if Counter(old[name]) != Counter(new[name]))
    return Comparison(tuple(fields), tuple(lists), tuple(_slices(before.slices, after.slices)))


def spans(before: str, after: str) -> tuple[Span, ...]:
    """One text turned into another, character by character: what went stands before what came."""
    out: list[Span] = []
    for kept, old, new in _runs(before, after):
        out += [Span("kept", kept), Span("removed", old), Span("added", new)]
    return tuple(span for span in out if span.text)


def _list(name: str, before: list[str], after: list[str]) -> List:
    kept = Counter(before) & Counter(after)
    added, removed = Counter(after) - kept, Counter(before) - kept
    return List(name, *(tuple(one.elements()) for one in (kept, added, removed)))


def _runs(before: str, after: str) -> Iterator[tuple[str, str, str]]:
    """What stayed, then what went and what came in its place, again and again."""
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    wide = [one for one in blocks if one.size >= ISLAND or one.size and one.a in (0, len(before) - one.size)]
    first, last = (0, 0, 0), (len(before), len(after), 0)
    for (a, b, size), (c, d, _) in pairwise([first, *wide, last]):
        yield before[a : a + size], before[a + size : c], after[b + size : d]


def _slices(before: Sequence[Slice], after: Sequence[Slice]) -> Iterator[Part]:
    pairs = _pairs(before, after)
    partner = {new: old for old, new in pairs}
    matched, steady = set(partner.values()), _steady(sorted(pairs, key=lambda pair: pair[1]))
    done = 0
    for new, part in enumerate(after):
        old = partner.get(new)
        if old is None:
            yield Part("added", None, new, "", part.clause, False, (Span("added", part.text),))
            continue
        if new in steady:
            yield from (_removed(before, gone) for gone in range(done, old) if gone not in matched)
            done = max(done, old + 1)
        was = before[old]
        same = was == part
        told = (Span("kept", part.text),) if was.text == part.text else spans(was.text, part.text)
        yield Part("same" if same else "changed", old, new, was.clause, part.clause, new not in steady, told)
    yield from (_removed(before, gone) for gone in range(done, len(before)) if gone not in matched)


def _removed(before: Sequence[Slice], old: int) -> Part:
    part = before[old]
    return Part("removed", old, None, part.clause, "", False, (Span("removed", part.text),))


def _pairs(before: Sequence[Slice], after: Sequence[Slice]) -> list[Pair]:
    """Which slice became which: by clause, of several under one by their order; then by text; then by likeness."""
    pairs: list[Pair] = []
    for key in (_whole, _clause, _text):
        old, new = _left(before, {a for a, _ in pairs}), _left(after, {b for _, b in pairs})
        pairs += _same(before, after, old, new, key)
    old, new = _left(before, {a for a, _ in pairs}), _left(after, {b for _, b in pairs})
    return pairs + _likest(before, after, old, new)


def _whole(part: Slice) -> str:
    return f"{part.clause}\n{part.text}" if part.clause else ""


def _clause(part: Slice) -> str:
    return part.clause


def _text(part: Slice) -> str:
    return part.text


def _left(parts: Sequence[Slice], taken: set[int]) -> list[int]:
    return [number for number in range(len(parts)) if number not in taken]


def _same(before: Sequence[Slice], after: Sequence[Slice], old: list[int], new: list[int], key: Key) -> list[Pair]:
    there: dict[str, list[int]] = defaultdict(list)
    for number in new:
        there[key(after[number])].append(number)
    return [(number, there[name].pop(0)) for number in old if (name := key(before[number])) and there.get(name)]


def _likest(before: Sequence[Slice], after: Sequence[Slice], old: list[int], new: list[int]) -> list[Pair]:
    """The most alike first, as long as they are alike enough."""
    sets = {number: _bigrams(after[number].text) for number in new}
    holders: dict[str, list[int]] = defaultdict(list)
    for number, found in sets.items():
        for one in found:
            holders[one].append(number)
    scored: list[tuple[float, int, int]] = []
    for number in old:
        own = _bigrams(before[number].text)
        shared = Counter(holder for one in own for holder in holders.get(one, ()))
        scored += [(2 * n / (len(own) + len(sets[other])), number, other) for other, n in shared.items()]
    pairs: dict[int, int] = {}
    for score, a, b in sorted(scored, key=lambda one: (-one[0], one[1], one[2])):
        if score >= ALIKE and a not in pairs and b not in pairs.values():
            pairs[a] = b
    return list(pairs.items())


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(max(1, len(text) - 1))}


def _steady(pairs: Sequence[Pair]) -> set[int]:
    """Those of the later slices that kept their order: a longest rising run of the earlier places."""
    tops: list[int] = []  # the least earlier place at which a run of each length ends
    ends: list[int] = []
    came: list[int] = []
    for number, (old, _) in enumerate(pairs):
        length = bisect_left(tops, old)
        tops[length:] = [old, *tops[length + 1 :]]
        came.append(ends[length - 1] if length else -1)
        ends[length:] = [number, *ends[length + 1 :]]
    steady, number = set(), ends[-1] if ends else -1
    while number >= 0:
        steady.add(pairs[number][1])
        number = came[number]
    return steady
