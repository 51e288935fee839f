"""Cuts a text into slices: at its clauses where it has them, else at sentences; clause numbers are kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 480  # characters of a slice: what an agent takes in, and what an encoder sees whole
SHOWN = 160  # characters of a stretch: what a card has room for
NUMERAL = "零〇一二三四五六七八九十百千0-9"
CLAUSE = re.compile(rf"^\s*(第[{NUMERAL}]+条(?:之[{NUMERAL}]+)?)[\s　]*", re.MULTILINE)
SENTENCE = re.compile(r"(?<=[。！？；\n])")


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of a body. clause: the number it stands under ("第二十四条"), empty: none of its own."""

    text: str
    clause: str = ""


def cut(text: str) -> list[Slice]:
    """The slices of a text, none of them empty; together they hold all of its sentences in order."""
    return [Slice(part, clause) for clause, body in _clauses(text) for part in stretches(body, LONGEST)]


def stretches(text: str, longest: int = SHOWN) -> list[str]:
    """A text cut at sentences into parts of about `longest` characters; a longer sentence is cut where it must be."""
    parts = [""]
    for sentence in SENTENCE.split(text):
        for piece in (sentence[i : i + longest * 2] for i in range(0, len(sentence), longest * 2)):
            if parts[-1] and len(parts[-1]) + len(piece) > longest:
                parts.append("")
            parts[-1] += piece
    return [part.strip() for part in parts if part.strip()]


def _clauses(text: str) -> Iterator[tuple[str, str]]:
    """Each clause's number and text; what stands before the first has no number."""
    found = list(CLAUSE.finditer(text))
    edges = [one.start() for one in found] + [len(text)]
    yield "", text[: edges[0]]
    for one, end in zip(found, edges[1:], strict=True):
        yield one[1], text[one.start() : end]
