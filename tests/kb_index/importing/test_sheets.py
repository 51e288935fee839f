"""Question lists in XLSX and CSV: columns by their headings, every row read or refused with its reason."""

import csv
import io
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from kb_index.importing.base import Refused

CELLS = {
    "序号": 1,
    "标准问题": "怎么租公共自行车？",
    "相似问法": "公共自行车押金\n自行车怎么借",
    "答案": "刷市民卡或者扫码即可。\n一小时内免费。",
    "法规依据": "示例规定",
    "责任部门": "扬州市城市管理局",
    "适用地区": "广陵区",
    "专线": "12319",
    "生效日期": datetime(2026, 1, 1),  # noqa: DTZ001 - as a spreadsheet keeps it
    "截止日期": "2027年12月31日",
    "关键词": "自行车、租车",
    "大类": "城市管理",
    "小类": "公共自行车",
}
HEAD, ROW = tuple(CELLS), tuple(CELLS.values())


def workbook(*rows, title="问答", more=()):
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for name, lines, state in more:
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        for line in lines:
            sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(*rows, separator=","):
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue()


def test_every_column_finds_its_place(found):
    (article,) = found(workbook(("热点问答表",), HEAD, ROW), "问答.xlsx").articles
    assert article.row() == {
        "id": "", "version": 0, "title": "怎么租公共自行车？",
        "questions": ["怎么租公共自行车？", "公共自行车押金", "自行车怎么借"],
        "slices": [{"text": "刷市民卡或者扫码即可。\n一小时内免费。", "clause": ""}],
        "clause": "示例规定", "issuer": "扬州市城市管理局", "region": "广陵区", "line": "12319",
        "valid_from": "2026-01-01", "valid_to": "2027-12-31", "source": "问答.xlsx", "tags": ["自行车", "租车"],
        "matter": ["城市管理", "公共自行车"], "supersedes": [], "review_due": "",
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_in_each_encoding_and_with_each_separator(found, encoding, separator):
    rows = (("标题", "答案"), ("路灯报修", "路灯不亮，请说明“灯杆编号”，例如：A12；也可以拍照。"))
    read = found(text(*rows, separator=separator).encode(encoding), "问答.csv")
    assert [(one.title, one.body) for one in read.articles] == [rows[1]]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("標題,答案\n路燈報修,請撥打電話說明燈桿編號與損壞情形\n".encode("big5"), "编码"),
        ("标题,答案\nдорога,ремонт улицы\n".encode("cp1251", "ignore"), "编码"),
        ("标题,答案\n路灯,锟斤拷锟斤拷\n".encode(), "乱码"),
        ("标题,答案\n路灯,\ufffd\ufffd\n".encode(), "乱码"),
        (b"\xff\xfe\x00\xd8,\x00", "编码"),
    ],
)
def test_a_wrong_encoding_is_refused_with_what_to_do(found, content, word):
    with pytest.raises(Refused, match=word):
        found(content, "问答.csv")


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-3-1", date(2026, 3, 1)), ("2026/03/01", date(2026, 3, 1)), ("2026.3.1", date(2026, 3, 1)),
        ("２０２６年３月１日", date(2026, 3, 1)), ("20260301", date(2026, 3, 1)), ("46082", date(2026, 3, 1)),
        ("2026-03-01 00:00:00", date(2026, 3, 1)), ("长期有效", None), ("", None),
    ],
)  # fmt: skip
def test_days_however_they_are_written(found, value, day):
    (article,) = found(text(("标题", "答案", "有效期止"), ("甲", "乙", value)).encode(), "a.csv").articles
    assert article.valid_to == day


REFUSED = (
    (("甲", "", "", ""), "缺少答案"),
    (("", "有答案", "", ""), "缺少标题"),
    (("甲", "乙", "2027-01-01", "2026-01-01"), "晚于"),
    (("甲", "乙", "明年", ""), "读不出来"),
    (("甲", "乙", "2026-13-01", ""), "读不出来"),
    (("长" * 201, "乙", "", ""), "标题超过 200 字"),
)


def test_a_row_that_cannot_be_used_is_refused_alone_with_its_reason(found):
    rows = [row for row, _ in REFUSED]
    read = found(workbook(("标题", "答案", "有效期起", "有效期止"), *rows, ("好的", "能用", "", "")), "a.xlsx")
    assert read.titles == ["好的"]
    assert list(read.refused) == [f"第 {n} 行" for n in range(2, len(rows) + 2)]
    assert all(word in why for why, (_, word) in zip(read.refused.values(), REFUSED, strict=True))


def test_formulas_count_as_what_they_came_to_and_are_refused_where_nobody_computed_them(found):
    read = found(workbook(("标题", "答案"), ("甲", '="拨打"&"12345"'), ("乙", "直接写的")), "a.xlsx")
    assert read.titles == ["乙"]
    assert "公式" in read.refused["第 2 行"]


def test_sheets_are_told_apart_and_hidden_ones_left_out(found):
    head = ("问题", "答案")
    more = (
        ("第二张", [head, ("乙？", "二")], "visible"),
        ("草稿", [head, ("丙？", "三")], "hidden"),
        ("说明", [("随便写写",)], "visible"),
    )
    read = found(workbook(("标题", "答案"), ("甲", "一"), more=more), "a.xlsx")
    assert (read.titles, read.where) == (["甲", "乙？"], ["“问答”第 2 行", "“第二张”第 2 行"])
    assert "隐藏" in read.notes[0]
    assert "列名" in read.refused["工作表“说明”"]


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([], "空"),
        ([("标题", "答案")], "没有读到"),
        ([("甲", "乙"), ("一", "二")], "没有认出列名"),
        ([(None, " ")], "空"),
    ],
)
def test_an_empty_or_unknown_table_is_refused_with_what_is_wanted(found, rows, word):
    with pytest.raises(Refused, match=word):
        found(workbook(*rows), "a.xlsx")


def test_more_rows_than_one_file_may_have_are_refused(found):
    rows = text(("标题", "答案"), *((f"题{n}", "答") for n in range(5001)))
    with pytest.raises(Refused, match="最多 5000 条"):
        found(rows.encode(), "a.csv")
