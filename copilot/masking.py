"""Words and numbers without what tells who somebody is.

Numbers as lists show them: 138****6021, z***@example.com. Texts as annotators read them: without numbers, names, doors.
"""

import re
from collections.abc import Iterable

from classifier.who import GIVEN, HONORED, NAME, SURNAME

MOBILE = re.compile(r"(?<!\d)((?:86)?1\d{2})[ -]?\d{4}[ -]?(\d{4})(?!\d)")
LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}-?\d{3}|8\d{2})\d{2,3}(\d{2})(?!\d)")
IDENTITY = re.compile(r"(?<!\d)(\d{3})\d{11}(\d{3}[\dXx])(?!\d)")

EMAIL = re.compile(r"([\w.+-])[\w.+-]*(@[\w-]+(?:\.[\w-]+)+)", re.ASCII)
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
FORMS = frozenset(("先生", "女士", "小姐", "阿姨", "大爷", "师傅"))


def masked(text: str) -> str:
    """A text with its telephone and identity numbers and its e-mail addresses masked."""
    text = EMAIL.sub(r"\1***\2", text)
    text = IDENTITY.sub(r"\1***********\2", text)
    text = MOBILE.sub(r"\1****\2", text)
    return LANDLINE.sub(r"\1***\2", text)


def masked_name(name: str) -> str:
    """A name with only its first character: 李**."""
    return name[:1] + "*" * (len(name) - 1)


def masked_number(number: str) -> str:
    """A number or address of a citizen, also one of no usual form."""
    usual = masked(number)
    return usual if usual != number else f"{number[:3]}****{number[-2:]}" if len(number) > 7 else "****"


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


def personal(text: str, names: Iterable[str] = ()) -> bool:
    """Whether there is something to mask, or a piece of a number that was not heard whole."""
    return bool(PIECE.search(text)) or mask(text, names) != text
