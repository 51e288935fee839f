"""Question lists: what the columns mean by their Chinese headings, and each row as an article."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kb_index.article import Article
from kb_index.importing.base import TITLE, Proposal, Refusal, Refused
from kb_index.importing.text import clean
from kb_index.slicing import LONGEST, SENTENCE, Slice, cut

SYNONYMS: Mapping[str, str] = {
    "title": "标题 题目 名称 事项 事项名称 知识标题 主题",
    "question": "问题 标准问题 标准问 问 提问 问句 咨询问题 群众问题 热点问题 常见问题",
    "also": "相似问题 相似问 相似问法 扩展问 其他问法 同义问法 关联问题 别的问法",
    "answer": "答案 标准答案 回答 答 答复 答复内容 答复口径 解答 内容 正文 知识内容 口径 政策解答",
    "clause": "依据 条款 政策依据 法律依据 法规依据 依据条款 文件依据 出处",
    "issuer": "部门 发布部门 责任部门 主管部门 承办单位 责任单位 发布单位 单位 答复单位 来源部门",
    "region": "地区 区域 适用地区 适用区域 适用范围 区县 行政区划",
    "line": "专线 热线 线路 所属专线 专线号码",
    "valid_from": "有效期起 生效日期 生效时间 开始日期 起始日期 有效期自 有效期开始 施行日期 实施日期",
    "valid_to": "有效期止 失效日期 失效时间 截止日期 结束日期 有效期至 有效期结束 到期日期 废止日期",
    "tags": "标签 关键词 关键字",
    "matter": "事项大类 大类 一级分类 一级事项 分类 类别",
    "matter2": "事项小类 小类 二级分类 二级事项",
    "source": "来源 资料来源 链接 网址 原文链接 原文",
    "review_due": "复核日期 复核期限 下次复核",
    "number": "序号 编号 行号",
}
MEANINGS = {word: meaning for meaning, words in SYNONYMS.items() for word in words.split()}
NEEDED = (
    "列名里要有“标题”或“问题”，和“答案”（或“内容”）；还可以有：依据、部门、地区、专线、有效期起、有效期止、标签、来源"
)
LEAD = 20  # rows in which the headings are looked for
SEPARATORS = re.compile(r"[、，,;；|\n]+")
QUESTIONS = re.compile(r"[;；|\n]+|(?<=[？?])")
DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0?0:00(?::00)?)?")
ENDLESS = {"长期", "长期有效", "永久", "永久有效", "无", "-", "—", "/", "至今"}
WIDE = str.maketrans("０１２３４５６７８９－／．", "0123456789-/.")
LIMITS = {"title": TITLE, "clause": 200, "issuer": 100, "region": 50, "line": 16, "source": 500}
DAYS = {"valid_from": "有效期起", "valid_to": "有效期止", "review_due": "复核日期"}
LABELS = {"title": "标题", "clause": "依据", "issuer": "部门", "region": "地区", "line": "专线", "source": "来源"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. cells: texts, dates and numbers as they were read; refused: why it cannot be used."""

    where: str
    cells: Sequence[Any]
    notes: tuple[str, ...] = ()
    refused: str = ""


def known_columns(text: str) -> bool:
    """Whether a text begins as a question list does."""
    return any(meanings(cells) for cells in delimited(text[: 1 << 14], LEAD))


def delimited(text: str, most: int = 0) -> Iterator[list[str]]:
    """The rows of a CSV text, by the separator that its first line has most of. most: of the rows, 0: all."""
    first = text.lstrip("\n").partition("\n")[0]
    separator = max(",\t;", key=first.count)
    lines = csv.reader(io.StringIO(text), delimiter=separator)
    for number, cells in enumerate(lines, 1):
        yield cells
        if number == most:
            return


