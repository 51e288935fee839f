"""What a file is, told by its content; its name only decides between texts."""

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import filetype

from kb_index.importing import archive
from kb_index.importing.base import Reader, Refused, Source
from kb_index.importing.columns import known_columns
from kb_index.importing.text import decode

POSSIBLE = "可以导入：Word（.docx）、Excel（.xlsx）、CSV、Markdown、网页（.html）、文字版 PDF"
PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
MARKUP = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .doc, .xls, and .docx or .xlsx under a password
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
HEAD = 1 << 16


@dataclass(frozen=True, slots=True)
class Kind:
    """label: as the screen says it; endings: what such files are usually called; reader: "module:function"."""

    label: str
    endings: tuple[str, ...]
    reader: str

    def load(self) -> Reader:
        """Import its reader."""
        module, _, name = self.reader.partition(":")
        found: Reader = getattr(importlib.import_module(module), name)
        return found


KINDS: Mapping[str, Kind] = {
    "markdown": Kind("Markdown 或纯文本", ("md", "markdown", "txt"), "kb_index.importing.markdown:read"),
    "docx": Kind("Word 文档", ("docx",), "kb_index.importing.word:read"),
    "xlsx": Kind("Excel 问答表", ("xlsx",), "kb_index.importing.sheet:read_xlsx"),
    "csv": Kind("CSV 问答表", ("csv", "tsv", "txt"), "kb_index.importing.sheet:read_csv"),
    "html": Kind("网页", ("html", "htm"), "kb_index.importing.web:read"),
    "pdf": Kind("PDF", ("pdf",), "kb_index.importing.pdf:read"),
}


def recognise(source: Source) -> tuple[str, str]:
    """The kind of a file, and a note where its name says another (else empty). Raises Refused."""
    kind = _kind(source)
    ending = source.name.rpartition(".")[2].lower()
    if ending in KINDS[kind].endings or "." not in source.name:
        return kind, ""
    return kind, f"文件名以 .{ending[:10]} 结尾，内容是{KINDS[kind].label}，已按{KINDS[kind].label}读入"


def _kind(source: Source) -> str:
    with source.path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise Refused("文件是空的；请重新选择")
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(OLE):
        raise Refused(_old(source))
    if head.startswith(b"PK"):
        return _packed(source)
    if found := filetype.guess(head):
        raise Refused(f"这是 {found.extension} 文件，不能导入；{POSSIBLE}")
    return _written(source)


def _old(source: Source) -> str:
    if ENCRYPTED in source.path.read_bytes():
        return "文件设有密码，读不出来；请取消密码后再上传"
    return "这是旧格式（.doc、.xls）或带密码的文件；请另存为不带密码的 .docx 或 .xlsx 再上传"


def _packed(source: Source) -> str:
    names = archive.parts(source.path)
    kind = next((kind for part, kind in PARTS.items() if part in names), "")
    if not kind or "[content_types].xml" not in names:
        raise Refused(f"这是压缩包或别的文件，不能导入；请解压后逐个上传，{POSSIBLE}")
    archive.check(source.path)
    return kind


def _written(source: Source) -> str:
    """Which kind of text."""
    data = source.path.read_bytes()
    if MARKUP.match(data[:HEAD].decode("latin-1")):
        return "html"
    text = decode(data)
    ending = source.name.rpartition(".")[2].lower()
    if ending in ("csv", "tsv") or (ending not in ("md", "markdown") and known_columns(text)):
        return "csv"
    return "html" if ending in ("html", "htm") else "markdown"
