"""The party concerned: companies, shops, schools, sites of work; never a government department."""

import re
from collections.abc import Iterator, Sequence

from classifier.said import Filled, Said, Turn, evidence

STOPS = (
    r"投诉|举报|反映|咨询|希望|要求|一家|一个|这家|那家|有家|附近|旁边|对面|楼下|隔壁|门口|边上|住在|位于|里面"
    r"|上面|因为|所以|但是|然后|现在|一直|经常|已经|今天|昨天|每天"
    r"|我|你|他|她|您|咱|在|的|是|了|着|到|去|从|跟|和|把|被|这|那|们|说|请|问|吗|呢|吧|啊|嗯|也|都|还|很|买"
    r"|个|条|(?<!人)家(?!具|电|政|居|常|装|乐)|找|让|叫(?!做)|给|对|向|有|没|要|想|不|时"
)
NAMED = rf"(?:(?!{STOPS})[\u4e00-\u9fffA-Za-z\d])"
BUSINESS = (
    r"物业(?:服务)?(?:有限)?(?:责任)?公司|有限(?:责任)?公司|(?:分|总|开发|装修|装饰|搬家|家政|快递|保险|旅游"
    r"|教育|科技|劳务|中介|供电|供水|自来水|燃气|天然气|公交)?公司"
    r"|开发商|培训(?:班|机构|中心|学校)|健身(?:房|中心|会所|俱乐部)|施工(?:单位|队|方)|工地|业委会|业主委员会"
    r"|养老院|棋牌室|洗浴中心|网吧|驾校|旅行社|中介|房产中介"
    r"|服装店|[4四][Ss]店|美容院|理发店|美发店|烧烤(?:店|摊)|大排档|早餐店|奶茶店|药店|药房|便利店|专卖店"
    r"|手机店|水果店|洗车店|干洗店|蛋糕店|火锅店|餐饮店|饭店|餐厅|饭馆|餐馆"
    r"|酒店|宾馆|商店|超市|商场|商家|店铺|小吃店|加工厂|化工厂|养殖场|养猪场|工厂|厂家|[A-Z]{2,4}|KTV|酒吧"
    r"|菜场|停车场|诊所|平台|网店|直播间|房东|物业|店(?!面|长|里)|厂(?!房|里)"
)
PUBLIC = r"医院|银行|幼儿园|小学|中学|学校|学院|快递"
PARTY = re.compile(rf"(?<=叫){NAMED}{{1,8}}的(?:{BUSINESS})|{NAMED}{{0,8}}?(?:{BUSINESS})")
INSTITUTION = re.compile(rf"{NAMED}{{1,8}}?(?:{PUBLIC})")
GRIEVANCE = re.compile(
    r"投诉|举报|反映|不肯|不管|拖欠|不退|违规|乱收费|骗|不给|欠|扰民|吵|太差|推诿|拒绝|不让|克扣|收费|没人管|态度"
)
OFFICIAL = re.compile(r"局$|政府|街道|委员会$|社区$|派出所|中心$|部门")
BLAMED = re.compile(r"(?:投诉|举报|反映|跟|找|被|和|叫|一家|那家|这家|是)$")
VAGUE = re.compile(
    r"^(?:物业|商家|平台|房东|中介|超市|饭店|酒店|店|厂|公司|工厂|店铺|商店|厂家|停车场|医院|学校|菜场)$"
)
POSITION = re.compile(r"^[报诉映询区市县镇下上里面边旁口侧前后处那这家个些有外头来过做开着]+(?=..)")
LATIN = re.compile(r"^(?:APP|WIFI|OK|GPS|CT|ETC|POS|SIM|VIP|ID|PDF|AI|PM|AM)$", re.IGNORECASE)
ANSWER = re.compile(
    r"(?:叫做?|是|名字叫)([^\W\d_我你他的是了不]{2,12})(?:[，,。 ]|$)|^([^\W\d_我你他的是了不]{2,12})[，,。 ]?$"
)
ASKED_WORTH = 6.0


def party_concerned(said: Sequence[Said]) -> Filled | None:
    """The most exactly named party; earlier ones before later of the same worth."""
    aggrieved = any(GRIEVANCE.search(one.turn.text) for one in said)
    found = [pair for one in said for pair in _candidates(one, aggrieved)]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _candidates(one: Said, aggrieved: bool) -> Iterator[tuple[float, Filled]]:
    yield from _matches(one.turn, PARTY)
    if aggrieved:
        yield from _matches(one.turn, INSTITUTION)
    if "party" in one.asked and (answer := ANSWER.search(one.turn.text)):
        group = 1 if answer[1] else 2
        yield ASKED_WORTH, evidence(answer[group], one.turn, answer.start(group), answer.end(group))


def _matches(turn: Turn, pattern: re.Pattern[str]) -> Iterator[tuple[float, Filled]]:
    for found in pattern.finditer(turn.text):
        if not OFFICIAL.search(found[0]) and not LATIN.search(found[0]):
            start = found.end() - len(POSITION.sub("", found[0]))
            yield (
                _worth(turn.text, start, found.end()),
                evidence(turn.text[start : found.end()], turn, start, found.end()),
            )


def _worth(text: str, start: int, end: int) -> float:
    """Longer names tell more; who is blamed counts before who is mentioned."""
    blamed = 2.0 if BLAMED.search(text[:start]) else 0.0
    return blamed + (0.0 if VAGUE.match(text[start:end]) else 1.0 + (end - start) / 4)
