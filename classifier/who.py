"""Who calls: the name and the form of address that the citizen gave or agreed to."""

import re
from collections.abc import Iterator, Sequence

from classifier.said import FILL, Filled, Said, Turn, confirmed, evidence
from classifier.sound import sounds

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊"
    "纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭"
    "洪包诸左石崔吉龚程邢裴陆荣翁荀羊惠甄封芮储靳段焦巴谷车侯全班仰秋仲伊宫宁仇栾甘厉祖武符刘景詹束龙叶幸司黎薄印宿白怀蒲从鄂"
    "索赖卓屠蒙池乔阴胥苍双闻莘翟谭劳姬申扶冉宰郦桑桂濮牛寿通边燕冀尚农温庄晏柴瞿阎慕连茹习艾鱼容向古易慎戈廖庾终居衡步都耿满"
    "弘匡国文寇广东欧沃利蔚越隆师巩聂晁敖冷辛阚那简饶曾关查游丰权盖桓公佘肖付代闫涂覃岳褚苟牟娟仝"
)
COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|司徒|夏侯|宇文|长孙|端木|南宫"
SURNAME = rf"(?:{COMPOUND}|[{SURNAMES}])"
STOP = (
    r"(?=[，,。！!？?、；\s\d]|$|我|叫|电|手机|号码|联系|就|谢|住|是|的|在|家|今年|想|要|来|这|一[三五八七九]|幺"
    r"|耳|弓|立早|木子|三横|双|草|言|啊|吧|呢|嗯|呃|哎)"
)
GIVEN = r"[^\W\d_我叫电话手机号是的在住就想要来这啊吧呢嗯了]"
NAME = re.compile(
    rf"(?:免贵|我|^{FILL}|本人|，|。)\s*(?:就|的名字)?姓({SURNAME})(?!名|氏)(?:[，, ]*(?:我)?(?:的)?(?:名字"
    rf"|全名)?叫\s*(\1?{GIVEN}{{1,3}}?){STOP})?"
    rf"|(?:我|本人|名字|姓名)(?:的名字|就)?(?:叫|是叫)做?\s*({SURNAME}{GIVEN}{{1,2}}?){STOP}"
)
HONORED = re.compile(
    rf"(?:我是|叫我|我叫|称呼我|喊我|就叫|我姓{SURNAME}[，, ]*|^{FILL}(?:我)?)\s*({SURNAME})(先生|女士|小姐"
    rf"|阿姨|大爷|师傅)"
)
BARE = re.compile(
    rf"{FILL}(?:我|免贵|我是|我叫|叫)?(?:[姓信性兴幸]"
    rf"|我[姓信性兴幸])?\s*({SURNAME}{GIVEN}{{0,2}}?)(?:[，,。 啊吧呢嗯]|就行|就可以|$)+"
)
HEARD_AS_FAMILY = re.compile(rf"(?:我|免贵)[信性兴幸]({SURNAME}){STOP}")
SPELT = re.compile(
    r"(?:弓长(?P<a>张)|立早(?P<b>章)|木子(?P<c>李)|耳东(?P<d>陈)|双木(?P<e>林)|口天(?P<f>吴)|古月(?P<g>胡)"
    r"|言午(?P<h>许)|双人(?P<i>徐)"
    r"|草头(?P<j>黄)|三横一?竖?(?P<k>王)|干勾(?P<l>于)|禾呈(?P<m>程)|走肖(?P<n>赵)|人可(?P<o>何)"
    r"|卯金刀?(?P<p>刘)|十八子(?P<q>李))"
    rf"|[\u4e00-\u9fff]{{1,3}}的({SURNAME})"
)
COMPONENTS = dict(
    zip("弓长 立早 木子 耳东 双木 口天 古月 言午 双人 草头 三横".split(), "张章李陈林吴胡许徐黄王", strict=True)
)
BUILT = re.compile(rf"({'|'.join(COMPONENTS)})[\u4e00-\u9fff]")
COMMON = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹"
    "熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
