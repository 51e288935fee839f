"""Markdown and plain text, by markdown-it-py."""

from collections.abc import Iterator, Sequence

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kb_index.importing import propose
from kb_index.importing.base import Block, Found, Grid, Source
from kb_index.importing.text import clean, decode


def read(source: Source) -> Iterator[Found]:
    """Articles by headings; plain text has none and keeps its lines."""
    text = decode(source.path.read_bytes())
    source.progress(0, 1)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    yield from propose.articles("", blocks(tokens), source)
    source.progress(1, 1)


def blocks(tokens: Sequence[Token]) -> Iterator[Block | Grid]:
    """Headings, lines and tables in order; numbers of lists are kept, pictures are not."""
    heading = 0
    numbers: list[int] = []  # of the lists that are open; 0: one without numbers
    mark = ""
    rows: list[list[str]] = []
    for token in tokens:
        match token.type:
            case "heading_open":
                heading = int(token.tag[1])
            case "heading_close":
                heading = 0
            case "ordered_list_open":
                numbers.append(int(token.attrGet("start") or 1))
            case "bullet_list_open":
                numbers.append(0)
            case "ordered_list_close" | "bullet_list_close":
                numbers.pop()
            case "list_item_open":
                mark = f"{token.info}. " if numbers[-1] else ""
            case "table_open":
                rows = []
            case "tr_open":
                rows.append([])
            case "table_close":
                yield Grid(tuple(map(tuple, rows)))
                rows = []
            case "inline" if rows:
                rows[-1].append(clean(_text(token)))
            case "inline":
                for line in map(clean, _text(token).split("\n")):
                    yield Block(f"{mark}{line}", heading)
                    mark = ""
            case "fence" | "code_block":
                yield from (Block(line) for line in map(clean, token.content.split("\n")))
            case "html_block":
                yield from (Block(line) for line in map(clean, _unmarked(token.content).split("\n")))


def _text(inline: Token) -> str:
    """The words of a line, without their marks."""
    parts = []
    for token in inline.children or ():
        match token.type:
            case "text" | "code_inline":
                parts.append(token.content)
            case "softbreak" | "hardbreak":
                parts.append("\n")
    return "".join(parts)


def _unmarked(markup: str) -> str:
    soup = BeautifulSoup(markup, "lxml")
    for tag in soup(["script", "style"]):
        tag.decompose()
    return soup.get_text("\n")