def meanings(cells: Sequence[Any]) -> dict[str, int]:
    """Each known column and its place; empty where the row heads no question list."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = re.split("[（(：:]", re.sub(r"[\s*＊]", "", str(cell or "")))[0]
        if meaning := MEANINGS.get(name):
            found.setdefault(meaning, place)
    return found if "answer" in found and ("title" in found or "question" in found) else {}


def articles(rows: Iterable[Row], source: str) -> Iterator[Proposal | Refusal]:
    """Each row below the headings as an article. source: what is said where no column does. Raises Refused."""
    columns: dict[str, int] = {}
    seen = 0
    for row in rows:
        if not any(str(cell or "").strip() for cell in row.cells):
            continue
        if not columns:
            seen += 1
            if not (columns := meanings(row.cells)) and seen >= LEAD:
                break
            continue
        yield Refusal(row.where, row.refused) if row.refused else _article(row, columns, source)
    if not columns:
        raise Refused(f"没有认出列名：{NEEDED}" if seen else "表格是空的；请填好内容再上传")


def _article(row: Row, columns: Mapping[str, int], source: str) -> Proposal | Refusal:
    told = {name: row.cells[place] for name, place in columns.items() if place < len(row.cells)}
    texts = {name: clean(str(value)) for name, value in told.items() if value is not None and name not in DAYS}
    questions = _questions(texts.get("question", ""), told.get("also"))
    title = texts.get("title") or (questions[0] if questions else "")
    answer = _answer(told.get("answer"))
    if not title or not answer:
        return Refusal(row.where, f"缺少{'标题或问题' if not title else '答案'}；请补上再导入")
    texts = {"source": source, **{name: text for name, text in texts.items() if text}, "title": title}
    if long := next((name for name, most in LIMITS.items() if len(texts.get(name, "")) > most), ""):
        return Refusal(row.where, f"{LABELS[long]}超过 {LIMITS[long]} 字；请缩短，详细内容写在答案里")
    try:
        days = {name: day(told.get(name), label) for name, label in DAYS.items()}
    except ValueError as error:
        return Refusal(row.where, str(error))
    if days["valid_from"] and days["valid_to"] and days["valid_from"] > days["valid_to"]:
        return Refusal(row.where, f"有效期起 {days['valid_from']} 晚于有效期止 {days['valid_to']}；请改正后再导入")
    article = Article(
        id="",
        version=0,
        title=title,
        questions=tuple(one for one in questions if one != title or "title" not in columns),
        slices=tuple(cut(answer)) or (Slice(answer),),
        tags=tuple(dict.fromkeys(one.strip() for one in SEPARATORS.split(texts.get("tags", "")) if one.strip())),
        matter=tuple(texts[name] for name in ("matter", "matter2") if name in texts),
        clause=texts.get("clause", ""),
        issuer=texts.get("issuer", ""),
        region=texts.get("region", ""),
        line=texts.get("line", ""),
        source=texts["source"],
        valid_from=days["valid_from"],
        valid_to=days["valid_to"],
        review_due=days["review_due"],
    )
    return Proposal(row.where, article, (*row.notes, *unbroken(answer)))


def day(value: Any, label: str) -> date | None:
    """A cell as a day; None where it is empty or says that there is no end. Raises ValueError in Chinese."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value or "").translate(WIDE).strip()
    if not text or text in ENDLESS:
        return None
    if re.fullmatch(r"\d{5}", text):  # the days since 1899-12-30 that a spreadsheet keeps a date as
        return date(1899, 12, 30) + timedelta(int(text))
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    found = DATE.fullmatch(text)
    try:
        if found:
            return date(*map(int, found.groups()))
    except ValueError:
        pass  # a thirteenth month: said below
    raise ValueError(f"{label}“{text[:20]}”读不出来；请写成 2026-01-31 这样的日期")


def unbroken(text: str) -> list[str]:
    """A note where a sentence is too long for a slice and was cut inside."""
    longest = max((len(one) for one in SENTENCE.split(text)), default=0)
    return [f"有一句长达 {longest} 字，超过一个切片的 {LONGEST} 字，已从中切开，请检查"] if longest > LONGEST else []


def _answer(value: Any) -> str:
    return "\n".join(line for line in map(clean, str("" if value is None else value).split("\n")) if line)


def _questions(asked: str, also: Any) -> list[str]:
    more = [clean(one) for one in QUESTIONS.split(str(also or ""))]
    return list(dict.fromkeys(one for one in (asked, *more) if one))