BY_SOUND = re.compile(
    rf"(?:我|免贵|^{FILL})[姓性信兴幸新心写现星形]([\u4e00-\u9fff])(?=[，,。！\s\d]|$|[首手]?[机电]|联系|号码|叫)"
)
AGENTS = re.compile(rf"(?:姓|是|叫)({SURNAME})(先生|女士|小姐)?|({SURNAME})(先生|女士|小姐)")
ADDRESSED = re.compile(rf"(?:^|[，,。好]|您|是|的)\s*({SURNAME})?(先生|女士|小姐)")
NOT_NAMES = re.compile(r"不方便|不想|不用|匿名|没有|知道|什么|任何|方便|常|和你|于是|时间|明白|成了|全部|都是")


def name(said: Sequence[Said], turns: Sequence[Turn] = ()) -> Filled | None:
    """The citizen's name as far as he gave it: 李, or 李明. What he says later wins, save that 李 leaves 李明.

    Where it was not heard surely, how the agent (in turns) then addresses him tells: 好的丁女士.
    """
    current: Filled | None = None
    for one in said:
        for new in _names(one):
            longer = current is not None and len(current.value) > 1 and current.value[0] == new.value
            current = current if longer or (current and new.doubtful) else new
    told = any("name" in one.asked for one in said)
    return _addressed(turns, current) if told and (current is None or current.doubtful) else current


def _addressed(turns: Sequence[Turn], heard: Filled | None) -> Filled | None:
    """The family name by which the agent calls the citizen; sure where what was heard of it sounds like it."""
    for turn in turns:
        for found in ADDRESSED.finditer(turn.text) if turn.leg == "agent" else ():
            if found[1]:
                alike = heard is not None and sounds(heard.value) == sounds(found[1])
                return evidence(found[1], turn, found.start(1), found.end(2), not alike)
    return heard


def sex(said: Sequence[Said], turns: Sequence[Turn], known: Filled | None) -> Filled | None:
    """男 or 女 by the form of address, the citizen's own or the agent's for him."""
    current = None
    for turn in turns:
        pattern = ADDRESSED if turn.leg == "agent" else HONORED
        for found in pattern.finditer(turn.text):
            if turn.leg == "citizen" or not found[1] or known is None or known.value.startswith(found[1]):
                current = _form(turn, found) or current
    return current


def _form(turn: Turn, found: re.Match[str]) -> Filled | None:
    value = {"先生": "男", "大爷": "男", "女士": "女", "小姐": "女", "阿姨": "女"}.get(found[2])
    start = found.start(1) if found[1] else found.start(2)
    return evidence(value, turn, start, found.end(2)) if value else None


def _names(one: Said) -> Iterator[Filled]:
    for turn in confirmed(one):
        for found in AGENTS.finditer(turn.text):
            yield evidence(found[1] or found[3], turn, found.start(), found.end())
    text = one.turn.text
    introduced = _introduced(one)
    if introduced:
        yield introduced
    if (introduced or "name" in one.asked) and (built := BUILT.search(text)):
        yield evidence(COMPONENTS[built[1]], one.turn, built.start(), built.end())
        return
    if (introduced or "name" in one.asked) and (spelt := SPELT.search(text)) and not NOT_NAMES.search(spelt[0]):
        yield evidence(spelt[0][-1], one.turn, spelt.start(), spelt.end())


def _introduced(one: Said) -> Filled | None:
    text, turn = one.turn.text, one.turn
    if found := HONORED.search(text) or NAME.search(text):
        return evidence(_whole(found), turn, found.start(), found.end())
    if "name" not in one.asked:
        return None
    if found := HEARD_AS_FAMILY.search(text):
        return evidence(found[1], turn, found.start(), found.end())
    if (found := BARE.match(text)) and not NOT_NAMES.search(found[0]) and not re.search(r"^..{0,1}[先女小]", found[1]):
        return evidence(found[1], turn, found.start(1), found.end(1))
    if found := BY_SOUND.search(text):
        alike = next((family for family in COMMON if sounds(family) == sounds(found[1])), "")
        return evidence(alike, turn, found.start(), found.end(), True) if alike else None
    return None


def _whole(found: re.Match[str]) -> str:
    if found.re is HONORED:
        return found[1]
    family, given, full = found.groups()
    if full or not given:
        return full or family
    return given if given.startswith(family) else family + given
