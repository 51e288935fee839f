"""The emergency watch: danger to life or property in the caller's words, heard rightly or by its sound alone."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from classifier.datafile import CatalogueError
from classifier.sound import pattern, sounds

FILE = Path(__file__).parent / "data" / "dangers.toml"


@dataclass(frozen=True, slots=True)
class Danger:
    """kind and advice in Chinese; number: whom to connect; quote: the very words."""

    kind: str
    number: str
    advice: str
    quote: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of danger. said: by its words; heard: by its sound; over: how one says that it has passed;
    lasting: urgent though it began days ago."""

    kind: str
    number: str
    advice: str
    said: re.Pattern[str]
    heard: re.Pattern[str]
    over: re.Pattern[str]
    lasting: bool


NEAR = r"[^，。！？,!?；;]"
DENIED = re.compile(
    rf"(?:(?<!有)没有?(?!人管|人来|人问|电|水|钱|办法)|(?<!是)不是(?!说|我)|并非|并没有?|未(?:曾|见)?|不存在"
    rf"|不会|不曾|从没|无(?!人|故|法))"
    rf"(?:再|什么|任何|被|有|人|闻到|看到|发现|发生|出现|造成|引起|一点|说|要|明显|的|过|因为|真的|是|发"
    rf"|感觉到?|听到|很|大|楼|里|到|他|我|在)*$"
    rf"|(?:别|不要|不能|不可以|禁止|严禁|谨防|别让|不许)(?!{NEAR}*了){NEAR}{{0,4}}$"
)
UNDECIDED = re.compile(rf"(?:有没有|是否|有无|会不会(?!是)|检查|排查|怎么(?:判断|知道|检测)){NEAR}{{0,8}}$")
SUPPOSED = re.compile(
    rf"(?:如果|万一|要是|假如|假设|倘若|若是|一旦|哪怕|即使|就怕|(?<!害)怕(?!得)|生怕|恐怕会|担心|害怕(?:会"
    rf"|以后|哪天|将来)|容易|会导致|导致|可能会|可能(?:引起|引发|造成)|会引[起发]|很可能会|迟早|早晚会?|以免"
    rf"|免得|防止|避免|预防|杜绝|差一?点|险些|(?:就|才|还|也|都|因为|肯定|一定|真的?)会|会被|什么时候会|哪天"
    rf"|等到?|(?:震|吵|闹|气|哭|喊)得|非要|是不是要等|难道要|才){NEAR}{{0,14}}$"
)
PAST = re.compile(
    r"(?:去年|前年|大前年|以前|上次|上回|曾经|之前|过去(?!了)|当年|小时候|那年|从前|早年|年前|早先"
    r"|[二两三四五六七八九十几多\d]年前|20\d\d年|二[零〇][^，。]{2}年|历史上|原来|有一?次(?!性)|近日|新闻|网上"
    r"|案例)"
)
LATELY = re.compile(
    r"(?:昨[天晚夜]|前[天晚]|上个?(?:月|星期|礼拜|周)|上周|前[几两]天|前段时间|几天前"
    r"|[一二两三四五六七八九十\d]+[天周]前|[一二两三四五六七八九十\d]+个?(?:月|星期)前|上半年"
    r"|\d{1,2}月份?\d{0,2}[日号]?|[一二三四五六七八九十]{1,2}月份?)"
)
PRESENT = re.compile(
    r"现在|此刻|刚[刚才]|正在|还在|又(?!不|没)|今天|这会儿?|马上|快来|赶[快紧]来|越来越|到现在|目前|至今|再次|一直没"
)
STILL = re.compile(r"(?:还在|仍在|又在|一直在)[烧漏着冒困流响打追]|越来越|又开始")
OFTEN = re.compile(r"^[^，。]{0,4}(?:次数|频率|率|好几次|很多次|不止一次)")
HABITUAL = re.compile(r"经常|频繁|时常|常常|屡次|偶尔|有时候?")
WITHIN = re.compile(
    r"(?:没有?|未|不会|并未|没有发生)(?=[^，。]{0,2}(?:塌|倒|丢|走失|走丢|失踪|困|关|夹|卡|掉|落|撞|炸|漏|泄"
    r"|中毒|打|砸|伤|咬|着|晕|电))"
    r"|随时|万一|如果|可能会|容易|就会|会不会|怕|防止|避免"
)
AFTERWARDS = re.compile(r"^[^。]{0,14}(?:住院|身亡|去世|截肢|出院|治疗费?|赔偿|理赔|工伤)")
TOPIC = re.compile(
    r"^(?:了)?(?:的?手环|的?登记|的?手续|事故|事件|情况|的)?(?:怎么(?:申请|领取?|报名|预防|防|避免|赔|算|认定"
    r"|处罚|处理(?!啊|呢)|办理|索赔|判)|的?(?:宣传|演习|演练|保险|知识|培训|安全|讲座|隐患|风险|预案|专项"
    r"|报警器|报警装置|探测器|检测|防范|防护|救护员|救援队|急救(?:知识|培训)|应急|赔偿|理赔|认定|责任|处罚"
    r"|处理(?:结果|进度|大队|科)|鉴定|险$|险种|法(?!子)|条例|证明|奖励|历史|案件|庇护|告诫|保护令|救助站|热线"
    r"|干预|题材|电影|电视剧|游戏))"
    r"|^怎么(?:办|处理)|^过(?!去|来|敏)|^(?:的)?(?:时候|情况下)?(?:应该|要|该)?(?:怎么|如何)(?:办|逃生|处理"
    r"|自救|急救|求助)"
)
ASKED_ABOUT = re.compile(
    r"(?:想|要)?(?:问|咨询|了解)(?:一下|下)?(?:关于|有关)?(?:预防|防)?$|(?:关于|有关|宣传|学习|讲解|普及|预防"
    r"|防|抗|打击|整治|演练|演习|模拟|参加|组织|申请|办理|购买)$"
)


