"""Files made to break whoever reads them: refused with what to do, in a process that nobody misses."""

import io
import sys
import zipfile

import docx
import pytest
from openpyxl import Workbook

from kb_index.importing.base import Refused
from kb_index.importing.process import told

WORD = "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body/></w:document>"
ENTITIES = "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
LAUGHS = f"<!DOCTYPE x [<!ENTITY a 'ha'>{ENTITIES}]>{WORD.replace('<w:body/>', '<w:body>&i;</w:body>')}"


def office(parts, base=None):
    """An archive with these parts, on top of a real one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if base:
            with zipfile.ZipFile(io.BytesIO(base)) as real:
                for name in real.namelist():
                    if name not in parts:
                        archive.writestr(name, real.read(name))
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def document():
    out = io.BytesIO()
    made = docx.Document()
    made.add_paragraph("正文。")
    made.save(out)
    return out.getvalue()


def sheet():
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


def lying():
    """A part that says it is small and is not."""
    data = bytearray(office({"word/media/a.bin": bytes(5 << 20)}, document()))
    size = (5 << 20).to_bytes(4, "little")
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = (100).to_bytes(4, "little")
    return bytes(data)


def nested():
    return office({"word/embeddings/a.zip": office({"b": bytes(1 << 20)})}, document())


def locked():
    """What Office makes of a document under a password: another container, the document unreadable inside."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + bytes(1000)


TYPES = "<Types xmlns='x'><Override ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/></Types>"
HOSTILE = {
    "macros": (office({"word/vbaProject.bin": b"x"}, document()), "a.docx", "宏"),
    "macros by type": (office({"[Content_Types].xml": TYPES}, document()), "a.docx", "宏"),
    "macro sheet": (office({"xl/macrosheets/sheet1.xml": b"<x/>"}, sheet()), "a.xlsx", "宏"),
    "bomb": (office({"word/media/a.bin": bytes(201 << 20)}, document()), "a.docx", "解压后过大"),
    "packed too far": (office({"xl/media/a.bin": bytes(3 << 20)}, sheet()), "a.xlsx", "压缩比"),
    "many parts": (office({f"word/media/{n}": b"" for n in range(5001)}, document()), "a.docx", "解压后过大"),
    "lying bomb": (lying(), "a.docx", "损坏"),
    "nested": (nested(), "a.docx", "嵌着压缩包"),
    "a billion laughs": (office({"word/document.xml": LAUGHS}, document()), "a.docx", "实体"),
    "laughs in utf-16": (office({"word/document.xml": LAUGHS.encode("utf-16")}, document()), "a.docx", "实体"),
    "archive": (office({"a.md": "# 甲"}), "a.docx", "压缩包"),
    "cut off": (document()[:2000], "a.docx", "损坏"),
    "no xml": (office({"word/document.xml": "<<<"}, document()), "a.docx", "损坏"),
    "password": (locked(), "a.docx", "密码"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "a.doc", "旧格式"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(60), "a.docx", "png"),
    "program": (b"MZ" + bytes(200), "a.csv", "不能导入"),
    "nothing": (b"   ", "a.md", "空"),
    "unseen": (b"\x00\x01\x02text", "a.md", "不是文本"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_with_what_to_do(found, name):
    content, called, word = HOSTILE[name]
    with pytest.raises(Refused, match=word):
        found(content, called)


async def heard(content, name, tmp_path, **limits):
    path = tmp_path / "upload"
    path.write_bytes(content)
    return [one async for one in told(path, name, **limits)]


async def test_what_is_read_apart_is_told_in_order(tmp_path):
    told_ = await heard("# 题\n## 甲怎么办？\n一。\n## 乙怎么办？\n二。".encode(), "a.md", tmp_path)
    assert told_[0] == {"kind": "markdown", "label": "Markdown 或纯文本"}
    assert [one["row"]["title"] for one in told_ if "row" in one] == ["甲怎么办？", "乙怎么办？"]
    assert [one for one in told_ if "total" in one][-1] == {"done": 1, "total": 1}


async def test_a_refusal_comes_over(tmp_path):
    with pytest.raises(Refused, match="宏"):
        await heard(HOSTILE["macros"][0], "a.docx", tmp_path)


async def test_a_process_that_takes_too_much_memory_or_time_is_ended_and_said(tmp_path):
    with pytest.raises(Refused, match="内存"):
        await heard("# 题\n".encode() * 4_000_000, "a.md", tmp_path, memory=100 << 20)
    with pytest.raises(Refused, match="超时"):
        await heard("# 题\n一。".encode(), "a.md", tmp_path, seconds=0)


async def test_the_process_is_told_nothing_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("COPILOT_LLM_KEY", "secret")
    folder = tmp_path / "seen"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import os, sys\nif 'COPILOT_LLM_KEY' in os.environ: sys.exit(3)\n", "utf8"
    )
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    assert await heard("# 题\n一。".encode(), "a.md", tmp_path)
