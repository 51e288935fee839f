"""The kinds of configuration: what a body looks like, what ships with the product, and how it is checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

import classifier
from classifier.catalogue import Catalogue
from classifier.catalogue import Department as Shipped
from classifier.catalogue import Line as Matter
from classifier.datafile import read
from classifier.examples import Example
from copilot.configuration.bodies import Column, Label, Line, Word, columns, distinct, read_form, read_rows, refuse
from copilot.configuration.versions import ConfigurationError
from kb_index.encoders.base import ENDPOINT, FOLDER
from kb_index.encoders.registry import CHOICES, ENCODERS
from kb_index.encoders.reranking import CHOICES as SECOND
from kb_index.search.synonyms import Synonyms
from kb_index.search.synonyms import shipped as shipped_synonyms
from ticket_core import deadline
from ticket_core.deadline import calendar
from ticket_core.deadline.rules import Limits

Current = Callable[[str], Any]
SLOTS = ("{district}", "{county}")
CITY = "扬州市"
LEVELS = Literal["市级", "区级", "县级", "功能区", "街道乡镇", "企业", "司法机关", "仲裁机构", "监察机关"]
STREETS = {"街道": "办事处", "镇": "人民政府", "乡": "人民政府"}
ENDINGS = tuple(STREETS)
TEXT = 100_000


class Callback(Line):
    """How often a citizen is called back before the ticket closes as unreached."""

    attempts: int = Field(title="最多回访次数", ge=1, le=20)
    days: int = Field(title="至少分布在几天", ge=1, le=20)


class Phrase(Line):
    """A sentence that agents put in with one key."""

    title: Word = Field(title="名称")
    text: str = Field(title="内容", min_length=1, max_length=500)


class Tag(Line):
    """A tag of tickets; one that is no longer active stays on the tickets that have it."""

    name: Word = Field(title="标签")
    active: bool = Field(default=True, title="启用")


class Department(Line):
    """A department of the tree. parent: its name, empty at the top; one that is not active gets no new tickets."""

    name: Label = Field(title="名称")
    level: LEVELS = Field(title="级别")
    parent: str = Field(default="", title="上级单位", max_length=100)
    district: str = Field(default="", title="区县", max_length=50)
    active: bool = Field(default=True, title="启用")


def branch(departments: Mapping[str, Department], name: str) -> tuple[str, ...]:
    """The names of a department and of all below it, itself first; one that is not in the tree: its own alone."""
    found, above = [name], [name]
    while above:
        above = [one.name for one in departments.values() if one.parent in above and one.name not in found]
        found += above
    return tuple(found)


class Dispatch(Line):
    """A line of the dispatch catalogue; see `classifier.catalogue.Line`."""

    matter1: Word = Field(title="一级事项")
    matter2: Word = Field(title="二级事项")
    department: Label = Field(title="承办单位")
    basis: str = Field(title="依据", min_length=1, max_length=500)
    keywords: tuple[Word, ...] = Field(title="市民的说法", min_length=1, max_length=200)


class Search(Line):
    """How 热线百科 is searched and looked after. encoder, reranker: empty for those of the settings."""

    encoder: str = Field(default="", title="语义编码器（空：按安装设置）", max_length=300)
    reranker: str = Field(default="", title="重排模型（空：按安装设置）", max_length=300)
    audit_hour: int = Field(default=3, title="每天几点校验索引", ge=0, le=23)
    review_days: int = Field(default=180, title="上线或复核后几天再复核", ge=1, le=3650)


class Alike(Line):
    """Words that mean the same to who searches."""

    words: tuple[Word, ...] = Field(title="同义说法（两个以上）", min_length=2, max_length=50)


@dataclass(frozen=True, slots=True)
class Kind:
    """shape: text (TOML), form or rows. takes_effect: when, for the page. shipped: the body at first. parse: a body as
    what the product works with. check: against what the other kinds hold. Both raise TicketError naming the place.
    """

    name: str
    label: str
    shape: Literal["text", "form", "rows"]
    takes_effect: str
    columns: tuple[Column, ...]
    shipped: Callable[[Catalogue], Any]
    parse: Callable[[Any], Any]
    check: Callable[[Any, Current], None] = lambda value, current: None


SOON = "几秒内用于检索，不需要重启；换编码器先在旁边重建索引，建好再换；模型载入失败时仍用原来的，一分钟后再试"
AT_ONCE = "自生效日期零时起用于新的计算，不需要重启；已算好的期限不变"


def kinds() -> Mapping[str, Kind]:
    """Every kind by its name, in the order of the page."""
    text = deadline.HERE
    every = (
        Kind(
            "deadlines", "时限规则", "text", f"{AT_ONCE}；以发布时填的生效日期为准", (),
            lambda _: (text / f"{deadline.DEFAULT}.toml").read_text("utf8"),
            lambda body: deadline.parse(_text(body)),
        ),
        Kind(
            "holidays", "节假日", "text", AT_ONCE, (),
            lambda _: calendar.SHIPPED.read_text("utf8"),
            lambda body: calendar.parse(_text(body)),
        ),
        Kind("callback", "回访规则", "form", AT_ONCE, _columns(Callback), _callback, _read_callback),
        Kind(
            "phrases", "常用语", "rows", "立即生效", _columns(Phrase),
            lambda _: PHRASES, lambda body: distinct(read_rows(Phrase, body), "title"),
        ),
        Kind(
            "tags", "标签", "rows", "立即生效", _columns(Tag),
            lambda _: TAGS, lambda body: distinct(read_rows(Tag, body), "name"),
        ),
        Kind(
            "departments", "承办单位", "rows", "立即生效；停用的单位不再接新工单",
            _columns(Department), _departments, _read_departments, _check_departments,
        ),
        Kind(
            "catalogue", "派单目录", "rows", "事项列表立即生效；自动推荐承办单位在服务下次启动后按新目录学习",
            _columns(Dispatch), _catalogue, _read_catalogue, _check_catalogue,
        ),
        Kind("search", "百科检索", "form", SOON, _columns(Search), lambda _: Search().model_dump(), _read_search),
        Kind("synonyms", "同义词", "rows", SOON, _columns(Alike), _synonyms, _read_synonyms),
    )  # fmt: skip
    return {kind.name: kind for kind in every}


PHRASES = [
    {"title": "开场", "text": "您好，这里是 12345 政务服务便民热线，请问有什么可以帮您？"},
    {"title": "复述核对", "text": "我和您核对一下：时间、地点和您反映的情况是这样，对吗？"},
    {"title": "承诺办理", "text": "您的诉求已经记录，会按规定时限转承办单位办理，届时与您联系。"},
    {"title": "请求等待", "text": "我为您查询一下，请稍等，不要挂机。"},
    {"title": "结束", "text": "感谢您的来电，再见。"},
]
TAGS = [{"name": name, "active": True} for name in ("重复来电", "群体诉求", "媒体关注", "历史遗留", "涉企", "涉老")]


def tree(catalogue: Catalogue) -> list[Department]:
    """The shipped departments as a tree: each district's own under its government, streets and towns as well."""
    heads: dict[str, str] = {}
    for one in catalogue.departments.values():
        if one.district:
            heads.setdefault(one.district, one.name)
    known = [_shipped(one, heads) for one in catalogue.departments.values()]
    places = read(Path(str(classifier.__file__)).parent / "data" / "localities.csv", ("place", "district"))
    streets = [_street(row["place"], row["district"], heads) for row in places if row["place"].endswith(ENDINGS)]
    return [*known, *streets]


