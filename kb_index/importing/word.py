"""Word documents, by python-docx: headings, numbers that Word counts itself, tables."""

from collections.abc import Iterator

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from kb_index.importing import propose
from kb_index.importing.base import Block, Found, Grid, Note, Source
from kb_index.importing.numbering import Numbering
from kb_index.importing.text import clean

TITLES = ("Title", "标题")


def read(source: Source) -> Iterator[Found]:
    """Articles by headings and numbered clauses."""
    document = docx.Document(str(source.path))
    yield from _notes(document)
    title = clean(next((one.text for one in document.paragraphs if _style(one) in TITLES and one.text.strip()), ""))
    yield from propose.articles(title, blocks(document, source), source)


def blocks(document: Document, source: Source) -> Iterator[Block | Grid]:
    """Paragraphs with their numbers, and tables, in order."""
    numbering = Numbering(document)
    content = list(document.iter_inner_content())
    for done, one in enumerate(content, 1):
        source.progress(done, len(content))
        if isinstance(one, Table):
            yield _grid(one)
            continue
        number = numbering.next(one)
        heading = _level(one)
        for line in text(one).split("\n"):
            if line := clean(line):
                yield Block(f"{number}{line}", heading)
                number = ""


def text(paragraph: Paragraph) -> str:
    """Its words: those put in under revision as well, those struck out not; breaks as lines."""
    parts = []
    for one in paragraph._p.xpath(".//w:t | .//w:tab | .//w:br | .//w:cr"):
        if one.xpath("ancestor::w:txbxContent"):
            continue
        parts.append(one.text or "" if one.tag == qn("w:t") else " " if one.tag == qn("w:tab") else "\n")
    return "".join(parts)


def _grid(table: Table) -> Grid:
    """The cells of each row; one that spans several columns is told once."""
    rows = []
    for row in table.rows:
        cells, last = [], None
        for cell in row.cells:
            if cell._tc is not last:
                cells.append(clean(" ".join(text(one) for one in cell.paragraphs)))
            last = cell._tc
        rows.append(tuple(cells))
    return Grid(tuple(rows))


def _style(paragraph: Paragraph) -> str:
    return (paragraph.style.name or "") if paragraph.style is not None else ""


def _level(paragraph: Paragraph) -> int:
    """The level of a heading, told by its style or by its outline level; else 0."""
    style = paragraph.style
    while style is not None:
        name = (style.name or "").lower()
        head, _, number = name.rpartition(" ")
        if head in ("heading", "标题") and number.isdigit():
            return int(number)
        style = style.base_style
    outline = paragraph._p.xpath("./w:pPr/w:outlineLvl/@w:val")
    return int(outline[0]) + 1 if outline and str(outline[0]).isdigit() and int(outline[0]) < 9 else 0


def _notes(document: Document) -> Iterator[Note]:
    body = document.element.body
    if body.xpath(".//w:ins | .//w:del"):
        yield Note("文档有未接受的修订，已按修订后的文字读入；请核对")
    if body.xpath(".//w:txbxContent"):
        yield Note("文档里文本框的文字没有读入；需要的请移到正文再上传")
    if body.xpath(".//w:object | .//w:drawing | .//w:pict"):
        yield Note("文档里的图片和嵌入对象没有读入")
