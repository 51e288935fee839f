"""The number to call back: as said, confirmed, corrected or in pieces; never another party's, never an order's."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from classifier.said import FILL, Filled, Said, Turn, evidence

DIGITS = dict(zip("零〇一二三四五六七八九幺", "001234567891", strict=True))
DIGIT = rf"[\d{''.join(DIGITS)}]"
PAUSE = r"(?:[，,、。. \-—]|[嗯呃啊额])*"
UNITS = "号月年点个百千万块元栋幢楼单室层"
RUN = re.compile(  # nothing is counted by nine digits said one by one: what follows them is misheard, no unit
    rf"{DIGIT}(?:{PAUSE}{DIGIT}){{8,}}|{DIGIT}(?:{PAUSE}{DIGIT})*(?![{UNITS}](?!码))"
)
VALID = re.compile(r"1[3-9]\d{9}|0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}|[2-8]\d{7}|400\d{7}")
MOBILE = re.compile(r"1[3-9]\d{9}")
WORD = re.compile(r"电话|手机|号码|联系|座机|打给?我|打我|尾号")
OTHER_NUMBER = re.compile(
    r"(?:身份证|订单|运单|快递|工单|受理|编|户|卡|账|帐|银行卡|合同|发票|条形|条|社保|医保|证件?|车牌|缴费"
    r"|学籍|案件?|单|流水|税|许可证|信用代)(?:的)?(?:号码?|码)(?:是|为|码)?"
)
OTHER_OWNER = re.compile(
    r"(?<!我)(?:物业|公司|他|她|他们|老板|单位|店家|店里|商家|对方|人家|邻居|房东|中介|客服|医院|学校|社区"
    r"|部门)(?:那?边)?(?:的|留的|给的)?"
    r"(?:联系)?(?:电话|手机号?|号码|座机)"
)
CALLED = re.compile(r"(?:打了|打过|拨打|拨了|去打|来电是|打来的)(?:电话)?$")
SAME = re.compile(
    r"(?:就|是)(?:是|打|用|拨|按|留)*(?:我?现在)?(?:打|用)?的?(?:这个|本机|来电|现在这个|我这个)(?:来电|手机"
    r"|电话|号)*(?:的?号码?)?(?!就?是?想|不)"
    r"|来电(?:号码|显示)|本机号?|(?:打|联系)?这个(?:电话|号码|手机号?)(?:就|都|也)?(?:行|可以|好了|能联系)"
)
SAME_NUMBERISH = re.compile(r"号|电话|手机|本机|来电|这个(?=[，。！吧啊呀]*$)")
SWAP = re.compile(
    rf"不(?:是|对)[，, ]*({DIGIT}{{2,11}})[，,、。 ]*(?:而是|应该是|应该|是|要)[，, ]*({DIGIT}{{2,11}})(?!{DIGIT})"
)
TAIL = re.compile(
    rf"(?:后面|尾号|末尾|最后(?:[四4三3两2]位)?|后[四4]位)(?:几位|应该)*是[，, ]*({DIGIT}{{2,6}})(?!{DIGIT})"
)
BEGINS = re.compile(r"1[3-9]\d")
MENTION, LONG = 16, 9


@dataclass(frozen=True, slots=True)
class Number:
    """A run of digits in a turn."""

    digits: str
    start: int
    end: int


def callback(said: Sequence[Said], calling_number: str = "") -> Filled | None:
    """The callback number in Arabic digits; doubtful when recognition or the dialling plan doubts it, or in pieces.

    calling_number: the line's own, filled only where the citizen says to use it; nothing is invented without it.
    """
    current: Filled | None = None
    pieces: list[tuple[Turn, Number]] = []
    for one in said:
        current = _confirmed(current, one, calling_number)
        if corrected := _corrected(current, one):
            current, pieces = corrected, []
            continue
        if whole := _stated(one, calling_number):
            current = _settled(current, whole)
            pieces = [] if VALID.fullmatch(whole.value) else _pieces([], one)
            continue
        pieces = _pieces(pieces, one)
        current = _joined(pieces) or current
    return current


def numbers(text: str) -> Iterator[Number]:
    """Runs of digits, spoken or written, pauses between them ignored."""
    for found in RUN.finditer(text):
        yield Number(_arabic(found[0]), found.start(), found.end())


def _arabic(spoken: str) -> str:
    return "".join(DIGITS.get(c, c) for c in spoken if c in DIGITS or c.isdigit())


def _stated(one: Said, calling_number: str) -> Filled | None:
    if broken := _broken(one):
        return broken
    found = None
    for number in numbers(one.turn.text):
        if (trusted := _meant(one, number)) is not None:
            found = evidence(_digits(number), one.turn, number.start, number.end, not trusted)
    return found or _same(one, calling_number)


def _broken(one: Said) -> Filled | None:
    """A mobile number in which one digit was heard as a word (1895案578866): what there is of it, doubtful."""
    runs = list(numbers(one.turn.text))
    for first, second in zip(runs, runs[1:], strict=False):
        text = one.turn.text
        digits = first.digits + second.digits
        expected = "phone" in one.asked or WORD.search(text[: first.start][-MENTION:])
        apart = second.start - first.end
        if not (expected and apart == 1 and 8 <= len(digits) <= 12 and BEGINS.match(first.digits)):
            continue
        if not _another(text[: first.start][-MENTION:], Number(digits, first.start, second.end), text):
            return evidence(digits, one.turn, first.start, second.end, True)
    return None


def _digits(number: Number) -> str:
    """A stammered first digit is not a twelfth one."""
    return number.digits[1:] if len(number.digits) == 12 and number.digits.startswith("11") else number.digits


def _meant(one: Said, number: Number) -> bool | None:
    """True for a valid callback number, False for one to be asked again, None for a number of another kind."""
    before = one.turn.text[: number.start]
    if not 7 <= len(number.digits) <= 13 or _another(before[-MENTION:], number, one.turn.text):
        return None
    if MOBILE.fullmatch(number.digits):
        return True
    expected = "phone" in one.asked or WORD.search(before[-MENTION:])
    return VALID.fullmatch(number.digits) is not None if expected else None


def _another(before: str, number: Number, text: str) -> bool:
    """Whether the nearest word before says an order, a card, somebody else or a line that was called."""
    counted = len(number.digits) < LONG and re.match(r"[多万千百元块]", text[number.end :])
    if counted or re.match(r"[\dXx]|打不通|没(?:有)?人接|不接", text[number.end :]) or CALLED.search(before):
        return True
    words = [found.end() for found in WORD.finditer(before)]
    for pattern in (OTHER_NUMBER, OTHER_OWNER):
        others = [found.end() for found in pattern.finditer(before)]
        if others and (not words or others[-1] >= words[-1]):
            return True
    return False


def _same(one: Said, calling_number: str) -> Filled | None:
    """本机, 来电号码: the line's own number, if the caller of this function knows it."""
    text = one.turn.text
    for found in SAME.finditer(text) if calling_number else ():
        if SAME_NUMBERISH.search(found[0]) and ("phone" in one.asked or WORD.search(text)):
            return evidence(_arabic(calling_number), one.turn, found.start(), found.end())
    return None


