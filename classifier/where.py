"""Where: the fullest address that was said, put together only from parts that were said, and its district."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classifier.districts import DISTRICTS
from classifier.localities import Localities, district_sounds, sounded_district
from classifier.said import FILL, Filled, Said, Turn, confirmed, evidence, overlaps
from classifier.sound import sounds

N = r"[\d一二三四五六七八九十]{1,4}"
STOPS = (
    r"扬州|邗江|广陵|江都(?!路)|仪征|高邮|宝应|开发区|投诉|反映|举报|咨询|住|位于|地址|旁边|对面|附近|边上"
    r"|隔壁|门口|今天|昨天|每天|早上|晚上"
    r"|现在|最近|一直|经常|整个|全部|我|你|他|她|您|咱|在|的|是|了|着|到|去|从|跟|把|被|这|那|们|说|请|问|吗"
    r"|呢|吧|啊|嗯|也|都|还|很|买|个|条|离|往|就|叫|姓|能|不|没|有|样|想|要|得|让|办|什么|怎么|公办|民办|各|该"
    r"|为|以|上(?=公|学|班|个|面)|下(?=来|去|面)|里|花了|停[水电了]|坐|乘|经过|路过|会|只|才|已|正|给|再"
    r"|过[来去了]|来[自到]|户口|施工|楼下"
)
NAMED = rf"(?:(?!{STOPS})[\u4e00-\u9fffA-Za-z])"
TOWN = rf"{NAMED}{{2,4}}?(?:街道(?:办)?|镇|乡(?!下|亲)|工业园区?|产业园|开发区|园区)"
VILLAGE = rf"{NAMED}{{1,5}}?(?:社区|村(?!里|民|委|子))"
ROAD = (
    rf"{NAMED}{{1,5}}?(?:[东西南北中]?(?:大道|大街|公路|国道|省道|高速|快速路|路(?![上过面灯边口人况费])"
    rf"|路(?=[上边口])|街(?!道)|巷子?)(?:[东西南北]段)?)"
)
SITE = (
    rf"{NAMED}{{2,8}}?(?:(?:(?:花园|新村|家园|公寓|花苑|嘉园|[名佳雅御华锦]苑|苑(?!里)|名都|华府|公馆|山庄|别墅"
    rf"|豪庭|新城|国际城|名邸|雅居)(?:小区)?|小区)(?:[一二三四五六东西南北]区)?"
    r"|广场|大厦|商城|购物中心|商业街|菜市场|农贸市场|市场(?!监|价)|商场|科技园|医院|学校|小学|中学|职校|大学"
    r"|学院|幼儿园|公园|车站|客运站|火车站|加油站|收费站"
    r"|大桥|码头|水库|河(?!道|边)|湖(?:风?景区)?|闸|桥)"
)
UNIT = (
    rf"(?:第?{N}(?:号楼|幢|栋|座|单元|号院|楼(?!盘)|层(?!次)|室|组(?!织)|队|弄|期(?!间|限))"
    rf"|[A-Za-z]\d?[座栋幢区]|[东西南北]门(?!口?的人))"
    rf"(?:\s*(?:第?{N}(?:号楼|幢|栋|单元|楼|层|室|户)|\d{{3,4}}(?!\d)))*"
)
NUMBER = (
    rf"{N}(?:号(?!线|文|令|码|[，。 ]*(?:早|上午|中午|下午|晚|凌晨|[\d一二三四五六七八九十]+点))|[-杠]{N}(?:[-杠]{N})?)"
)
BESIDE = (
    r"(?:(?:的|那个)?(?:旁边|对面|附近|门口|门前|楼[下上顶]|边上|隔壁|十字路口|交叉路?口|路口|交[汇界叉]处?"
    r"|交叉口|[东西南北][侧边](?!的人)"
    r"|前面|后面|地下(?:车库|室)|停车场|[出入]口|公交站[台牌]?))"
)
DISTRICT = rf"(?:扬州市?)?(?:{'|'.join(DISTRICTS)})[区市县]?|扬州市?"
LEVELS = ("district", "town", "village", "road", "site", "unit", "flat")
FLAT = re.compile(r"单元|[\d一二三四五六七八九十](?:楼|层|室|户)|(?<![\d第])\d{3,4}$")
HOUSE = re.compile(r"号楼|[幢栋座弄组队期门区]|号院")
ATOM = re.compile(
    rf"(?P<district>{DISTRICT})|(?P<unit>{UNIT})|(?P<number>{NUMBER})|(?P<site>{SITE})|(?P<town>{TOWN})"
    rf"|(?P<village>{VILLAGE})|(?P<road>{ROAD})|(?P<beside>{BESIDE})"
)
WEIGHT = {
    "district": 1.0,
    "town": 2.0,
    "village": 2.0,
    "road": 3.0,
    "site": 4.0,
    "unit": 2.0,
    "number": 1.0,
    "beside": 0.5,
}
GLUE = re.compile(
    rf"(?:{FILL}|的|那边|这边|就是|那个|这个|在|上|里|里面|和|跟|与|靠近|靠|我们|是|[，,、。 ]|边上的?|旁边的?"
    rf"|附近的?|对面的?|一个|一家)*"
)
UNKNOWN = re.compile(rf"的?{NAMED}{{2,6}}[，,]?")
GENERIC = re.compile(
    r"^(?:我们?|这个?|那个?|整个?|老旧?|本|全|每个?|各|住宅|公办|民办|私立|公立|农|乡|城|家|老|一|二|三|哪个?"
    r"|自行|咨询|什么|其他|别的|所有|该|好|几|大|小|新|旧|街|社|附近|不|没有?|高速|人行|机动车?|消防|自来水|上|下|读|进"
    r"|入|过)?"
    r"(?:小区|新村|社区|街道|[乡镇村]|[马道铁走公线电半小水修让堵思段门赶迷绕一条网出退上下后后][路桥]|路|街"
    r"|巷子?|学校|小学|中学|大学|学院|幼儿园|医院|市场|菜市场|商场|广场|大厦|公园|车站|高速|公路|河|湖|桥|花园"
    r"|公寓|工业园区?|园区|开发区|别墅|大桥|码头|水库|新城)$"
)
NOT_PLACES = re.compile(r"马路$|上路$|[铁道走线电思]路$|半路$|上学|办理|户口|怎么|什么|报名|没有|希望|要求")
TRIM = re.compile(
    r"^(?:[报诉映询问]|好像|大概|应该|具体|目前|家里?|因为|所以|然后|但是|过来|经过|路过|前往|去往|对|于|和|与"
    r"|及|或|就|又|把|给|让|要|想|来|进|出|有|住|靠近?|沿着?|刚|昨晚|去年|小|老|天|早|晚|上|下|午|里|号|年|月"
    r"|日)+(?=[\u4e00-\u9fff]{3,})"
)
ELSEWHERE = re.compile(r"(?:不在|不是|不属于|不归|没在)[^，。！？]{0,2}$")
MORE = re.compile(
    r"(?:小区|新村|花园|社区|家园|公寓|小学|中学|广场|街道|镇|菜场|医院|风景区|景区)+(?:[一二三四五六东西南北]区)?"
)
LEAD = re.compile(r"(?:住在|住|家在|位于|地址是?|地点是?|就?在|是在|到)[，, ]*$")
BARE = re.compile(
    rf"{FILL}(?:是|就|在|我|们|家|住|地址|位置|小区|叫|那边"
    rf"|这里)*([\u4e00-\u9fff][\u4e00-\u9fff\dA-Za-z]{{1,17}}?)(?:这边|那边|这里|这块|这一块|附近|的|吧|呢|啊"
    rf"|呀|[，,。 ])*$"
)
NOT_BARE = re.compile(
    r"不|没|对|好的|是的|知道|清楚|什么|怎么|希望|电话|谢|等|问|投诉|我|你|他|[0-9]{5}|开始|昨天|今天|星期"
    r"|公司$|有人|忘"
)
BARE_WEIGHT, ASKED, LED = 2.0, 3.0, 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """Neighbouring parts of an address. levels: those of LEVELS that it holds; district: official name or empty."""

    turn: Turn
    start: int
    end: int
    levels: frozenset[int]
    worth: float
    value: str
    district: str = ""

    @property
    def text(self) -> str:
        """The words of the citizen."""
        return self.turn.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an address: a district, town, road, site, unit, number or beside."""

    kind: str
    start: int
    end: int
    value: str
    district: str = ""


