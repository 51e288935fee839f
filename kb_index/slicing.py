"""Cuts a text into slices: at its headings and clauses where it has them, else at sentences; numbers are kept."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

LONGEST = 480  # characters of a slice: what an agent takes in, and what an encoder sees whole
SHOWN = 160  # characters of a stretch: what a card has room for
HEADING, CONTEXT = 40, 100  # characters of a heading, and of all of them together, that are kept as context
NUMERAL = "零〇一二三四五六七八九十百千0-9０-９"
SENTENCE = re.compile(r"(?<=[。！？；\n])")
SOFTER = "，、：,;: "  # where a sentence too long is cut
# what a line may begin with, outer ones first
MARKS = tuple(
    re.compile(rf"\s*({mark})")
    for mark in (
        rf"第[{NUMERAL}]+编(?=\s|$)",
        rf"第[{NUMERAL}]+章(?=\s|$)",
        rf"第[{NUMERAL}]+节(?=\s|$)",
        rf"第[{NUMERAL}]+条(?:之[{NUMERAL}]+)?(?![第的规款至和、，])",
        r"[一二三四五六七八九十百]+、",
        r"[（(][一二三四五六七八九十百]+[）)]",
        r"[0-9０-９]{1,3}(?:[.．](?![0-9０-９])|、)",
        r"[（(]?[0-9０-９]{1,3}[）)]",
        r"[①-⑳]",
    )
)
ARTICLE, LISTED, PLAIN = 3, 4, len(MARKS)
PARAGRAPH = ARTICLE + 0.5  # an unnumbered paragraph of an article of a law: 款


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of a body. clause: what it stands under ("第二章 受理 第八条"), empty: nothing of its own."""

    text: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text. heading: its level from 1 where it is one by its style, else 0."""

    text: str
    heading: int = 0

    @property
    def rank(self) -> float:
        """How far in it stands: headings by style outermost, then MARKS in order, then what begins with none."""
        marked = next((rank for rank, mark in enumerate(MARKS) if mark.match(self.text)), PLAIN)
        return self.heading - 10 if self.heading and marked in (LISTED, PLAIN) else marked

    @property
    def name(self) -> str:
        """What it calls the text under it: the whole heading, or its number."""
        text = self.text.strip()
        title = self.heading or self.rank < ARTICLE or (self.rank == LISTED and not text.endswith(("。", "；", "：")))
        if title and len(text) <= HEADING:
            return text
        found = None if self.rank in (PLAIN, PARAGRAPH) or self.rank < 0 else MARKS[int(self.rank)].match(text)
        return found[1] if found else f"{text[:HEADING]}…"


@dataclass(frozen=True, slots=True)
class _Unit:
    """Lines under one name."""

    lines: tuple[Line, ...]
    name: str = ""

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


def cut(text: str) -> list[Slice]:
    """The slices of a text, none of them empty or too long; together they hold all of its sentences in order."""
    return cut_lines(Line(line) for line in text.split("\n"))


def cut_lines(lines: Iterable[Line]) -> list[Slice]:
    """The same for a text whose headings are known."""
    known = [line for line in lines if line.text.strip()]
    ranks = [line.rank for line in known]
    opening = ARTICLE if ARTICLE in ranks else LISTED
    opens = [place for place, rank in enumerate(ranks) if rank <= opening]
    found: list[Slice] = []
    above: dict[float, str] = {}
    waiting: list[Line] = []  # headings that nothing has followed yet
    if head := tuple(known[: opens[0]] if opens else known):
        found += _slices(_Unit(head), PLAIN, "")
    for start, end in pairwise([*opens, len(known)]):
        line, rank = known[start], ranks[start]
        above = {outer: name for outer, name in above.items() if outer < rank} | {rank: line.name}
        if end == start + 1 and rank < ARTICLE and end < len(known):
            waiting.append(line)
            continue
        found += _slices(_Unit((*waiting, *known[start:end])), rank, _context(above))
        waiting = []
    return found


def _context(above: dict[float, str]) -> str:
    """The headings over a slice; where they are too long together, the inner ones."""
    names = list(above.values())
    while len(names) > 1 and len(" ".join(names)) > CONTEXT - HEADING // 2:
        names.pop(0)
    return " ".join(names)


def stretches(text: str, longest: int = SHOWN) -> list[str]:
    """A text cut at sentences into parts of about `longest` characters; a longer sentence is cut where it must be."""
    parts = [""]
    for sentence in SENTENCE.split(text):
        for piece in (sentence[i : i + longest * 2] for i in range(0, len(sentence), longest * 2)):
            if parts[-1] and len(parts[-1]) + len(piece) > longest:
                parts.append("")
            parts[-1] += piece
    return [part.strip() for part in parts if part.strip()]


def _slices(unit: _Unit, rank: float, clause: str) -> Iterator[Slice]:
    """A unit whole, or where it is too long its parts, small neighbours together."""
    if len(unit.text) <= LONGEST:
        yield Slice(unit.text.strip(), clause)
        return
    parts, inner = _parts(unit, rank)
    if len(parts) < 2:
        yield from (Slice(piece, clause) for piece in _pieces(unit.text))
        return
    for group in _packed(parts):
        under = _joined(clause, inner, [part.name for part in group if part.name])
        whole = _Unit(tuple(line for part in group for line in part.lines))
        yield from _slices(whole, inner if len(group) == 1 else PLAIN, under)


def _parts(unit: _Unit, rank: float) -> tuple[list[_Unit], float]:
    """What a unit is made of at the next rank in, and that rank: a law's paragraphs, numbered items, or lines."""
    rest = unit.lines[1:]
    inner = min((line.rank for line in rest if line.rank > rank), default=PLAIN)
    if rank == ARTICLE and sum(line.rank == PLAIN for line in rest):
        inner = PARAGRAPH
    starts = [0, *(n for n, line in enumerate(rest, 1) if _begins(line, inner))]
    groups = [unit.lines[start:end] for start, end in pairwise([*starts, len(unit.lines)])]
    return [_Unit(lines, _called(lines[0], n, inner)) for n, lines in enumerate(groups, 1)], inner


