"""Lines that were broken to fit a page or a window, put together again."""

import re
from collections.abc import Iterable, Iterator

from kb_index.slicing import Line

ENDS = tuple("。！？；：!?;:”》）】")
LATIN = re.compile(r"[A-Za-z0-9,.)%]$")
PLAIN = 9  # the rank of a line that begins with no mark
FULL = 0.8  # of the widest line: a shorter one ends its paragraph


def mended(lines: Iterable[str]) -> Iterator[str]:
    """Paragraphs out of lines. A line goes on where it is about as wide as the widest, ends no sentence, and the next
    begins with no number of its own; an empty line ends a paragraph as well."""
    known = list(lines)
    width = max(map(len, known), default=0)
    held = ""
    last = 0
    for line in known:
        goes_on = held and line and last >= FULL * width and not held.endswith(ENDS) and Line(line).rank == PLAIN
        if goes_on:
            held = f"{held}{' ' if LATIN.search(held) and LATIN.match(line[0]) else ''}{line}"
        else:
            if held:
                yield held
            held = line
        last = len(line)
    if held:
        yield held