def where(said: Sequence[Said], places: Localities) -> dict[str, Filled]:
    """address and district, as far as they were said."""
    found = [place for one in said for place in _places(one, places)]
    out: dict[str, Filled] = {}
    detailed = [place for place in found if max(place.levels, default=0) > 0]
    best = max(detailed or found, key=lambda place: place.worth, default=None)
    if best is None:
        return out
    out["address"] = _address(best, found)
    if named := _district(best, found):
        out["district"] = named
    return out


def _address(best: Place, found: Sequence[Place]) -> Filled:
    """The best mention, with a wider place before it and a narrower one after it that were said elsewhere."""
    for first, second in [(best, place) for place in found] + [(place, best) for place in found]:
        if shared := _overlap(first, second):
            joined = first.value + second.value[shared:]
            doubtful = overlaps(first.turn, first.start, first.end)
            return evidence(joined, second.turn, second.start, second.end, doubtful)
    joinable = [p for p in found if p.levels and best.levels and _agree(p, best)]
    wider = [p for p in joinable if max(p.levels) < min(best.levels)]
    finer = [p for p in joinable if min(p.levels) > max(best.levels)]
    used = [*([max(wider, key=lambda p: p.worth)] if wider else []), best, *finer[-1:]]
    doubtful = any(overlaps(p.turn, p.start, p.end) for p in used)
    return evidence("".join(p.value for p in used), best.turn, best.start, best.end, doubtful)


