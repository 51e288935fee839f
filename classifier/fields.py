"""Ticket fields out of what was said: each with the very words it came from, nothing that was not said."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from classifier.catalogue import DISTRICTS


@dataclass(frozen=True, slots=True)
class Turn:
    """A final utterance. doubtful: character spans that recognition is not sure of."""

    id: str
    leg: Literal["citizen", "agent"]
    text: str
    doubtful: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """quote: a verbatim stretch of that utterance."""

    value: str
    utterance: str
    quote: str
    doubtful: bool = False


PHONE = re.compile(r"(?<!\d)(1[3-9]\d{9}|0514-?\d{8}|[2-8]\d{7})(?!\d)")
NUMBERISH = re.compile(r"(?<!\d)\d{7,15}(?!\d)")
NAME = re.compile(
    r"(?:我姓|免贵姓|姓)([\u4e00-\u9fff])(?=[，。,！、 ]|$|我|叫|电|就|谢)"
    r"|我(?:叫|是)([\u4e00-\u9fff]{2,3})(?=[，。,]|$)"
)
TITLE = re.compile(r"([\u4e00-\u9fff])(先生|女士|小姐)")
WHEN = re.compile(
    r"(?:从|自)?(?:(?:今天|昨天|前天|上个?星期[一二三四五六日天]|上周[一二三四五六日天]?|这几天|最近|每天|\d{1,2}月\d{1,2}[日号]|[一二三四五六七八九十]+月[一二三四五六七八九十]+[日号])"
    r"(?:早上|上午|中午|下午|傍晚|晚上|夜里|凌晨|半夜)?(?:[\d一二三四五六七八九十]{1,3}点半?(?:[^，。]{0,6}?(?:到|至)(?:凌晨|晚上|早上|现在)?(?:[\d一二三四五六七八九十]{1,3}点半?)?)?)?)"
)
PLACE = re.compile(
    r"(?:在|住在|位于|家住|地址是)?((?:扬州市?|市)?(?:邗江区?|广陵区?|江都区?|仪征市?|高邮市?|宝应县?|开发区|生态科技新城)[^，。,？！的是我有]{2,30}|"
    r"[\u4e00-\u9fff]{2,8}(?:东路|西路|南路|北路|中路|大道|街道|路)[^，。,？！的是我有]{0,24}|[\u4e00-\u9fff\d]{2,10}(?:小区|花园|新村|家园|公寓)[^，。,？！的是我有]{0,12})"
)
PARTY = re.compile(r"(物业公司|[\u4e00-\u9fff]{0,6}(?:服装店|商店|超市|饭店|公司|工地|培训班|健身房|开发商))")
ASK = re.compile(r"(?:希望|请你们|请求|要求|麻烦|能不能|能否|想问一下|想咨询一下|咨询一下|想问)[^。！？]{4,60}")
GREETING = re.compile(r"^(你好|您好|喂|嗯|好的|谢谢你?|我明白了|再见|对|是的)[，。！\s]*")
URGENT = re.compile(r"着火|泄漏|煤气味|燃气味|漏气|触电|被困|溺水|晕倒")


def extract(turns: Sequence[Turn]) -> dict[str, Filled]:
    """Every field that the citizen's words fill; what was said later wins where a caller corrects himself."""
    out: dict[str, Filled] = {}
    citizen = [turn for turn in turns if turn.leg == "citizen"]
    for name, value in _single(citizen, turns):
        if name == "address" and name in out and len(out[name].value) >= len(value.value):
            continue
        out[name] = value
    told = [(turn, _substance(turn.text)) for turn in citizen]
    told = [(turn, text) for turn, text in told if len(text) >= 6]
    if told:
        first, text = max(told[:2], key=lambda pair: len(pair[1]))
        out["title"] = Filled(text.split("。")[0][:30], first.id, text.split("。")[0][:30])
        out["content"] = Filled("".join(text for _, text in told)[:2000], first.id, text)
    return out


def _single(citizen: Sequence[Turn], turns: Sequence[Turn]) -> Iterator[tuple[str, Filled]]:
    for turn in citizen:
        text = turn.text
        for found in NAME.finditer(text):
            yield "citizen_name", Filled(found[1] or found[2], turn.id, found[0])
        for found in NUMBERISH.finditer(text):
            valid = PHONE.fullmatch(found[0]) is not None
            unsure = any(start < found.end() and found.start() < end for start, end in turn.doubtful)
            yield "callback_number", Filled(found[0], turn.id, found[0], unsure or not valid)
        if when := WHEN.search(text):
            yield "happened_at", Filled(when[0].removeprefix("从"), turn.id, when[0])
        for found in PLACE.finditer(text):
            yield "address", Filled(found[1], turn.id, found[1])
        for word, name in DISTRICTS.items():
            if word in text:
                yield "district", Filled(name, turn.id, word)
        if party := PARTY.search(text):
            yield "party_concerned", Filled(party[1], turn.id, party[1])
        if ask := ASK.search(text):
            yield "request", Filled(ask[0], turn.id, ask[0])
        if urgent := URGENT.search(text):
            yield "urgency", Filled("紧急", turn.id, urgent[0])
    for turn in turns:
        if title := TITLE.search(turn.text):
            yield "sex", Filled("男" if title[2] == "先生" else "女", turn.id, title[0])


def _substance(text: str) -> str:
    previous = None
    while previous != text:
        previous, text = text, GREETING.sub("", text)
    return text
