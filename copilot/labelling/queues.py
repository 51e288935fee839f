"""The queues of labelling: what is asked in each, what may be answered, and when two answers are the same."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal

from copilot.labelling.errors import LabelError
from kb_index.article import Article
from ticket_core.text import visible

Needs = Literal["", "text", "article", "route"]
LONGEST = 500
MACHINE, PERSON = "machine", "person"


class Name(StrEnum):
    """A queue."""

    SLICES = "slices"
    QUESTIONS = "questions"
    REFUSED = "refused"
    CHANGED = "changed"
    ROUTING = "routing"
    SPEECH = "speech"


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer. key: on the keyboard; needs: what must come with it; ask: the prompt of that; suggestions: for it."""

    value: str
    label: str
    key: str
    needs: Needs = ""
    ask: str = ""
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Queue:
    """hint: what it is for; question: what an annotator decides; choices: those that every item has."""

    name: Name
    label: str
    hint: str
    question: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A label as it is given. slice: from 0, -1: not told."""

    choice: str
    text: str = ""
    article: str = ""
    slice: int = -1
    matter1: str = ""
    matter2: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a label may name: live articles, departments to dispatch to, matters of two levels."""

    articles: Mapping[str, Article]
    departments: Collection[str]
    matters: Collection[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A label that was checked. said: two labels are the same where it is; value: all of it, to be kept."""

    said: str
    value: dict[str, Any] = field(default_factory=dict)


UNSURE = Choice("unsure", "无法判断", "9")
ROUTE_ASK = "应归哪个事项、由哪个单位承办"
TABLE: Mapping[Name, Queue] = {
    queue.name: queue
    for queue in (
        Queue(
            Name.SLICES,
            "新切片",
            "待审和上线版本里还没看过的切片",
            "这一片单独拿出来，能用来回答市民吗？",
            (
                Choice("usable", "可用", "1", "text", "这一片回答市民的什么问题"),
                Choice("unclear", "单看不明白", "2"),
                Choice("mixed", "混了几件事", "3"),
                Choice("empty", "没有实质内容", "4"),
                UNSURE,
            ),
        ),
        Queue(
            Name.QUESTIONS,
            "没查到的问题",
            "查了百科而没有结果的问题",
            "百科里哪一篇回答这个问题？",
            (
                Choice("article", "找到了", "1", "article", "查找并选中回答它的那一条"),
                Choice("none", "百科里没有", "2"),
                Choice("vague", "听不出要问什么", "3"),
                Choice("outside", "不归热线答", "4"),
                UNSURE,
            ),
        ),
        Queue(
            Name.REFUSED,
            "被拒的卡片",
            "坐席点了“不适用”的推荐",
            "这张卡片回答了市民当时的问题吗？",
            (
                Choice("relevant", "相关，不该拒", "1"),
                Choice("irrelevant", "不相关", "2"),
                Choice("outdated", "已过时", "3"),
                Choice("wrong", "内容有误", "4"),
                UNSURE,
            ),
        ),
        Queue(
            Name.CHANGED,
            "改过的填写",
            "智能填写与最后结果不同的单位、事项和栏目",
            "哪一个对？",
            (
                Choice("both", "都可以", "3"),
                Choice("neither", "都不对", "4", "text", "写出对的内容"),
                UNSURE,
            ),
        ),
        Queue(
            Name.ROUTING,
            "分派没把握的",
            "机器对事项和单位把握不大的诉求，另有少量随机抽取",
            "这件诉求该归哪个事项、派给哪个单位？",
            (Choice("other", "都不是", "4", "route", ROUTE_ASK), UNSURE),
        ),
        Queue(
            Name.SPEECH,
            "听写没把握的",
            "识别时改过或存疑的话，另有少量随机抽取",
            "听到的和写出来的一样吗？",
            (
                Choice("right", "听得对", "1"),
                Choice("corrected", "改好了", "2", "text", "照录音改正"),
                Choice("inaudible", "听不清", "3"),
                Choice("overlap", "几个人同时在说", "4"),
                UNSURE,
            ),
        ),
    )
}


def queue(name: str) -> Queue:
    """A queue by its name. Raises LabelError."""
    if name not in tuple(Name):
        raise LabelError(f"没有“{visible(name)[:20]}”这个队列；可选：{'、'.join(one.label for one in TABLE.values())}")
    return TABLE[Name(name)]


def choices(name: str, body: Mapping[str, Any]) -> list[Choice]:
    """What may be answered to an item: its own options first."""
    own = [Choice(one["value"], one["label"], str(key)) for key, one in enumerate(body.get("options", ()), 1)]
    return own + [_fitted(one, body) for one in queue(name).choices]


def judge(name: str, body: Mapping[str, Any], origin: Mapping[str, Any], given: Given, known: Known) -> Judged:
    """Check a label. body, origin: of the item. Raises LabelError saying what is possible."""
    offered = {one.value: one for one in choices(name, body)}
    if given.choice not in offered:
        labels = "、".join(f"{one.key} {one.label}" for one in offered.values())
        raise LabelError(f"没有“{visible(given.choice)[:20]}”这个选项；可选：{labels}")
    match offered[given.choice].needs:
        case "text":
            return _worded(name, body, given, offered[given.choice])
        case "article":
            return _found(given, known)
        case "route":
            said = route(given.matter1, given.matter2, given.department)
            _check_route(given, known)
            return Judged(said, asdict(given) | {"text": "", "article": "", "slice": -1})
    return Judged(origin.get("meaning", {}).get(given.choice, given.choice), {"choice": given.choice})


def route(matter1: str, matter2: str, department: str) -> str:
    """A matter and its department as one value."""
    return f"{matter1}/{matter2}|{department}"


def classified(name: str, said: str) -> str:
    """The class that κ counts a label under: what was written is left out where there are as many as people."""
    return said.split(":")[0] if name in (Name.SPEECH, Name.CHANGED) else said


def worded(name: str, said: str, articles: Mapping[str, Article]) -> str:
    """A class in Chinese."""
    plain = {one.value: one.label for one in queue(name).choices} | {MACHINE: "机器对", PERSON: "人工对"}
    kind, _, rest = said.partition(":")
    if kind == "article" and rest in articles:
        return articles[rest].title
    return plain.get(said, rest or said.replace("|", " → "))


def squash(text: str) -> str:
    """A text as two who wrote down the same words have it: without punctuation, space and case."""
    return "".join(c for c in text.lower() if c.isalnum())


def _fitted(one: Choice, body: Mapping[str, Any]) -> Choice:
    """A common answer as this item has it."""
    if one.value == "usable":
        return Choice(one.value, one.label, one.key, one.needs, one.ask, tuple(body.get("suggestions", ())))
    if one.value == "neither" and body.get("context", {}).get("field") == "route":
        return Choice(one.value, one.label, one.key, "route", ROUTE_ASK)
    return one


def _worded(name: str, body: Mapping[str, Any], given: Given, chosen: Choice) -> Judged:
    text = " ".join(visible(given.text).split())
    if not text or len(text) > LONGEST:
        raise LabelError(f"选“{chosen.label}”要写清：{chosen.ask}（{LONGEST} 字以内）")
    value = {"choice": chosen.value, "text": text}
    match chosen.value:
        case "usable":
            return Judged("usable", value)
        case "corrected" if squash(text) == squash(body["text"]):
            return Judged("right", {"choice": "right"})
        case _:
            return Judged(f"{chosen.value}:{hashlib.sha256(squash(text).encode()).hexdigest()[:32]}", value)


def _found(given: Given, known: Known) -> Judged:
    article = known.articles.get(given.article)
    if article is None:
        raise LabelError(f"热线百科里没有“{visible(given.article)[:64]}”，可能已下架；请查找后选中一篇")
    if not -1 <= given.slice < len(article.slices):
        raise LabelError(f"“{article.title}”只有 {len(article.slices)} 片；不确定是哪一片时可以不选")
    value = {"choice": "article", "article": article.id, "version": article.version, "slice": given.slice}
    return Judged(f"article:{article.id}", value)


def _check_route(given: Given, known: Known) -> None:
    if (given.matter1, given.matter2) not in known.matters:
        raise LabelError("请从派单目录里选事项大类和小类")
    if given.department not in known.departments:
        raise LabelError("请从承办单位里选一个现在可以派单的单位")


def merged(values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What counts where two agree: the first, and every text that was written; the slice where one told it."""
    texts = list(dict.fromkeys(one["text"] for one in values if one.get("text")))
    told = max((one.get("slice", -1) for one in values), default=-1) if _same_slice(values) else -1
    return dict(values[0]) | ({"texts": texts} if texts else {}) | ({"slice": told} if "slice" in values[0] else {})


def _same_slice(values: Sequence[Mapping[str, Any]]) -> bool:
    """Whether those who told a slice told the same."""
    return len({one["slice"] for one in values if one.get("slice", -1) >= 0}) <= 1
