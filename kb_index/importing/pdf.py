"""PDF with text in it, by pypdf: running heads and page numbers dropped, broken lines mended."""

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from kb_index.importing import propose
from kb_index.importing.base import Block, Found, Refused, Source
from kb_index.importing.mend import mended
from kb_index.importing.text import clean

PAGES = 1000
LEAST = 10  # characters of a page that has text
UNREADABLE = 0.1  # of the characters, how many may be ones that stand for nothing
EDGE = 2  # lines at the top and at the bottom of a page where running heads stand
NUMBER = re.compile(
    r"[-—–·\s]*(?:第\s*)?[0-9一二三四五六七八九十百]+\s*(?:页|/\s*[0-9]+)?(?:\s*[,，/]?\s*共\s*[0-9一二三四五六七八九十百]+\s*页)?[-—–·\s]*"
)
PRINTED = re.compile(
    r"(?:https?|file)://\S+(?:\s+\d+\s*/\s*\d+)?|\d{1,4}/\d{1,2}/\d{1,4},?\s+\d{1,2}:\d{2}(?:\s*[AP]M)?.*"
)
GLYPH = re.compile(r"/g[0-9A-F]{1,4}\b|\(cid:\d+\)")  # the number of a shape in its font, not a character
BROKEN = "PDF 打不开，可能已损坏；请用浏览器打开后重新“打印为 PDF”，再上传"
LOCKED = "PDF 已加密（设有打开密码或编辑限制）；请用原文件另存为不加密的 PDF，或上传 Word 版"
SCANNED = "PDF 是扫描件或图片，里面没有文字；请先做文字识别（OCR）并校对，或上传 Word 版"
CODED = "PDF 里的字体没有带文字编码，读出来是乱码；请上传 Word 版，或先做文字识别（OCR）"


def read(source: Source) -> Iterator[Found]:
    """Articles as the text's own numbering has them. Raises Refused for what is encrypted, scanned or broken."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of every oddity of a file
    try:
        pages = list(_pages(source))
    except (PyPdfError, RecursionError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Refused(BROKEN) from error
    text = "".join(line for page in pages for line in page)
    if len(text) < LEAST * len(pages):
        raise Refused(SCANNED)
    strange = sum(one == "\ufffd" or "\ue000" <= one <= "\uf8ff" for one in text)
    strange += sum(map(len, GLYPH.findall(text)))
    if strange > UNREADABLE * len(text):
        raise Refused(CODED)
    yield from propose.articles("", map(Block, mended(_flow(pages))), source)


def _pages(source: Source) -> Iterator[list[str]]:
    """The lines of each page."""
    reader = PdfReader(source.path)
    if reader.is_encrypted:
        raise Refused(LOCKED)
    total = len(reader.pages)
    if total > PAGES:
        raise Refused(f"PDF 有 {total} 页，一次最多 {PAGES} 页；请分成几个文件再上传")
    for number, page in enumerate(reader.pages, 1):
        yield [line for line in map(clean, page.extract_text().split("\n")) if line]
        source.progress(number, total)


def _flow(pages: Sequence[list[str]]) -> Iterator[str]:
    """The lines of all pages, without what runs along at their edges."""
    edges = Counter(shape for page in pages for shape in {_shape(line) for line in _edge(page)})
    running = {shape for shape, times in edges.items() if len(pages) > 2 and times * 2 > len(pages)}
    for page in pages:
        edge = [n for n in range(len(page)) if n < EDGE or n >= len(page) - EDGE]
        drop = {
            n for n in edge if _shape(page[n]) in running or any(one.fullmatch(page[n]) for one in (NUMBER, PRINTED))
        }
        yield from (line for n, line in enumerate(page) if n not in drop)


def _edge(page: list[str]) -> list[str]:
    return page[:EDGE] + page[EDGE:][-EDGE:]


def _shape(line: str) -> str:
    """A line with its numbers left out, as a running head is the same on every page."""
    return re.sub(r"\d+", "#", line)