def _agree(one: Place, other: Place) -> bool:
    """Whether two places can be one: not in two districts."""
    return not one.district or not other.district or one.district == other.district


def _overlap(first: Place, second: Place) -> int:
    """How many characters end the one and begin the other, when the other says more (龙王路, 龙王路88号)."""
    longest = min(len(first.value) - (first.turn is second.turn), len(second.value) - 1)
    return next((n for n in range(longest, 2, -1) if first.value[-n:] == second.value[:n]), 0)


def _district(best: Place, found: Sequence[Place]) -> Filled | None:
    """That of the address itself before any other that was said."""
    for place in (best, *reversed(found)):
        if place.district:
            start, end = _district_span(place)
            return evidence(place.district, place.turn, start, end)
    return None


def _district_span(place: Place) -> tuple[int, int]:
    """The district's own words in a place; all of it where the district follows from the place."""
    for word, name in DISTRICTS.items():
        at = place.turn.text.find(word, place.start, place.end)
        if at >= 0 and name == place.district:
            return at, at + len(word)
    return place.start, place.end


def _places(one: Said, places: Localities) -> Iterator[Place]:
    for turn in (*confirmed(one), one.turn):
        asked = ASKED if "where" in one.asked and turn is one.turn else 0.0
        groups = list(_groups(turn.text, _parts(turn.text, places)))
        yield from (_place(turn, group, asked) for group in groups)
        bare = BARE.match(turn.text)
        if asked and not groups and bare and not NOT_BARE.search(bare[1]):
            yield Place(turn, bare.start(1), bare.end(1), frozenset({1}), BARE_WEIGHT, bare[1])


def _place(turn: Turn, group: Sequence[Part], asked: float) -> Place:
    start, end = group[0].start, group[-1].end
    levels = frozenset(level for part in group for level in _levels(part))
    led = LED if LEAD.search(turn.text[:start]) else 0.0
    worth = sum(WEIGHT[part.kind] for part in group) + led + (asked if levels - {0} else 0.0)
    district = next((part.district for part in group if part.district), "")
    return Place(turn, start, end, levels, worth, _value(turn.text, group), district)