def _begins(line: Line, inner: float) -> bool:
    return line.rank == (PLAIN if inner == PARAGRAPH else inner)


def _called(line: Line, number: int, inner: float) -> str:
    if inner == PARAGRAPH:
        return f"第{_chinese(number)}款"
    return line.name if inner < PLAIN and line.rank == inner else ""


def _packed(parts: Sequence[_Unit]) -> Iterator[list[_Unit]]:
    """Neighbours together as long as they fit one slice."""
    group: list[_Unit] = []
    size = 0
    for part in parts:
        if group and size + 1 + len(part.text) > LONGEST:
            yield group
            group, size = [], 0
        group.append(part)
        size += len(part.text) + 1
    yield group


def _joined(clause: str, inner: float, names: Sequence[str]) -> str:
    if not names:
        return clause
    name = names[0] if len(names) == 1 else f"{names[0]}至{names[-1]}"
    return (
        f"{clause}{name}" if inner == PARAGRAPH or clause.endswith(("条", "款", "）")) else f"{clause} {name}".strip()
    )


def _pieces(text: str) -> Iterator[str]:
    """Sentences together as long as they fit; one that never does is cut at a softer mark, or where it must be."""
    piece = ""
    for sentence in SENTENCE.split(text):
        if piece and len(piece) + len(sentence) > LONGEST:
            yield piece.strip()
            piece = ""
        piece += sentence
        while len(piece) > LONGEST:
            at = max(piece.rfind(mark, LONGEST // 2, LONGEST) for mark in SOFTER) + 1 or LONGEST
            yield piece[:at].strip()
            piece = piece[at:]
    if piece.strip():
        yield piece.strip()


def _chinese(number: int) -> str:
    """A number under a hundred as a law writes it."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if not tens:
        return digits[ones]
    return f"{digits[tens] if tens > 1 else ''}十{digits[ones] if ones else ''}"
