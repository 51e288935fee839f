"""Telephone numbers: trusted where hypotheses agree, doubtful everywhere else, never silently wrong."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from asr.marked import Marked
from asr.numerals import strings

AGREEING = 4
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0[1-9]\d{1,2}-?\d{7,8}|400\d{7}|8\d{7})(?!\d)")
_WHOLE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_RUN = re.compile(r"(?<![\d.])\d{3,}(?:-\d{3,})*(?![\d%]|\.\d)")
_SHORT = re.compile(r"1(?:1[0-9]|2[02]|23\d\d|00\d\d)|9[56]\d{3,4}|(?:19|20)\d\d")
_UNIT = re.compile(
    r"[多来]?(?:号|室|元|块|年|路|度|万|千|百|亿|个|人|户|栋|幢|楼|单元|层|米|平|公里|吨|次|天|月|日|斤|公斤|分|秒|小时|热线)"
)
_MOBILE = re.compile(r"1[3-9]\d")
LONG = 7


def settle(marked: Marked, hypotheses: Sequence[str]) -> Marked:
    """Put the agreed number in place; doubt each other run of digits that may be a number or a piece of one.

    A number is agreed when it is valid and stands in at least AGREEING hypotheses. Where none is, a whole number
    of fewer takes the place of a broken one: doubtful all the same, but it can be read back.
    """
    lines = [_figures(line) for line in hypotheses]
    agreed = _agreed(lines)
    runs = list(_suspects(marked.text))
    long = [run for run in runs if len(run[0]) >= LONG]
    if len(agreed) == 1 and len(long) == 1 and long[0][0] not in agreed:
        marked = marked.repair(*long[0].span(), agreed[0])
    elif not agreed and len(long) == 1 and not _PHONE.fullmatch(long[0][0]) and (whole := _commonest(lines)):
        marked = marked.repair(*long[0].span(), whole)
    return marked.doubt(run.span() for run in _suspects(marked.text) if run[0] not in agreed)


def _figures(line: str) -> str:
    return Marked(line).rewrite(strings(line)).text


def _agreed(lines: Sequence[str]) -> list[str]:
    """Valid numbers that enough lines hold, save rivals that never stand in one line."""
    numbers = [set(_valid(line)) for line in lines]
    enough = [one for one in sorted(set().union(*numbers)) if sum(one in held for held in numbers) >= AGREEING]
    return [
        one for one in enough if all(other == one or any({one, other} <= held for held in numbers) for other in enough)
    ]


def _commonest(lines: Sequence[str]) -> str:
    """The mobile number that most lines hold; empty where none holds any."""
    counted = Counter(found[0] for line in lines for found in _WHOLE.finditer(line))
    return max(counted, key=lambda number: counted[number], default="")


def _valid(line: str) -> Iterator[str]:
    """Whole telephone numbers; eight bare digits may be the rest of a mobile number said after a pause."""
    for found in _PHONE.finditer(line):
        if len(found[0]) != 8 or re.search(r"[\u4e00-\u9fff]{2}", line[: found.start()]):
            yield found[0]


def _suspects(text: str) -> Iterator[re.Match[str]]:
    for run in _RUN.finditer(text):
        short = len(run[0]) < LONG
        plain = _SHORT.fullmatch(run[0]) or _UNIT.match(text, run.end())
        rounded = run[0].endswith("00") or (len(run[0]) == 3 and run[0][-1] == "0" and not _MOBILE.fullmatch(run[0]))
        if not (short and (plain or rounded)):
            yield run
