"""When it happened: points, ranges, repetitions and durations, as they were said."""

import re
from collections.abc import Iterator, Sequence

from classifier.said import Filled, Said, Turn, confirmed, evidence

N = r"[\d一二三四五六七八九十两几半]{1,3}"
DAY = (
    rf"(?:大?前[天年]|昨[天日儿]|今[天日儿]|当[天晚]|明[天年]|后天|今[早晚年]|昨[晚夜]|前晚|去年"
    rf"|(?:上{{1,2}}个?|这个?|本|下个?)(?:星期|礼拜|周)[一二三四五六日天末1-6]?|周末|星期[一二三四五六日天]"
    rf"|礼拜[一二三四五六日天]|周[一二三四五六日](?!围)"
    rf"|(?:上|这|本|下)个?月(?:底|初|中旬|{N}[号日])?|月[底初]"
    rf"|(?:20\d\d|二[零〇]..)年(?:底|初)?|{N}月份?(?:底|初|{N}[号日]?)?"
    rf"|(?<![路街巷道门\d一二三四五六七八九十])(?:[12]?\d|3[01]|[一二三]?十?[一二三四五六七八九]"
    rf"|[二三]?十)[号日](?![楼线店院门车码栋幢桥地路池房井])"
    rf"|(?:春节|国庆节?|元旦|中秋节?|清明节?|端午节?|五一)(?!路|[东西南北中]路|街|小区|新村|桥|广场|公园|社区)"
    rf"|十一(?=假|期间|的?时候)|暑假|寒假|期间)"
)
PART = r"(?:一大早|大清早|清[早晨]|早[上晨]|上午|中午|下午|傍晚|晚上|夜里|夜间|深夜|凌晨|[大]?半夜|白天)"
CLOCK = (
    rf"(?:(?<![快早慢大小多少好有轻差远近]){N}点(?!东西|钱|小|意)(?:半|一刻|钟|{N}分?)?(?:多|左右)?"
    rf"|\d{{1,2}}[:：]\d{{2}}|{N}时(?!候|间))"
)
EVERY = (
    r"(?:每[天晚日]|天天|每个?(?:星期|礼拜|周|月)[一二三四五六日天末]?|每到|一到|整[天夜]|三天两头"
    r"|隔三差五)(?:都?(?:是|在|从|到))?"
)
SPAN = rf"(?:好?{N}个?(?:多)?|好多?|多)(?:天|个?(?:星期|礼拜)|周|个?多?月|年|个?(?:小时|钟头)|分钟)(?:多|半)?"
LASTED = (
    rf"(?:(?:已经|连着|连续|持续|前后|都|大概|差不多|快)+(?:有|了|都)?{SPAN}(?:了|多了|左右)?|{SPAN}(?:多?了|以来"
    rf"|左右了?))"
)
AGO = (
    rf"(?:{SPAN}(?:之?前|以前)|前[几两些]天|前段时间|前一?阵子?|刚才|刚刚|最近(?:一段时间|{SPAN})?|这{SPAN}"
    rf"|这段时间|这阵子?|近期|不久前|{SPAN}内)"
)
GLUE = r"(?:的|大概|大约|差不多|左右|就|是|在|都|，|、|\s)?"
POINT = rf"(?:{EVERY}|{DAY}|{PART}|{CLOCK}|{AGO})(?:{GLUE}(?:{EVERY}|{DAY}|{PART}|{CLOCK}))*"
UNTIL = (
    rf"(?:[^，。！？,\d]{{0,6}}?(?:到|至)了?(?:{POINT}|现在|目前|今天|天亮|深夜)|[^，。！？,\d]{{0,3}}?(?:开始|起"
    rf"|以来|以后|之后))"
)
WHEN = re.compile(rf"(?:从|自)?{POINT}{GLUE}(?:{UNTIL})?(?:[，、]?{LASTED})?|{LASTED}")
WORTH = (
    (re.compile(DAY), 3.0),
    (re.compile(CLOCK), 3.0),
    (re.compile(PART), 1.0),
    (re.compile(r"到|至|开始|以来"), 2.0),
    (re.compile(EVERY), 2.0),
    (re.compile(LASTED), 2.0),
    (re.compile(AGO), 1.5),
)
ASKED, TO_COME = 4.0, -4.0
FUTURE = re.compile(r"明天|后天|下个?[星礼周月]|明年|今后|以后")
TRAILING = re.compile(r"(?:[，、的就是都 ]|(?<!现)在)+$")
HABIT = re.compile(
    r"(?:住了?|工作了?|结婚|退休了?|上班|交了|缴了|干了|岁|年龄|保质期|保修期?|有效期|合同期?|等了|办理?|孩子|今年)$"
)
AGE = re.compile(
    r"(?<=月|年)(?:要|得|应该|需要|能|可以)?(?:交|缴|还|领|拿|发|多少|几)|(?:都|已经|才"
    r"|刚)?[\d一二三四五六七八九十]{1,3}(?:周?岁|年级)"
)
WANTED = re.compile(r"(?:希望|要求|能不能|尽快|最好|请你们|什么时候|多久|几时)[^，。！？]{0,12}$")


def happened_at(said: Sequence[Said]) -> Filled | None:
    """The most telling time of the citizen's words; an answer to 什么时候 counts before a mention by the way."""
    best, value = 0.0, None
    for one in said:
        for turn in (*confirmed(one), one.turn):
            bonus = ASKED if "when" in one.asked and turn is one.turn else 0.0
            for worth, found in _times(turn):
                if worth + bonus > best:
                    best, value = worth + bonus, found
    return value


def _times(turn: Turn) -> Iterator[tuple[float, Filled]]:
    for found in WHEN.finditer(turn.text):
        start, end = found.span()
        quote = TRAILING.sub("", found[0])
        end = start + len(quote)
        if (worth := _worth(turn.text, quote, start)) > 0:
            yield worth, evidence(re.sub(r"^[从自]|[，、\s]", "", quote), turn, start, end)


def _worth(text: str, quote: str, start: int) -> float:
    before = text[:start]
    if quote == "今年":  # no more than the present
        return 0.0
    if HABIT.search(before) or WANTED.search(before) or AGE.match(text, start + len(quote)):
        return 0.0
    return sum(worth for pattern, worth in WORTH if pattern.search(quote)) + (TO_COME if FUTURE.search(quote) else 0.0)
