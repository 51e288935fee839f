"""A document as articles: one for the whole, for each heading that is a matter of its own, or for each question."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from kb_index.article import Article
from kb_index.importing import columns
from kb_index.importing.base import TITLE, Block, Grid, Note, Proposal, Refusal, Source
from kb_index.slicing import ARTICLE, Line, cut_lines

QUESTION = re.compile(r"\s*(?:问题?|Q)\s*[0-9一二三四五六七八九十]*\s*[：:、.．]\s*(?=\S)", re.IGNORECASE)
ANSWER = re.compile(r"\s*(?:答案?|A)\s*[0-9一二三四五六七八九十]*\s*[：:、.．]\s*", re.IGNORECASE)
ASKS = re.compile(r"[？?]$|怎么|如何|什么|多少|哪里|哪些|能不能|能否|可否|是否|吗$")
NUMBERED = re.compile(r"\s*(?:[一二三四五六七八九十百]+、|[（(][一二三四五六七八九十百0-9]+[）)]|[0-9]{1,3}[.．、])\s*")
# headings that are sides of one matter, not matters of their own
SIDES = re.compile(
    r"条件|材料|流程|程序|步骤|时限|期限|收费|费用|依据|对象|范围|地点|地址|电话|联系|方式|须知|注意事项|标准|渠道|时间"
    r"|总则|附则|目的|职责|监督|责任|概述|简介|说明|附件|备注"
)
SHORT, LONG = 6, 60  # characters of a heading that says too little by itself, and of a first line that is no title
MOST_SLICES = 60  # of one article: beyond that a law is proposed by chapters
FROM = re.compile(r"自\s*(\d{4})年(\d{1,2})月(\d{1,2})日起(?:施行|实施|执行|生效)")
UNTIL = re.compile(r"有效期(?:截?至|到)\s*(\d{4})年(\d{1,2})月(\d{1,2})日")


@dataclass(frozen=True, slots=True)
class Section:
    """Part of a document under one title. question: the title is one."""

    title: str
    blocks: tuple[Block, ...]
    question: bool = False


def articles(title: str, content: Iterable[Block | Grid], source: Source) -> Iterator[Proposal | Refusal | Note]:
    """The articles of a document. title: as the document itself says it, else empty."""
    blocks: list[Block] = []
    listed = False
    for number, one in enumerate(content, 1):
        if isinstance(one, Grid):
            if columns.meanings(one.rows[0]) if one.rows else False:
                where = f"第 {number} 块的表格第 {{}} 行"
                rows = (columns.Row(where.format(n), row) for n, row in enumerate(one.rows, 1))
                listed = True
                yield from columns.articles(rows, source.name)
            else:
                blocks += map(Block, lines(one))
        elif one.text:
            blocks.append(one)
    title, blocks = _titled(title, blocks, source)
    if listed and len(blocks) == 1 and not blocks[0].text.endswith("。"):
        return  # what stands over a question list is its name
    if any(one.text for one in blocks):
        yield from (_proposal(section, source) for section in _sections(title, _asked(blocks)))


def lines(grid: Grid) -> list[str]:
    """A table as text: each row a line, its cells named by the first row."""
    rows = [row for row in grid.rows if any(row)]
    if len(rows) < 2 or len(rows[0]) < 2:
        return ["　".join(filter(None, row)) for row in rows]
    head = rows[0]
    return [
        "；".join(f"{name}：{cell}" if name and cell else cell for name, cell in zip(head, row, strict=False) if cell)
        + "。"
        for row in rows[1:]
    ]


def _titled(title: str, blocks: list[Block], source: Source) -> tuple[str, list[Block]]:
    """The title, and the blocks without the one that says it."""
    heads = [block.heading for block in blocks if block.heading]
    first = blocks[0] if blocks else Block("")
    lone = first.heading and first.heading == min(heads) and heads.count(first.heading) == 1
    if first.text and (lone or first.text == title):
        return first.text, blocks[1:]
    starts = len(blocks) > 1 and len(first.text) <= LONG and not first.text.endswith(tuple("。；：，？?"))
    if not title and starts and not first.heading and Line(first.text).rank > 8 and not QUESTION.match(first.text):
        return first.text, blocks[1:]
    return title or source.stem, blocks


def _asked(blocks: Sequence[Block]) -> list[Block]:
    """Questions that are written "问：…" as headings, where there are several."""
    if sum(bool(QUESTION.match(block.text)) for block in blocks) < 2:
        return list(blocks)
    return [Block(block.text, 9) if QUESTION.match(block.text) else block for block in blocks]


def _sections(title: str, blocks: list[Block]) -> Iterator[Section]:
    ranks = [Line(block.text, block.heading).rank for block in blocks]
    if ranks.count(ARTICLE) >= 2:
        yield from _chapters(title, blocks, ranks)
        return
    levels = sorted({block.heading for block in blocks if block.heading})
    level = next((one for one in levels if sum(block.heading == one for block in blocks) > 1), 0)
    heads = [block for block in blocks if block.heading == level]
    if not level or (level < 9 and sum(bool(_is_side(head.text)) for head in heads) * 2 >= len(heads)):
        yield Section(title, tuple(blocks), bool(ASKS.search(title)))
        return
    starts = [n for n, block in enumerate(blocks) if block.heading and block.heading <= level]
    if starts[0]:
        yield Section(title, tuple(blocks[: starts[0]]))
    above = ""
    for start, end in pairwise([*starts, len(blocks)]):
        head, body = blocks[start], tuple(blocks[start + 1 : end])
        if head.heading < level and not body:
            above = head.text
            continue
        yield _section(head, body, above or title)


def _section(head: Block, body: tuple[Block, ...], above: str) -> Section:
    """What stands under a heading; one that says too little by itself is said with what stands above it."""
    plain = QUESTION.sub("", NUMBERED.sub("", head.text, count=1), count=1).strip() or head.text
    question = bool(QUESTION.match(head.text) or ASKS.search(head.text))
    if question and body:
        body = (replace(body[0], text=ANSWER.sub("", body[0].text, count=1)), *body[1:])
    return Section(plain if question or len(plain) >= SHORT else f"{above}：{plain}", body, question)


def _is_side(text: str) -> bool:
    return len(text) <= 14 and bool(SIDES.search(text)) and not ASKS.search(text)


def _chapters(title: str, blocks: list[Block], ranks: list[float]) -> Iterator[Section]:
    """A law whole, or by its chapters where it is long."""
    starts = [n for n, rank in enumerate(ranks) if rank == 1]
    if len(starts) < 2 or len(cut_lines(_line(block) for block in blocks)) <= MOST_SLICES:
        yield Section(title, tuple(blocks))
        return
    if starts[0]:
        yield Section(title, tuple(blocks[: starts[0]]))
    for start, end in pairwise([*starts, len(blocks)]):
        yield Section(f"{title} {blocks[start].text}", tuple(blocks[start:end]))


def _proposal(section: Section, source: Source) -> Proposal | Refusal:
    text = "\n".join(block.text for block in section.blocks)
    if not text:
        return Refusal(f"“{section.title[:40]}”", "标题下没有内容；请补上再导入")
    since, until, notes = _validity(text)
    notes += columns.unbroken(text)
    if len(section.title) > TITLE:
        notes.append(f"标题超过 {TITLE} 字，已截短")
    slices = tuple(cut_lines(_line(block) for block in section.blocks))
    if len(slices) > MOST_SLICES * 5:
        notes.append(f"这一篇有 {len(slices)} 个切片，建议拆成几篇")
    law = sum(Line(block.text).rank == ARTICLE for block in section.blocks) >= 2
    article = Article(
        id="",
        version=0,
        title=section.title[:TITLE],
        questions=(section.title[:TITLE],) if section.question else (),
        slices=slices,
        clause=f"《{section.title.partition(' ')[0][:100].strip('《》')}》" if law else "",
        valid_from=since,
        valid_to=until,
        source=source.name,
    )
    return Proposal(f"“{section.title[:40]}”", article, tuple(notes))


def _line(block: Block) -> Line:
    return Line(block.text, block.heading)


def _validity(text: str) -> tuple[date | None, date | None, list[str]]:
    """From and until when a text says that it holds, and what to look at."""
    since, until = (_last(pattern, text) for pattern in (FROM, UNTIL))
    if since and until and since > until:
        return None, None, [f"正文写的有效期自相矛盾：自 {since} 起、至 {until} 止；有效期没有填，请核对后填写"]
    return since, until, ["有效期是按正文里的日期填的，请核对"] if since or until else []


def _last(pattern: re.Pattern[str], text: str) -> date | None:
    for found in reversed(list(pattern.finditer(text))):
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            continue
    return None
