"""What annotators and data sets must not know of people: numbers, names as they are given, houses and doors."""

import re
from collections.abc import Iterable

from classifier.who import GIVEN, HONORED, NAME, SURNAME
from copilot.api.mask import masked, masked_name

NUMERAL = r"(?:\d+|[零〇一二两三四五六七八九十百]+)"
LONG = re.compile(r"\d{7,}")
SPOKEN = re.compile(r"[零〇一二两三四五六七八九幺]{7,}")
PLATE = re.compile(r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z])[·\s]?[A-Z0-9]{5,6}")
HOUSE = re.compile(rf"(?<=[路街巷道弄村苑园区里组庄城府庭湾坊圩桥邸寓]){NUMERAL}(?:[-之]{NUMERAL})?(?=号)")
DOOR = re.compile(rf"{NUMERAL}(?:-\d+)*(?=号楼|栋|幢|单元|室(?!.?厅|内|外))")
CALLED = re.compile(rf"({SURNAME})({GIVEN}{{1,2}})(?=先生|女士|小姐)")
SERVICE = r"(?:12\d{3}|9[56]\d{3})(?!\d)"  # hotlines, banks, insurers: nobody's own number
PIECE = re.compile(rf"(?<!\d)(?!{SERVICE})\d{{5,}}(?![\d元块万])|[零〇一二两三四五六七八九幺]{{5,}}")
HIDDEN = "**"


def mask(text: str, names: Iterable[str] = ()) -> str:
    """A text without telephone, identity and other long numbers, plates, doors, and names. names: those known."""
    text = masked(text)
    text = PLATE.sub(rf"\1{HIDDEN}", SPOKEN.sub(HIDDEN, LONG.sub(HIDDEN, text)))
    text = DOOR.sub(HIDDEN, HOUSE.sub(HIDDEN, text))
    for name in names:
        if len(name) > 1:
            text = text.replace(name, masked_name(name))
    text = CALLED.sub(lambda found: found[1] + "*" * len(found[2]), text)
    for pattern in (NAME, HONORED):
        for told in {one for found in pattern.findall(text) for one in found if len(one) > 1 and one[0] in SURNAME}:
            text = text.replace(told, masked_name(told)) if told not in FORMS else text
    return text


FORMS = frozenset(("先生", "女士", "小姐", "阿姨", "大爷", "师傅"))


def personal(text: str, names: Iterable[str] = ()) -> bool:
    """Whether there is something to mask, or a piece of a number that was not heard whole."""
    return bool(PIECE.search(text)) or mask(text, names) != text
