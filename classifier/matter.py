"""What the call is about: content, title and what is asked for, all in the citizen's own words."""

import re
from collections.abc import Iterator, Sequence

from classifier.said import Filled, Said, evidence
from classifier.told import LONG, OPENING, Clause, clauses, tidy

TITLE_LENGTH, CONTENT_LENGTH, REQUEST_LENGTH = 30, 2000, 120
WISH = re.compile(
    r"[希期]望|要求|诉求(?:就?是|：)?|请求|请你们|请(?:相关|有关|政府|部门)|盼望|盼着|建议|恳请|麻烦(?:你们?|您"
    r"|政府|相关)(?!了)|帮(?:我|忙|我们)|(?:让|叫|要)(?:他们|商家|老板|物业|公司|对方)|派人|(?:能不能|能否"
    r"|可不可以)(?:快|早|尽|来|派|帮|给|让|把|管|解决|处理|修|查)|尽快|赶[快紧]|我(?:就|们)?(?:是)?(?:想要"
    r"|想让|要他)"
)
CAN = re.compile(r"能不能|能否|可不可以|可以不可以|是不是可以|可否|能(?:给|帮|够).*吗")
QUESTION = re.compile(
    r"怎么(?:办|申请|提取|查|报|弄|交|领|算|样|才|去|转|补|开|改|缴)|怎么(?!会|这么|都|又|没|不|还)|如何|多少"
    r"|哪里|哪些|什么(?!都|也)|几[天个年号点]|多久|(?:吗|呢)$|有没有|是不是|能不能|可不可以|需不需要|要不要"
    r"|算不算|想问|咨询|请问|是否"
)
INQUIRY = re.compile(r"想?(?:要)?(?:问|咨询|了解|请教|打听)(?:一?下|个)?|请问")
PROBLEM = re.compile(
    r"没有?|不(?!客气|好意思|知道)|坏|停[水电气]|漏|吵|臭|堵|占|欠|拖|骗|污|脏|乱|破|塌|噪|施工|违[规章法建]"
    r"|油烟|积水|拒|扰|垃圾|退[款费货]|假|难|断|倒|裂|危险|扔|烧|排|死|咬|被|收费|涨"
)
LOCATING = re.compile(
    r"^(?:我(?:们)?(?:家|是)?|家)?(?:就)?(?:住在?|在|位于|地址)|^是?在|业主$|居民$|(?:这边|这里|附近|旁边)(?:的)?$"
)
LEANING = re.compile(
    r"(?:老板|物业|他|她|商家|对方|客服)说|他|她|它|这样|那样|好像|不知道|没有看到|跟|而且|所以|但是|连着|一直"
    r"|也|都|又|备案以后|昨天|前天|大家"
)
TOPIC = re.compile(r"(?:的)?(?:事情?|问题|情况)$")
LEADING = re.compile(r"^(?:我(?:们)?)?(?:就)?(?:是)?(?:想|要)?(?:问|咨询|了解|投诉|举报|反映)(?:一下)?")
SOCIAL = re.compile(r"好的|明白|知道了|谢|再见|打电话|你们?好|不好意思|请讲|我再说|听得|听不")
FIRST_TURNS = 6
FULL, CONTINUED, PLACE_LENGTH = 8, 16, 14
WE = re.compile(r"^(?:我们?(?:这[个里边])?(?=[家小楼村])|我们(?!的)(?:这[个里边](?:的)?)?|我(?=想|要)|[，, ]+)")
HERE = re.compile(r"^(?:我们?)?(?:这个|那个|家(?!里|门)|村里|这边|这里)?(?:小区(?:里面?的?)?)?")
DETAIL = re.compile(
    r"第?[\d一二三四五六七八九十]+(?:号楼|幢|栋|座|单元|楼|层|室|号|组|队)(?:[\d\-]+(?!\d|号|幢|栋|座|单元|楼|层)室?)?(?:前面|后面|门口"
    r"|旁边|楼[上下])?"
)


def matter(said: Sequence[Said], place: Filled | None = None, time: Filled | None = None) -> dict[str, Filled]:
    """title, content and request, as far as there is anything to tell. place, time: what a title need not repeat."""
    told = [clause for one in said for clause in clauses(one.turn) if clause.tells]
    out: dict[str, Filled] = {}
    if told:
        main = max(told[: FIRST_TURNS * 2], key=lambda c: _weight(c, told))
        out["title"] = _filled(_title(main, told, place, time), main)
        out["content"] = _filled(content(told)[:CONTENT_LENGTH], main)
    if wanted := _request(said, told):
        out["request"] = wanted
    return out


def content(told: Sequence[Clause]) -> str:
    """The clauses as running text: commas within a turn, full stops between; each once."""
    out, seen = "", set[str]()
    for before, clause in zip((None, *told), told, strict=False):
        if clause.clean in seen:
            continue
        seen.add(clause.clean)
        same = before is not None and before.turn is clause.turn
        out += ("，" if same and out else "。" if out else "") + clause.clean
    return out + "。" if out else out


def _filled(value: str, clause: Clause) -> Filled:
    return evidence(value, clause.turn, clause.start, clause.end)