@cache
def rules(path: Path = FILE) -> tuple[Rule, ...]:
    """The dangers of a TOML file in its order. Raises CatalogueError that names the file and the kind."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf8"))
        return tuple(map(_rule, table["danger"]))
    except (OSError, tomllib.TOMLDecodeError, KeyError, re.error) as error:
        raise CatalogueError(
            f"{path.name} 读不出来：{error}；每种危险要有 kind、number、advice、patterns、sounds"
        ) from error


def _rule(entry: dict[str, str | list[str]]) -> Rule:
    return Rule(
        kind=str(entry["kind"]),
        number=str(entry["number"]),
        advice=str(entry["advice"]),
        said=_any(entry["patterns"]),
        heard=pattern(entry["sounds"]),
        over=_any(entry.get("over") or ["(?!)"]),
        lasting=bool(entry.get("lasting")),
    )


def _any(patterns: str | Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in patterns))


class Watch:
    """Knows negation (没有漏气), supposition (万一着火), topics (火灾演练), the past (去年着过火) and the end (火灭了).

    A question about danger at hand (着火了怎么办, 是不是漏气了) alarms: a needless alarm costs a glance.
    Help already called (已经报警了) does not silence it either, for the report upwards is due all the same.
    """

    def __init__(self, known: Sequence[Rule] | None = None) -> None:
        self.rules = rules() if known is None else tuple(known)

    def check(self, text: str) -> Danger | None:
        """The first danger in a text, drafts included, or None. quote stands verbatim in the text."""
        heard = sounds(text)
        for rule in self.rules:
            for found in _mentions(rule, text, heard):
                if _real(rule, text, *found.span()):
                    return Danger(rule.kind, rule.number, rule.advice, text[found.start() : found.end()])
        return None


def _mentions(rule: Rule, text: str, heard: str) -> Iterator[re.Match[str]]:
    yield from rule.said.finditer(text)
    yield from rule.heard.finditer(heard)


def _real(rule: Rule, text: str, start: int, end: int) -> bool:
    """Whether a mention is danger at hand."""
    before, after = text[:start], text[end:]
    refused = DENIED.search(before) or SUPPOSED.search(before) or UNDECIDED.search(before)
    spoken_of = (
        TOPIC.search(after)
        or (not rule.lasting and OFTEN.search(after))
        or ASKED_ABOUT.search(before)
        or rule.over.search(after)
    )
    unreal = WITHIN.search(text, start, end) or AFTERWARDS.search(after)
    return not (refused or spoken_of or unreal or _past(rule, text, start))


def _past(rule: Rule, text: str, start: int) -> bool:
    """Whether it is told of an earlier time, in its clause or the one before, and not of now as well."""
    told = re.split(r"[。！？!?；;]", text[:start])[-1]
    told = "，".join(re.split(r"[，,]", told)[-2:])
    earlier = (PAST,) if rule.lasting else (PAST, LATELY, HABITUAL)
    times = [found.end() for cue in earlier for found in cue.finditer(told)]
    return bool(times) and not (
        PRESENT.search(text, start - len(told) + max(times), start) or STILL.search(text, start)
    )
