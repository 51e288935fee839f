"""What a sentence states that another may contradict: quantities, dates, times, telephones, duties, negations."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kb_index.quantities import quantities

DURATIONS = {
    "分钟": ("分", 1),
    "小时": ("分", 60),
    "日": ("分", 1440),
    "天": ("分", 1440),
    "周": ("分", 10080),
    "星期": ("分", 10080),
    "个月": ("月", 1),
    "年": ("月", 12),
    "个工作日": ("工作日", 1),
}
MONEY = {"元": 1.0, "万元": 1e4, "亿元": 1e8, "角": 0.1, "分": 0.01}
SAME = {"平米": "平方米", "㎡": "平方米", "千克": "公斤", "千米": "公里", "周岁": "岁", "人次": "人"}
NUMERALS = "一二三四五六日天"
# each by its name: what is read as it
PATTERNS: Mapping[str, str] = {
    "date": r"\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}\s*日?|\d{4}年\d{1,2}月|\d{1,2}月\d{1,2}[日号]",
    "time": r"(?:上午|中午|下午|早上|晚上|早|晚)?\d{1,2}(?:[:：]\d{2}|[点时](?!间|候|限|段)(?:半|\d{1,2}分?)?)",
    "phone": r"(?<![\d.])(?:0\d{2,3}-?\d{7,8}|1[3-9]\d{9}|400-?\d{3}-?\d{4}|\d{7,8}|1[012]\d{1,4}|9[56]\d{3,4})"
    r"(?![\d.]|\s*(?:[年月日元万千百个人户平%％天号]|工作日))",
    "weekday": r"(?:周|星期|礼拜)[一二三四五六日天]",
    "free": r"免费|不收费|免收|不收取(?:任何)?费用?|无需缴费",
    "paid": r"(?<!免)收取|(?<![不免])收费(?!标准|项目|依据|方式|公示|站|处)",
    "deny": r"不可以|不可(?![或缺避])|不能|不得|不允许|禁止|严禁|不准|不予|无法|不许|谢绝",
    "idle": r"不需要?|无需|无须|不必|不用|毋须|免于|无要求",
    "must": r"应当|必须|须(?!知)|需要(?!的)|(?<![必急所无不])需(?![求要])"
    r"|(?<![相对反供适回答响])应(?![急用对答诉该])|务必",
    "allow": r"可以|允许|准许|(?<![许认不])可(?![能以靠燃持疑回])|(?<![可功智性技职才节])能(?![力源耗否够手])",
    "up": r"以上|不低于|不少于|(?<!不)超过|(?<!不)高于|至少|多于|大于",
    "down": r"以下|以内|不超过|不高于|至多|最多|未满|不满|(?<!不)低于|(?<!不)少于|小于",
    "not": r"没有|不是|并非|尚未|暂不|[不未](?!动产|锈|论|仅|但|同|足|少|限|明|良|断|定|便|服|满|成年|来|久|必|利|法)",
}
FACT = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in PATTERNS.items()))
# words of one kind that exclude each other
OPPOSED = {
    frozenset(pair)
    for pair in (("allow", "deny"), ("must", "idle"), ("must", "deny"), ("up", "down"), ("free", "paid"))
}
KINDS: Mapping[str, str] = {
    **dict.fromkeys(("allow", "deny", "must", "idle"), "modal"),
    **dict.fromkeys(("up", "down"), "bound"),
    **dict.fromkeys(("free", "paid"), "fee"),
}
LABELS: Mapping[str, str] = {
    "money": "金额不同",
    "date": "日期不同",
    "duration": "时限不同",
    "time": "时间不同",
    "weekday": "时间不同",
    "phone": "电话不同",
    "modal": "条件不同",
    "bound": "条件不同",
    "fee": "条件不同",
    "not": "条件不同",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """kind: what it can be compared with; value: the same for whatever says the same; start, end: its place."""

    kind: str
    value: str
    start: int
    end: int

    @property
    def label(self) -> str:
        """How a difference of this kind is called on the screen."""
        return LABELS.get(self.kind, "数字不同")

    def differs(self, other: "Fact") -> bool:
        """Whether both cannot hold, where both speak of the same."""
        if self.kind in ("modal", "bound", "fee"):
            return frozenset((self.value, other.value)) in OPPOSED
        return self.value != other.value


def facts(text: str) -> list[Fact]:
    """The facts of a sentence in order, none within another."""
    found = [_told(one) for one in FACT.finditer(text)]
    taken = {place for fact in found if fact.kind != "not" for place in range(fact.start, fact.end)}
    found = [fact for fact in found if fact.kind != "not" or fact.start not in taken]
    for one in quantities(text):
        if one.start not in taken and one.end - 1 not in taken:
            end = one.end + len(_behind(text, one.end, one.unit))
            found.append(Fact(*_measured(one.value, one.unit), one.start, end))
    return sorted(found, key=lambda fact: fact.start)


def _told(found: "re.Match[str]") -> Fact:
    name = found.lastgroup or ""
    value = VALUES[name](found[0]) if name in VALUES else name
    return Fact(KINDS.get(name, name), value, *found.span())


def _measured(value: str, unit: str) -> tuple[str, str]:
    """A quantity's kind and value, in the smaller unit where there are several."""
    unit = SAME.get(unit, unit)
    try:
        number = float(value)
    except ValueError:
        return unit or "number", value
    if unit in DURATIONS:
        name, times = DURATIONS[unit]
        return "duration", f"{number * times:g} {name}"
    if unit in MONEY:
        return "money", f"{number * MONEY[unit]:g}"
    return unit or "number", f"{number:g}"


def _behind(text: str, end: int, unit: str) -> str:
    """The unit as it stands behind a number."""
    found = (
        re.match(rf"\s*(?:个?{re.escape(unit)}|%|％|个自然日|自然日|工作日|个小时|块)", text[end:]) if unit else None
    )
    return found[0] if found else ""


def _date(text: str) -> str:
    return "-".join(str(int(part)) for part in re.findall(r"\d+", text))


def _time(text: str) -> str:
    hour, *rest = map(int, re.findall(r"\d+", text))
    hour += 12 if text.startswith(("下午", "晚")) and hour < 12 else 0
    return f"{hour}:{rest[0] if rest else 30 if text.endswith('半') else 0:02d}"


VALUES: Mapping[str, Callable[[str], str]] = {
    "date": _date,
    "time": _time,
    "phone": lambda text: text.replace("-", ""),
    "weekday": lambda text: str(min(NUMERALS.index(text[-1]), 6)),
}
