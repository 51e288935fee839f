"""PDF as browsers print it: its text whole and in order, what is locked, scanned or broken refused with the way out."""

import base64
import io
import struct
import zlib

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject

from kb_index.importing.base import Refused

LAW = "".join(
    [
        "<h1>扬州市窨井盖管理示例办法</h1><h2>第一章 总则</h2>",
        "<p>第一条 为了保障行人和车辆通行安全，明确窨井盖的建设、维护和管理责任，制定本示例办法。</p>",
        "<p>第二条 本示例办法自2026年3月1日起施行，有效期至2028年2月29日。</p><h2>第二章 维护</h2>",
        "<p>第三条 发现窨井盖缺失的，可以告知热线：</p><p>（一）说明地点；</p><p>（二）说明井盖上的字样。</p>",
        *(
            f"<p>第{n}条 权属单位应当自接到通知之日起2小时内到场设置警示标志，并在24小时内修复或者更换；"
            "不能按时修复的，应当向热线说明原因，并且采取临时措施，保证行人和车辆的安全，直到修复为止。</p>"
            for n in "四五六七八九十"
        ),
    ]
)


def only(found):
    (article,) = found.articles
    return article


def test_a_printed_law_keeps_its_chapters_clauses_and_dates(found, printed):
    article = only(found(printed(LAW), "办法.pdf"))
    assert (article.title, article.clause) == ("扬州市窨井盖管理示例办法", "《扬州市窨井盖管理示例办法》")
    assert [part.clause for part in article.slices][:4] == [
        "第一章 总则 第一条",
        "第一章 总则 第二条",
        "第二章 维护 第三条",
        "第二章 维护 第四条",
    ]
    assert article.slices[0].text.endswith(
        "第一条 为了保障行人和车辆通行安全，明确窨井盖的建设、维护和管理责任，制定本示例办法。"
    )
    assert article.slices[2].text.count("\n") == 3
    assert (str(article.valid_from), str(article.valid_to)) == ("2026-03-01", "2028-02-29")


def test_running_heads_page_numbers_and_look_alikes_are_gone(found, printed):
    plain = only(found(printed(LAW), "办法.pdf"))
    pages = printed(LAW * 3, heads=True)
    assert len(PdfReader(pages).pages) > 2
    read = found(pages, "办法.pdf")
    text = "".join(article.body for article in read.articles)
    assert "file://" not in text
    assert "示例文件" not in text
    assert text.count("直到修复为止。") == 21
    assert not any("\u2e80" <= one <= "\u2fdf" for one in plain.body + text)


def test_radicals_that_fonts_put_for_characters_are_made_real(found, printed):
    assert (
        "用户和居民在门前见到长风"
        in only(found(printed("<h1>示例</h1><p>用户和居民在门前见到长风。</p>"), "a.pdf")).body
    )


def locked(pdf):
    writer = PdfWriter(clone_from=PdfReader(pdf))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(width=200, height=200):
    """A PNG as a scanner makes it: nothing but points."""
    rows = b"".join(b"\0" + bytes(x * y % 256 for x in range(width)) for y in range(height))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def test_an_encrypted_one_is_refused_with_what_to_do(found, printed):
    with pytest.raises(Refused, match="加密.*另存为不加密"):
        found(locked(printed(LAW)), "办法.pdf")


def test_a_scanned_one_is_refused_with_what_to_do(found, printed):
    image = base64.b64encode(picture()).decode()
    with pytest.raises(Refused, match="扫描件.*OCR"):
        found(printed(f"<img src='data:image/png;base64,{image}'>"), "扫描.pdf")


def test_one_whose_fonts_tell_no_characters_is_refused(found, printed):
    writer = PdfWriter(clone_from=PdfReader(printed(LAW)))
    for page in writer.pages:
        for font in page["/Resources"]["/Font"].values():
            font.get_object().pop(NameObject("/ToUnicode"), None)
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(Refused, match="OCR"):
        found(out.getvalue(), "办法.pdf")


@pytest.mark.parametrize("damage", ["cut", "garbage", "loop"])
def test_a_broken_one_is_refused(found, printed, damage):
    whole = printed(LAW).read_bytes()
    broken = {
        "cut": whole[: len(whole) // 3],
        "garbage": b"%PDF-1.7\n" + bytes(2000),
        "loop": b"%PDF-1.7\nxref\ntrailer<</Root 1 0 R>>",
    }
    with pytest.raises(Refused, match="可能已损坏"):
        found(broken[damage], "坏.pdf")