def merged(catalogue: Catalogue, departments: Mapping[str, Department], lines: tuple[Dispatch, ...]) -> Catalogue:
    """The shipped catalogue with other lines and departments, and the examples that still have their matter."""
    matters = {(line.matter1, line.matter2) for line in lines}

    def keep(examples: tuple[Example, ...]) -> tuple[Example, ...]:
        return tuple(one for one in examples if one.matter in matters)

    return replace(
        catalogue,
        lines=tuple(Matter(**line.model_dump()) for line in lines),
        departments={one.name: Shipped(one.name, one.level, one.district) for one in departments.values()},
        examples=keep(catalogue.examples),
        set_aside=keep(catalogue.set_aside),
    )


def _columns(model: type[Line]) -> tuple[Column, ...]:
    return tuple(columns(model))


def _text(body: Any) -> str:
    if not isinstance(body, str) or len(body) > TEXT:
        raise ConfigurationError(f"内容要是文字，最多 {TEXT} 字")
    return body


def _callback(_: Catalogue) -> dict[str, int]:
    limits = deadline.load().limits
    return {"attempts": limits.callback_attempts, "days": limits.callback_days}


def _read_callback(body: Any) -> Callback:
    read = read_form(Callback, body)
    if read.days > read.attempts:
        raise ConfigurationError("“至少分布在几天”不能多于“最多回访次数”")
    return read


