"""A text with marks whose spans stay exact through every later edit."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from asr.base import Mark


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters `[start, end)` give way to `new`."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Marks are in order and never overlap; putting each `before` back gives the text as heard."""

    text: str
    marks: tuple[Mark, ...] = ()

    def rewrite(self, edits: Iterable[Edit]) -> "Marked":
        """Change the form, not the words: edits in order, none overlapping; a mark that one touches grows around it."""
        now = self
        for edit in reversed(list(edits)):
            now = now._put(edit)
        return now

    def doubt(self, spans: Iterable[tuple[int, int]]) -> "Marked":
        """Mark spans doubtful; a repair under one is covered by it."""
        doubts = [Mark(start, end, "doubtful") for start, end in spans]
        kept = [mark for mark in self.marks if not any(_meet(mark, doubt.start, doubt.end) for doubt in doubts)]
        return Marked(self.text, tuple(sorted([*kept, *doubts], key=lambda mark: mark.start)))

    def repair(self, start: int, end: int, new: str) -> "Marked":
        """Put other words in, and mark them."""
        before = self.text[start:end]
        rewritten = self._put(Edit(start, end, new))
        if any(_meet(mark, start, start + len(new)) for mark in rewritten.marks):
            return rewritten
        mark = Mark(start, start + len(new), "repaired", before)
        return Marked(rewritten.text, tuple(sorted([*rewritten.marks, mark], key=lambda one: one.start)))

    def heard(self, start: int, end: int) -> str:
        """What was heard where `[start, end)` stands now; no mark may cross its edge."""
        out, at = "", start
        for mark in self.marks:
            if start <= mark.start and mark.end <= end and mark.kind == "repaired":
                out, at = out + self.text[at : mark.start] + mark.before, mark.end
        return out + self.text[at:end]

    def _put(self, edit: Edit) -> "Marked":
        touched = [mark for mark in self.marks if _meet(mark, edit.start, edit.end)]
        start = min([edit.start, *(mark.start for mark in touched)])
        end = max([edit.end, *(mark.end for mark in touched)])
        shift = len(edit.new) - (edit.end - edit.start)
        marks = [mark for mark in self.marks if mark not in touched]
        moved = [
            replace(mark, start=mark.start + shift, end=mark.end + shift) if mark.start >= edit.end else mark
            for mark in marks
        ]
        if touched and end + shift > start:
            doubtful = any(mark.kind == "doubtful" for mark in touched)
            before = "" if doubtful else self.heard(start, end)
            moved.append(Mark(start, end + shift, "doubtful" if doubtful else "repaired", before))
        text = self.text[: edit.start] + edit.new + self.text[edit.end :]
        return Marked(text, tuple(sorted(moved, key=lambda mark: mark.start)))


def compare(heard: str, meant: str, names: Iterable[tuple[int, int]] = ()) -> Marked:
    """Marks over what differs; a change within one of the spans `names` of `meant` marks the whole name."""
    whole = list(names)
    marks: list[Mark] = []
    pieces = _differences(heard, meant)
    while pieces:
        a, b, start, end = pieces.pop(0)
        inside = [name for name in whole if _meet(Mark(start, max(end, start + 1), "repaired"), *name)]
        low, high = min([start, *(n[0] for n in inside)]), max([end, *(n[1] for n in inside)])
        while pieces and pieces[0][2] < high:
            _, b, _, last = pieces.pop(0)
            inside = [name for name in whole if name[0] < last and high < name[1]]
            end, high = last, max([high, last, *(n[1] for n in inside)])
        low = max(low, marks[-1].end if marks else 0)
        a, b = a - (start - low), b + (high - end)
        if high > low:
            marks.append(Mark(low, high, "repaired", heard[a:b]))
    return Marked(meant, tuple(marks))


def _differences(heard: str, meant: str) -> list[tuple[int, int, int, int]]:
    """Spans that differ; where words were only left out, the next character stands for them."""
    if len(heard) == len(meant):
        codes = [(n, n + 1, n, n + 1) for n, (a, b) in enumerate(zip(heard, meant, strict=True)) if a != b]
    else:
        matcher = SequenceMatcher(None, heard, meant, autojunk=False)
        codes = [code[1:] for code in matcher.get_opcodes() if code[0] != "equal"]
    joined: list[tuple[int, int, int, int]] = []
    for a, b, start, end in codes:
        if start == end:  # a mark needs a character to stand on
            if start < len(meant):
                b, end = b + 1, end + 1
            elif start:
                a, start = a - 1, start - 1
        if joined and start <= joined[-1][3]:
            first = joined.pop()
            a, start = first[0], first[2]
        joined.append((a, b, start, end))
    return joined


def _meet(mark: Mark, start: int, end: int) -> bool:
    """Whether they share a character; an insertion meets only what it stands inside."""
    return mark.start < end and start < mark.end