def _levels(part: Part) -> list[int]:
    """The ranks of LEVELS that a part covers: 3号楼2单元 is a house and a flat."""
    if part.kind != "unit":
        return [LEVELS.index(part.kind)] if part.kind in LEVELS else []
    ranks = (("unit", HOUSE), ("flat", FLAT))
    return [LEVELS.index(rank) for rank, pattern in ranks if pattern.search(part.value)]


def _value(text: str, group: Sequence[Part]) -> str:
    """The parts with what joins them, less pauses and fillers; a district by its own name."""
    out, at = "", group[0].start
    for part in group:
        out += (
            re.sub(
                rf"[，,、。\s]|{FILL}|^(?:就是|在|是|那边|这边|我们|那个|这个|里|上)+|的$", "", text[at : part.start]
            )
            + part.value
        )
        at = part.end
    return out


def _groups(text: str, parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Neighbours with nothing but glue between them; a number or 旁边 alone is no place."""
    group: list[Part] = []
    for part in parts:
        if group and not (GLUE.fullmatch(text, group[-1].end, part.start) or _spans(text, group[-1], part)):
            yield from [group] * _tells(group)
            group = []
        if part.kind == "district" and ELSEWHERE.search(text[: part.start]):
            continue
        if group or part.kind not in ("number", "beside"):
            group.append(part)
    yield from [group] * _tells(group)


def _spans(text: str, before: Part, part: Part) -> bool:
    """Whether only a name that is not known, as a lane's, stands between a place and the number in it."""
    wide = before.kind in ("district", "town", "village") and part.kind in ("number", "unit")
    return wide and UNKNOWN.fullmatch(text, before.end, part.start) is not None


def _tells(group: Sequence[Part]) -> bool:
    return any(part.value not in ("扬州", "扬州市") for part in group if part.kind != "beside")


def _parts(text: str, places: Localities) -> list[Part]:
    """Known places first; then what looks like a part of an address between them."""
    certain = [_known(text, start, end, places.places[name]) for start, end, name in places.find(text)]
    certain += [
        Part("district", start, end, name, name)
        for start, end, name in sounded_district(text)
        if not any(part.start < end and start < part.end for part in certain)
    ]
    certain.sort(key=lambda part: part.start)
    out: list[Part] = []
    at = 0
    for part in (*certain, None):
        out += _guessed(text, at, part.start if part else len(text))
        if part:
            out.append(part)
            at = part.end
    return out


def _known(text: str, start: int, end: int, district: str) -> Part:
    """A known place with the 小区 or 街道 that is said after its bare name; a misheard district by its right name."""
    name = text[start:end]
    if district.endswith(name) or district_sounds().get(sounds(name)) == district:
        return Part("district", start, end, district, district)
    more = MORE.match(text, end)
    end = more.end() if more else end
    return Part(_rank(text[start:end]), start, end, text[start:end], district)


def _rank(name: str) -> str:
    if re.search(r"(?:路|街|巷|大道|高速)$", name) and not name.endswith("街道"):
        return "road"
    if re.search(r"(?:村|社区)$", name) and not name.endswith("新村"):
        return "village"
    return "town" if re.search(r"(?:街道|镇|乡)$", name) or len(name) == 2 else "site"


def _guessed(text: str, start: int, end: int) -> Iterator[Part]:
    for found in ATOM.finditer(text, start, end):
        kind, value, begin = str(found.lastgroup), found[0], found.start()
        if kind in ("site", "road", "town", "village"):
            trimmed = TRIM.sub("", value)
            begin, value = found.end() - len(trimmed), trimmed
            if GENERIC.match(value) or NOT_PLACES.search(value):
                continue
        yield Part(kind, begin, found.end(), value, _official(value) if kind == "district" else "")


def _official(text: str) -> str:
    return next((name for word, name in DISTRICTS.items() if word in text), "")