def _weight(clause: Clause, told: Sequence[Clause]) -> float:
    """How much a clause says what the matter is: a trouble or a question, early, of a title's length."""
    text = OPENING.sub("", clause.clean)
    worth = 2.0 * bool(PROBLEM.search(text)) + 2.0 * bool(QUESTION.search(text)) + 1.0 * (text != clause.clean)
    worth -= (
        2.5 * bool(LOCATING.search(text) and len(text) < LONG)
        + 2.0 * bool(SOCIAL.search(text))
        + 3.0 * bool(WISH.search(text))
    )
    worth -= 1.5 * bool(LEANING.match(text)) + 1.5 * ("万一" in text)
    worth += min(len(text), 14) / 7 - max(0, len(text) - 26) / 10 - 3.0 * (len(text) < 5)
    return worth - 0.35 * told.index(clause)


def _title(main: Clause, told: Sequence[Clause], place: Filled | None, time: Filled | None) -> str:
    """Where and what, at most 30 characters."""
    text = OPENING.sub("", main.clean) or main.clean
    text = TOPIC.sub("", WE.sub("", text)) or text
    if len(text) < FULL:
        text += _continued(main, told)
    text = _shortened(text, [fact.quote for fact in (place, time) if fact])
    short = short_place(place.value) if place else ""
    if place is None or not short or place.quote in main.clean or short in text or short[:3] in text:
        return text[:TITLE_LENGTH]
    joined = short + HERE.sub("", text)
    return joined if len(joined) <= TITLE_LENGTH else text[:TITLE_LENGTH]


def _shortened(text: str, known: Sequence[str]) -> str:
    """A text too long for a title from where its place and time end."""
    for quote in known:
        rest = text.partition(quote)[2].lstrip("的，就")
        if len(text) > TITLE_LENGTH and len(rest) >= FULL:
            text = rest
    return text


def _continued(main: Clause, told: Sequence[Clause]) -> str:
    """The next clause of the same turn, for a matter said in very few words."""
    after = told[told.index(main) + 1 :][:1]
    return "".join(f"，{c.clean}" for c in after if c.turn is main.turn and len(c.clean) <= CONTINUED)


def short_place(address: str) -> str:
    """An address as a title bears it: without district and house number; empty where nothing else is known."""
    rest = re.split(r"(?<=[区市县])(?!.?[场民])(?=..)", DETAIL.sub("", address), maxsplit=1)[-1]
    if len(rest) > PLACE_LENGTH:
        rest = re.sub(r"^(?:边上|旁边|附近|对面)的?", "", re.split(r"(?<=[路街道镇乡])(?=[^口边上]..)", rest)[-1])
    return rest if 2 <= len(rest) <= PLACE_LENGTH and not re.fullmatch(r".{2,3}[区市县]", rest) else ""


def _request(said: Sequence[Said], told: Sequence[Clause]) -> Filled | None:
    """What is asked for: a wish before a plea before a question; an answer to 有什么诉求 before all."""
    ranked = [pair for one in said for pair in _wishes(one, {c.turn.id for c in told})]
    return max(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _wishes(one: Said, telling: set[str]) -> Iterator[tuple[float, Filled]]:
    parts = [clause for clause in clauses(one.turn) if len(clause.clean) >= SHORTEST and not clause.personal]
    for at, clause in enumerate(parts):
        worth = _wish_worth(clause.clean)
        if worth:
            yield worth + min(len(clause.clean), 20) / 40, _extended(parts, at)
    if "request" in one.asked and one.turn.id in telling:
        first = next((at for at, clause in enumerate(parts) if clause.tells), None)
        if first is not None:
            yield ANSWER, _extended(parts, first)


SHORTEST, ANSWER = 5, 3.4


def _wish_worth(text: str) -> float:
    if re.search(r"[希期]望|要求(?!我)|诉求|恳请|请你们|建议", text):
        return 4.0
    if WISH.search(text):
        return 3.0
    if CAN.search(text):
        return 2.5
    if INQUIRY.search(text) and QUESTION.search(INQUIRY.sub("", text)):
        return 2.2
    return 2.0 if QUESTION.search(text) and not re.search(r"万一|为什么|怎么办$|凭什么", text) else 0.0


def _extended(parts: Sequence[Clause], at: int) -> Filled:
    """From a wish to the end of what it takes in: the clauses of the turn that follow it closely."""
    first, last = parts[at], parts[at]
    for after in parts[at + 1 :]:
        if after.start - last.end > 2 or after.end - first.start > REQUEST_LENGTH or SOCIAL.search(after.clean):
            break
        last = after
    text = first.turn.text
    return evidence(_worded(text[first.start : last.end]), first.turn, first.start, last.end)


def _worded(text: str) -> str:
    return (
        re.sub(
            r"^(?:对|是的?|嗯)*(?:然后|另外|还有(?!没)|所以|我(?=就?是?[想问要请]|希望|建议))?(?:就?是(?=问|想|要|让|请|希望)|就是)?",
            "",
            tidy(text),
        )
        or text
    )
