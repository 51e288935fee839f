"""Numbers in a text, however they are written: 三个工作日, 3个工作日 and 3 个工作日 are the same quantity."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

DIGITS = dict(zip("零〇一二三四五六七八九幺两", "0012345678912", strict=True))
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
NUMERALS = "".join([*DIGITS, *SCALES])
UNITS = (
    "个工作日|个星期|个自然日|工作日|自然日|个小时|个月|个人|周岁|平方米|平方公里|立方米|公里|厘米|公斤|千克|千瓦|分钟|小时|万元|亿元|星期"
    "|人次|分贝|年度|月份|[年月日天周岁时点分秒元块角%％倍成折人名位户家个次套间栋幢层楼号级档张份页本亩米度吨克升条款项辆座届版]"
)
ARABIC = r"\d+(?:[,，]\d{3})*(?:\.\d+)?(?:[万亿千百](?![年月]))?"
NUMBER = re.compile(
    rf"百分之(?P<share>[{NUMERALS}]+|\d+(?:\.\d+)?)"
    rf"|(?P<half>半)(?=个?[年月天日小时])"
    rf"|(?P<arabic>{ARABIC})"
    rf"|(?P<numeral>[{NUMERALS}]{{2,}}(?:点[{NUMERALS}]+)?|(?<=第)[{NUMERALS}]|[{NUMERALS}](?=\s*(?:{UNITS})))"
)
UNIT = re.compile(rf"\s*({UNITS})")
IDIOMS = re.compile(
    r"一些|一样|一般|一定|一直|一起|一律|一并|一旦|一次性|一下|一点|一个人|万一|千万|统一|唯一|十分|同一|一件事|一网|一站"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """value: in digits; unit: as it stands behind it, empty: none that is known; start, end: of the number itself."""

    value: str
    unit: str
    start: int
    end: int


def quantities(text: str) -> Iterator[Quantity]:
    """Every number of a text in order; words such as 一般 are none."""
    idle = {place for found in IDIOMS.finditer(text) for place in range(*found.span())}
    for found in NUMBER.finditer(text):
        if found.start() in idle:
            continue
        behind = UNIT.match(text, found.end())
        unit = "%" if found["share"] else _unit(behind[1]) if behind else ""
        yield Quantity(_value(found), unit, *found.span())


def _unit(text: str) -> str:
    return {
        "％": "%",
        "自然日": "天",
        "个自然日": "天",
        "工作日": "个工作日",
        "个小时": "小时",
        "块": "元",
        "时": "点",
        "个人": "人",
    }.get(text, text)


def _value(found: "re.Match[str]") -> str:
    if found["half"]:
        return "0.5"
    text = found["share"] or found["arabic"] or found["numeral"]
    return _plain(_arabic(text) if text[0].isdigit() else _spelt(text))


def _arabic(text: str) -> float:
    scale = SCALES.get(text[-1], 1)
    return float(re.sub("[,，]", "", text.rstrip("".join(SCALES)))) * scale


def _spelt(text: str) -> float | str:
    """The value of a numeral; digits in a row are read one by one, as years and numbers are."""
    whole, _, part = text.partition("点")
    if not any(one in SCALES for one in whole):
        digits = "".join(DIGITS[one] for one in whole)
        return (
            digits if len(digits) > 2 and not part else float(f"{digits}.{''.join(DIGITS[one] for one in part) or 0}")
        )
    total = section = digit = 0
    for one in whole:
        if one in DIGITS:
            digit = int(DIGITS[one])
        elif one == "亿":
            total, section, digit = (total + section + digit) * SCALES[one], 0, 0
        elif one == "万":
            total, section, digit = total + (section + digit) * SCALES[one], 0, 0
        else:
            section, digit = section + (digit or 1) * SCALES[one], 0
    return float(f"{total + section + digit}.{''.join(DIGITS[one] for one in part) or 0}")


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4f}".rstrip("0").rstrip(".")
