"""Numerals as a form needs them: house numbers, amounts and strings of digits in Arabic figures."""

import re
from collections.abc import Iterator

from asr.marked import Edit

DIGITS = dict(zip("零〇一二两三四五六七八九幺", "0012234567891", strict=True))
UNITS = {"十": 10, "百": 100, "千": 1000}
GROUPS = {"万": 10_000, "亿": 100_000_000}
SLIPS = {"妖": "1", "要": "1", "腰": "1", "吆": "1", "邀": "1", "淋": "0", "铃": "0", "洞": "0", "拐": "7"}

NUMERALS = frozenset("零〇一二两三四五六七八九十百千万亿幺")

_COUNTING = (*"十百千万亿点第",)
_DIGIT = "零〇一二两三四五六七八九"
_NUMERAL = rf"[{_DIGIT}十百千万亿]+(?:点[{_DIGIT}]+(?![十百千分{_DIGIT}]))?"
_SPOKEN = "".join(DIGITS) + r"\d"
_LOOSE = _SPOKEN + "".join(SLIPS)
_STRING = re.compile(rf"[{_LOOSE}](?:[ ,，、.-]{{0,2}}[{_LOOSE}]){{2,}}")
_ALL = re.compile(rf"百分之({_NUMERAL})|{_NUMERAL}")
_PLACE = r"号楼|号院|号门|单元|栋|幢|室|号|楼|层|弄"
_MEASURE = r"多?块钱|多?元|多?万元|平方米?|平米|岁|年|月份?|日|路|公里|米|吨|度|户|瓦|斤|公斤|厘米|公分"
_FORM = re.compile(
    rf"百分之(?P<percent>{_NUMERAL})"
    rf"|(?P<place>{_NUMERAL})(?={_PLACE}|月份|月[{_DIGIT}十\d])"
    rf"|(?P<sum>{_NUMERAL})(?=块钱|元)"
    rf"|(?P<long>(?:[{_DIGIT}十百千万亿点]){{2,}})(?={_MEASURE}|块)"
    rf"|(?P<bare>[{_DIGIT}][百千万][{_DIGIT}十百千万亿]*[{_DIGIT}十百千])"
)
_KEEP = re.compile(r"一[百千万]年|万一|三三两两|一五一十")


def value(numeral: str) -> str | None:
    """Arabic figures of one Chinese numeral, 万 and 亿 kept at its end (四千万 -> 4000万); None when it is none."""
    whole, _, part = numeral.partition("点")
    tail = "".join(DIGITS[c] for c in part)
    if all(c in DIGITS for c in whole):
        figures: str | None = "".join(DIGITS[c] for c in whole)
    else:
        figures = _counted(whole)
    if not figures:
        return None
    return f"{figures}.{tail}" if tail else figures


def _counted(numeral: str) -> str | None:
    """三百七十万 -> 370万; 八百六 -> 860."""
    group = numeral[-1] if numeral[-1] in GROUPS and not any(c in GROUPS for c in numeral[:-1]) else ""
    total = _number(numeral[: len(numeral) - len(group)])
    return None if total is None else f"{total}{group}"


def _number(numeral: str) -> int | None:
    total = section = digit = 0
    pending, scale, zero = False, 1, False
    for character in numeral:
        if character in DIGITS:
            if pending:
                return None
            digit, pending = int(DIGITS[character]), digit != 0 or character not in "零〇"
            zero = zero or not pending
            continue
        if character in UNITS:
            if not pending and not (character == "十" and digit == 0):
                return None
            scale = UNITS[character]
            section += (digit if pending else 1) * scale
        else:
            scale = GROUPS[character]
            if section + digit == 0:
                return None
            total, section = total + (section + digit) * scale, 0
        digit, pending, zero = 0, False, False
    if pending and scale >= 100 and not zero:
        digit *= scale // 10
    return total + section + digit if numeral else None


def every(text: str) -> str:
    """All numerals in figures, for comparing texts: 百分之五十七 -> 57%, 一些 -> 1些."""

    def figures(found: re.Match[str]) -> str:
        percent = value(found[1]) if found[1] else None
        return f"{percent}%" if percent else value(found[0]) or found[0] if not found[1] else found[0]

    return _ALL.sub(figures, "".join(_apply(text, list(strings(text)))))


def strings(text: str) -> Iterator[Edit]:
    """Edits that turn three and more digits spoken one by one into figures, 幺 and its slips included."""
    for found in _STRING.finditer(text):
        body = re.sub(r"[ ,，、.-]", "", found[0])
        slips = sum(c in SLIPS for c in body)
        start, end = found.span()
        if slips > 2 or slips * 3 > len(body) or (slips and len(body) < 7):
            continue
        part = text[end : end + 1] in _COUNTING or (start > 0 and text[start - 1] in _COUNTING)
        if len(body) < 7 and part:
            continue
        figures = "".join(DIGITS.get(c, SLIPS.get(c, c)) for c in body)
        if figures != found[0] and not (_listing(found[0]) or _KEEP.search(found[0])):
            yield Edit(start, end, figures)


def _listing(body: str) -> bool:
    """1、2、3 are points of a list; figures with one dot are a decimal."""
    return bool(re.fullmatch(rf"[{_SPOKEN}](?:[、，,][{_SPOKEN}])+|\d+[.,]\d+", body)) and len(body) < 9


def form(text: str) -> Iterator[Edit]:
    """Edits that put house numbers, amounts, percentages and large numbers into figures; idioms stay."""
    kept = [found.span() for found in _KEEP.finditer(text)]
    for found in _FORM.finditer(text):
        if any(start < found.end() and found.start() < end for start, end in kept):
            continue
        percent = found["percent"]
        figures = value(percent or found[0])
        if figures:
            yield Edit(found.start(), found.end(), f"{figures}%" if percent else figures)


def _apply(text: str, edits: list[Edit]) -> Iterator[str]:
    at = 0
    for edit in edits:
        yield text[at : edit.start] + edit.new
        at = edit.end
    yield text[at:]
