"""What was said and by whom: turns, their evidence, and what the agent had asked before each answer."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal


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


@dataclass(frozen=True, slots=True)
class Said:
    """A citizen's turn with the agent's words it answers. asked: names of ASKING; leads: those words, in order."""

    turn: Turn
    asked: frozenset[str]
    leads: tuple[Turn, ...]

    @property
    def affirms(self) -> bool:
        """Whether it begins by saying yes."""
        return YES.match(self.turn.text) is not None

    @property
    def denies(self) -> bool:
        """Whether it begins by saying no."""
        return NO.match(self.turn.text) is not None


ASKING = {
    "name": re.compile(r"贵姓|怎么称呼|如何称呼|怎样称呼|称呼您|姓什么|姓名|名字|尊姓"),
    "phone": re.compile(
        r"(?:电话|号码|手机号?).{0,8}(?:多少|吗|是|提供|留|方便|报|说|几)|(?:留|报|提供|说)(?:一下|一个"
        r"|个)?.{0,6}(?:电话|号码|手机)"
        r"|怎么(?:联系|和您|跟您)|如何联系|联系方式"
    ),
    "where": re.compile(
        r"哪里|哪儿|哪个(?:小区|区|地方|位置|路|村|镇|街道|社区|路口|县|市|楼|单元)|哪条路|哪边|在哪"
        r"|什么(?:位置|地方|路)|位置|地址|几号楼|哪栋|哪一?[栋幢片块]|地点"
    ),
    "when": re.compile(r"什么时[候间]|几点|哪天|哪一天|多久|多长时间|何时|几号|时间"),
    "request": re.compile(
        r"诉求|希望(?:我们|怎么|如何|得到|达到)|需要我们|怎么处理|什么要求|要求是|想要?(?:怎么|如何|什么)"
        r"|什么(?:帮助|想法)"
    ),
    "party": re.compile(r"哪家|哪一家|店名|公司(?:名称|名字|叫)|叫什么(?:店|公司|名字)|商家|单位(?:名称|叫)"),
}
FILL = r"(?:[嗯呃哦噢喔唉哎啊诶额欸，,。、 ]|那个|就是说|这个嘛)*"
YES = re.compile(rf"{FILL}(?:对(?!不)|是的|是(?:这个|啊|呀|嘞|滴)|没错|不错|正确|就是这个|嗯嗯|没问题|(?:是|哎)$)")
NO = re.compile(rf"{FILL}(?:不对|不是|错了|不正确|说错|你?[听记]错)")
ECHO = re.compile(r"[嗯哦噢啊好对是的您你说请讲继续明白，。,、！!？? \d零〇一二三四五六七八九幺]*")
CHECKING = re.compile(r"对吗|对吧|对不对|是吗|是吧|是不是|没错吧|吗|吧[？?。]?$")


def talk(turns: Sequence[Turn]) -> list[Said]:
    """The citizen's turns, each with what it answers; a question stands until the agent asks or tells another thing."""
    out: list[Said] = []
    asked: frozenset[str] = frozenset()
    leads: list[Turn] = []
    for turn in turns:
        if turn.leg == "citizen":
            out.append(Said(turn, asked, tuple(leads)))
            leads = []
            continue
        leads.append(turn)
        if ECHO.fullmatch(turn.text) is None:
            asked = frozenset(name for name, pattern in ASKING.items() if pattern.search(turn.text))
    return out


def confirmed(said: Said) -> Iterator[Turn]:
    """The agent's words that this turn says yes to."""
    if said.affirms:
        yield from (turn for turn in said.leads if CHECKING.search(turn.text))


def evidence(value: str, turn: Turn, start: int, end: int, doubtful: bool = False) -> Filled:
    """A value with turn.text[start:end] as its quote; doubtful too where recognition doubts a part of that stretch."""
    return Filled(value, turn.id, turn.text[start:end], doubtful or overlaps(turn, start, end))


def overlaps(turn: Turn, start: int, end: int) -> bool:
    """Whether recognition doubts a part of turn.text[start:end]."""
    return any(begin < end and start < stop for begin, stop in turn.doubtful)
