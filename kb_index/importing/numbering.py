"""The numbers that Word counts by itself and that stand nowhere in the text: 第一条, （一）, 1."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from docx.document import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

DIGITS = "零一二三四五六七八九"
LEVELS = 9


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered. text: "第%1条", where %1 stands for the number of the first level."""

    form: str
    text: str
    start: int = 1


class Numbering:
    """Counts the lists of one document, paragraph by paragraph in order."""

    def __init__(self, document: Document) -> None:
        part = next(
            (one.target_part for one in document.part.rels.values() if one.reltype.endswith("/numbering")), None
        )
        root = getattr(part, "element", None)
        self._levels = {} if root is None else _levels(root)
        self._abstract = {} if root is None else _abstract_of(root)
        self._counts: dict[str, list[int]] = {}

    def next(self, paragraph: Paragraph) -> str:
        """The number of this paragraph as it is shown, with a blank behind; empty where it has none."""
        number, depth = _place(paragraph)
        abstract = self._abstract.get(number, "")
        levels = self._levels.get(abstract, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(abstract, [0] * LEVELS)
        counts[depth] = counts[depth] + 1 if counts[depth] else level.start
        counts[depth + 1 :] = [0] * (LEVELS - depth - 1)
        if level.form in ("bullet", "none"):
            return ""

        def shown(found: re.Match[str]) -> str:
            place = int(found[1]) - 1
            outer = levels.get(place, level)
            return FORMS.get(outer.form, str)(counts[place] or outer.start)

        told = re.sub(r"%([1-9])", shown, level.text)
        return f"{told} " if told else ""


def chinese(number: int) -> str:
    """A number below ten thousand as it is read: 十二, 一百零三."""
    if number <= 0 or number >= 10_000:
        return str(number)
    told, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        gap = gap or (bool(told) and not digit)
        if digit:
            told += f"{'零' if gap else ''}{DIGITS[digit]}{name}"
            gap = False
    return told.removeprefix("一") if 10 <= number < 20 else told


def roman(number: int) -> str:
    """A number as Roman numerals, small."""
    told = ""
    for value, name in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "m cm d cd c xc l xl x ix v iv i".split(), strict=True
    ):
        told += name * (number // value)
        number %= value
    return told


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if 1 <= number <= 20 else str(number)


FORMS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": "{:02d}".format,
    "decimalFullWidth": str,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "chineseLegalSimplified": chinese,
    "ideographDigital": chinese,
    "japaneseCounting": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
}


def _levels(root: object) -> dict[str, dict[int, Level]]:
    """Of each abstract list, its levels by depth."""
    found: dict[str, dict[int, Level]] = {}
    for abstract in root.findall(qn("w:abstractNum")):  # type: ignore[attr-defined]  # lxml has no types
        levels = found.setdefault(abstract.get(qn("w:abstractNumId")), {})
        for level in abstract.findall(qn("w:lvl")):
            depth = int(level.get(qn("w:ilvl"), "0"))
            start = _value(level, "w:start", "1")
            if depth < LEVELS:
                form, text = _value(level, "w:numFmt", "decimal"), _value(level, "w:lvlText", "")
                levels[depth] = Level(form, text, int(start) if start.isdigit() else 1)
    return found


def _abstract_of(root: object) -> dict[str, str]:
    """Each list's abstract one."""
    lists = root.findall(qn("w:num"))  # type: ignore[attr-defined]  # lxml has no types
    return {one.get(qn("w:numId")): _value(one, "w:abstractNumId", "") for one in lists}


def _place(paragraph: Paragraph) -> tuple[str, int]:
    """The list that a paragraph is in, by itself or by its style, and how deep; "" and 0 where it is in none."""
    number = depth = None
    holders = [paragraph._p]
    style = paragraph.style
    while style is not None:
        holders.append(style.element)
        style = style.base_style
    for holder in holders:
        here = holder.xpath("./w:pPr/w:numPr/w:numId/@w:val")
        deep = holder.xpath("./w:pPr/w:numPr/w:ilvl/@w:val")
        number = str(here[0]) if number is None and here else number
        depth = int(deep[0]) if depth is None and deep and str(deep[0]).isdigit() else depth
        if number is not None:
            break
    return (number or "", min(depth or 0, LEVELS - 1)) if number != "0" else ("", 0)


def _value(element: object, name: str, otherwise: str) -> str:
    found = element.find(qn(name))  # type: ignore[attr-defined]  # lxml has no types
    return otherwise if found is None else str(found.get(qn("w:val"), otherwise))