def _settled(current: Filled | None, new: Filled) -> Filled:
    """A number said twice alike is sure; a fragment never pushes out a valid number."""
    if current is None or current.value == new.value:
        return new if current is None or not new.doubtful else current
    if new.doubtful and VALID.fullmatch(current.value) and not VALID.fullmatch(new.value):
        return current
    return new


def _confirmed(current: Filled | None, one: Said, calling_number: str) -> Filled | None:
    """What the agent reads back and the citizen says yes to; no to it leaves the doubt, or raises it."""
    for turn in one.leads:
        for number in numbers(turn.text):
            if not VALID.fullmatch(number.digits):
                continue
            current = _answered(current, one, turn, number)
        if one.affirms and calling_number and (found := re.search(r"(?:这个|本机|来电).{0,6}号码?|来电", turn.text)):
            current = current or evidence(_arabic(calling_number), turn, found.start(), found.end())
    return current


def _answered(current: Filled | None, one: Said, turn: Turn, number: Number) -> Filled | None:
    if one.denies:
        return replace(current, doubtful=True) if current else None
    if not one.affirms:
        return current
    if current and current.value == number.digits:
        return replace(current, doubtful=False)
    # Two recognitions that differ: the one that was agreed to, still to be asked about.
    return evidence(number.digits, turn, number.start, number.end, current is not None)


def _corrected(current: Filled | None, one: Said) -> Filled | None:
    """不是6021是6012, 尾号是6012: a part replaced, doubtful until it is read back."""
    if current is None:
        return None
    text = one.turn.text
    if (found := SWAP.search(text)) and _arabic(found[1]) in current.value:
        head, _, tail = current.value.rpartition(_arabic(found[1]))
        return evidence(head + _arabic(found[2]) + tail, one.turn, found.start(), found.end(), True)
    if (found := TAIL.search(text)) and len(current.value) > 6:
        end = _arabic(found[1])
        same = current.value.endswith(end)
        value = current.value[: -len(end)] + end
        return None if same else evidence(value, one.turn, found.start(), found.end(), True)
    return None


def _pieces(pieces: list[tuple[Turn, Number]], one: Said) -> list[tuple[Turn, Number]]:
    """Fragments of consecutive turns that are hardly more than digits."""
    found = list(numbers(one.turn.text))
    rest = re.sub(rf"{FILL}|电话|手机|号码|我的?|是|然后|后面|对", "", RUN.sub("", one.turn.text))
    expected = pieces or "phone" in one.asked or WORD.search(one.turn.text)
    if len(found) != 1 or len(found[0].digits) < 2 or not expected:
        return pieces if len(rest) <= 2 and not found else []
    if len(rest) > 4 and (pieces or not WORD.search(one.turn.text)):
        return []
    if pieces and found[0].digits.startswith("".join(number.digits for _, number in pieces)):
        pieces = []
    return [*pieces, (one.turn, found[0])]


def _joined(pieces: Sequence[tuple[Turn, Number]]) -> Filled | None:
    digits = "".join(number.digits for _, number in pieces)
    if len(pieces) < 2 or not 7 <= len(digits) <= 12:
        return None
    turn, number = max(pieces, key=lambda piece: len(piece[1].digits))
    return evidence(digits, turn, number.start, number.end, True)
