"""The telling of a call, with or without punctuation, clause by clause, and what of it is worth writing down."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from classifier.phone import DIGIT, SWAP, numbers
from classifier.said import Turn

LONG = 22
JOINT = re.compile(
    r"(?<=[^\s，。])(?=然后|但是|可是|所以|因为|而且|结果|另外|还有(?!人)|希望|我想|(?<!我)想问|(?<!我)想咨询"
    r"|请问|能不能|麻烦你?们?|请你们|我的?电话|电话是|我姓|我叫|要求|他们(?=不|一直|说|又|还)"
    r"|(?<![到从是])现在(?!的))"
    r"|(?<=[了来去上下着的好啊])(?=我们?(?!的)|他们|她|物业|大家都|家里|老板|商家|结果|万一|质量|好像|一点"
    r"|不知道|连着|吵得|一直没)"
)
PIECE = re.compile(rf"(?:[^，。！？；,!?;\s]|(?<={DIGIT})[，,\s](?={DIGIT}))+[，。！？；,!?;\s]*")
FILLERS = re.compile(
    r"[嗯呃哦噢喔唉哎诶欸]+|额(?=[，,。 我就]|$)|就是说|怎么说呢|然后呢|那个(?=那个|[，,。 ]|就是)|这个(?=这个"
    r"|[，,。 ])|你知道吧|对吧|是吧"
    r"|(?<=[\u4e00-\u9fff])啊(?=[\u4e00-\u9fff])"
)
STAMMER = re.compile(
    r"([我你他就这那是在不没有的了们])\1+(?![常天])"
    r"|([\u4e00-\u9fff]{2,6})[，, ]?\2(?![\u4e00-\u9fff]?[\d零一二三四五六七八九])"
)
GREETING = re.compile(
    r"^(?:(?:你好|您好|喂|哈喽|好的?|谢谢(?:你们?|您)?(?:啊|姑娘|同志|小伙子)?|感谢|(?:那就?)?我?就?(?:明白|知道|晓得)了|没有?(?:其他|别的)(?:问题|事情?)了?|再见|拜拜|对的?|是的|没错"
    r"|行|可以|麻烦(?:你|您)了?|不客气"
    r"|辛苦了?|没有了?|有的|嗯|啊|唉|同志|师傅|小姐|姑娘|那行|那好|就这样|先这样|12345|一二三四五"
    r"|[吧啊呀哦的了，。！,.! ])"
    r"(?=[^\u4e00-\u9fff]|你好|您好|谢|再见|我|请|没|对|好|是|嗯|有|那|$))+[，。！,.! ]*"
)
OPENING = re.compile(
    r"^(?:(?:你好|您好|喂|那个|就是|嗯|啊|是这样(?:的|子的?)?|事情是这样的?"
    r"|我?(?:这边|这里)?(?:是)?(?:想|要|来|打电话)?(?:跟|向|和)?(?:你们?|您)?(?:要|想)?(?:投诉|反映(?!过)|举报|咨询"
    r"|问|请教|了解|求助|说)"
    r"(?:一下子?|下|一?个(?:事情?|问题)(?!是[吗不])|(?:这|那)个)?(?:就是|是)?|我(?:们)?(?=我)|请问(?:一下)?"
    r"|麻烦(?:问)?一下|一件事情?|的?问题是"
    r"|(?:这|那)(?:个)?(?:事|情况)?是|[，。,. ])[，。,. ]*)+"
)
PERSONAL = re.compile(
    r"姓(?:[\u4e00-\u9fff]|$)(?!名)|贵姓|我叫(?!他|你|救|物|了)|叫我|(?:电话|手机|号码)(?:号码)?(?:就?是|为)"
    r"|来电号码|这个(?:号码|电话)|^电话"
    r"|联系我|匿名|座机|不方便|^.{1,3}的.$|^我是[\u4e00-\u9fff]{2,3}$"
)
EMPTY = re.compile(r"[\d一二三四五六七八九十零的了吗呢吧啊呀哦嗯，。！？,.!? 好对是行有没就在那这个我你们]*")
SUBSTANCE = 4


@dataclass(frozen=True, slots=True)
class Clause:
    """turn.text[start:end], and the same cleaned of fillers and stammering: only left out, never reworded."""

    turn: Turn
    start: int
    end: int
    clean: str

    @property
    def personal(self) -> bool:
        """Whether it tells a name or a number of the caller rather than his matter."""
        numbered = any(len(number.digits) >= 7 for number in numbers(self.clean)) or SWAP.search(self.clean)
        return bool(numbered or PERSONAL.search(self.clean))

    @property
    def tells(self) -> bool:
        """Whether anything is left of it that a ticket needs."""
        substance = OPENING.sub("", self.clean)
        return len(substance) >= SUBSTANCE and not EMPTY.fullmatch(substance) and not self.personal


def clauses(turn: Turn) -> Iterator[Clause]:
    """The clauses of a turn in order, split at punctuation, and where there is too little of it at joints of speech."""
    for piece in PIECE.finditer(turn.text):
        for start, end in _split(piece[0], piece.start()):
            kept = turn.text[start:end].rstrip("，。！？；,!?; ")
            greeting = GREETING.match(kept)
            begin = start + (greeting.end() if greeting else 0)
            end = start + len(kept)
            yield Clause(turn, begin, end, tidy(turn.text[begin:end]))


def tidy(text: str) -> str:
    """Without fillers and words said twice over."""
    return STAMMER.sub(lambda found: found[1] or found[2], FILLERS.sub("", text)).strip("，, ")


def _split(piece: str, offset: int) -> Iterator[tuple[int, int]]:
    cuts = [0, len(piece)] if len(piece) <= LONG else [0, *(at.start() for at in JOINT.finditer(piece)), len(piece)]
    for start, end in zip(cuts, cuts[1:], strict=False):
        yield offset + start, offset + end