def limited(limits: Limits, policy: Callback) -> Limits:
    """Limits with another callback policy."""
    return replace(limits, callback_attempts=policy.attempts, callback_days=policy.days)


def _departments(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [one.model_dump() for one in tree(catalogue)]


def _shipped(one: Shipped, heads: Mapping[str, str]) -> Department:
    head = heads.get(one.district, "")
    return Department.model_validate(
        {"name": one.name, "level": one.level, "parent": "" if head == one.name else head, "district": one.district}
    )


def _street(place: str, district: str, heads: Mapping[str, str]) -> Department:
    office = next(office for ending, office in STREETS.items() if place.endswith(ending))
    return Department(name=f"{district}{place}{office}", level="街道乡镇", parent=heads[district], district=district)


def _read_departments(body: Any) -> dict[str, Department]:
    rows = distinct(read_rows(Department, body), "name")
    known = {row.name: row for row in rows}
    problems = [
        f"第 {number} 行“{row.name}”的上级单位“{row.parent}”不在表里"
        for number, row in enumerate(rows, 1)
        if row.parent and row.parent not in known
    ]
    problems += [f"第 {n} 行“{row.name}”的上级单位绕成了一圈" for n, row in enumerate(rows, 1) if _circular(row, known)]
    refuse(problems)
    return known


def _check_departments(known: Mapping[str, Department], current: Current) -> None:
    used = {_city(line.department): line.matter2 for line in current("catalogue")}
    lost = [f"派单目录“{matter}”还用着“{name}”" for name, matter in used.items() if name not in known]
    refuse([*(["请先改派单目录，或把单位停用而不删除"] if lost else []), *lost])


def _circular(row: Department, known: Mapping[str, Department]) -> bool:
    passed = {row.name}
    while row.parent in known:
        if row.parent in passed:
            return True
        passed.add(row.parent)
        row = known[row.parent]
    return False


def _catalogue(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {
            "matter1": line.matter1,
            "matter2": line.matter2,
            "department": line.department,
            "basis": line.basis,
            "keywords": list(line.keywords),
        }
        for line in catalogue.lines
    ]


def _read_catalogue(body: Any) -> tuple[Dispatch, ...]:
    rows = distinct(read_rows(Dispatch, body), "matter1", "matter2")
    refuse([] if rows else ["派单目录里没有一条事项，请至少写一条"])
    return rows


def _check_catalogue(rows: tuple[Dispatch, ...], current: Current) -> None:
    known = current("departments")
    refuse(
        [
            f"第 {number} 行的承办单位“{_city(row.department)}”不在承办单位表里"
            for number, row in enumerate(rows, 1)
            if _city(row.department) not in known
        ]
    )


def _read_search(body: Any) -> Search:
    read = read_form(Search, body)
    problems = []
    if read.encoder not in ("", *ENCODERS) and not read.encoder.startswith((FOLDER, ENDPOINT)):
        problems.append(f"没有编码器“{read.encoder[:50]}”；可选：{'、'.join(CHOICES)}")
    if read.reranker and not read.reranker.startswith((FOLDER, ENDPOINT)):
        problems.append(f"没有重排模型“{read.reranker[:50]}”；可选：{'、'.join(SECOND)}")
    refuse(problems)
    return read


def _synonyms(_: Catalogue) -> list[dict[str, list[str]]]:
    return [{"words": list(group)} for group in shipped_synonyms().groups]


def _read_synonyms(body: Any) -> Synonyms:
    rows = read_rows(Alike, body)
    refuse(
        [
            f"第 {number} 行有空格或不足两个不同的词，请一格写一个词"
            for number, row in enumerate(rows, 1)
            if len(set(row.words)) < 2 or any(word.split() != [word] for word in row.words)
        ]
    )
    return Synonyms(tuple(row.words for row in rows))


def _city(department: str) -> str:
    for slot in SLOTS:
        department = department.replace(slot, CITY)
    return department
