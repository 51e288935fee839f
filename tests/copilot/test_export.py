"""A list as a spreadsheet: what a cell may hold, who gets what, and how many at once."""

import csv
import io
import logging
import tracemalloc
from datetime import UTC, datetime
from itertools import repeat

import pytest
from openpyxl import load_workbook

from copilot import export
from copilot.api.export import BATCH
from copilot.api.shapes import listed
from copilot.settings import Settings
from ticket_core import journal, tickets
from ticket_core.by import By
from ticket_core.vocabulary import Action, Role, State

AT = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
HOSTILE = '=HYPERLINK("http://x","点我")\x00\x1b[31m'


def draft(session, agent="wangli", **fields):
    by = By(agent, Role.AGENT, AT)
    ticket, _ = tickets.draft(session, by, calling_number="13852706021", agent=agent)
    for name, value in fields.items():
        setattr(ticket, name, value)
    journal.write(session, ticket, Action.EDIT, by, State.DRAFT)
    return ticket


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (HOSTILE, '\'=HYPERLINK("http://x","点我")[31m'),
        ("+86 514", "'+86 514"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'=1+1"),
        ("\r=1+1", "'=1+1"),
        ("＝1＋1", "'＝1＋1"),
        ("＋1", "'＋1"),
        ("路灯=不亮", "路灯=不亮"),
        ("一\n二", "一\n二"),
        (3, 3),
        (True, "是"),
        (None, ""),
        (["甲", "乙"], "甲、乙"),
        (["=甲"], "'=甲"),
        (AT, "2026-11-24 09:30"),
    ],
)
def test_a_cell_runs_nothing(value, cell):
    assert export.cell(value) == cell


@pytest.fixture
def shown(make_parts):
    def make(session):
        return listed(draft(session, title=HOSTILE, content="请回电13852706021"), AT)

    return make_parts().database.submit(make).result(10)


def test_both_formats_hold_the_same_under_chinese_headings(shown):
    lines = list(export.rows([shown], lambda ticket: ticket))
    text = b"".join(export.csv_chunks(lines)).decode("utf-8")
    assert text.startswith("\ufeff工单编号,")
    table = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    file = io.BytesIO()
    export.write_xlsx(lines, file)
    sheet = load_workbook(file).active
    headings, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    assert headings == list(export.COLUMNS) == list(table[0])
    assert [str(value or "") for value in row] == [value if value != "0" else "" for value in table[0].values()]
    assert table[0]["状态"] == "草稿"
    assert table[0]["诉求内容"] == "请回电138****6021"
    assert "f" not in {cell.data_type for line in sheet.iter_rows() for cell in line}


def test_the_length_of_a_list_costs_no_memory(shown):
    def peak(count):
        tracemalloc.start()
        for _ in export.csv_chunks(export.rows(repeat(shown, count), lambda ticket: ticket)):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(4000) < 1.5 * peak(1000)


@pytest.fixture
def site(make_parts, serve, tmp_path):
    site = serve(make_parts(settings=Settings(data=tmp_path, export_rows=BATCH + 10)))
    add(site, 4)
    site.parts.database.submit(lambda session: draft(session, agent="zhaomin", nature="咨询") and None).result(10)
    return site


def add(site, count):
    def fill(session):
        for number in range(count):
            draft(session, content="请回电13852706021", nature="投诉", district=("广陵区", "邗江区")[number % 2])

    site.parts.database.submit(fill).result(60)


def table(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_an_export_holds_the_whole_list_over_its_batches_up_to_the_most(site):
    add(site, BATCH)
    rows = table(site.client("chenjie").get("/api/tickets/export?format=csv"))
    assert len({row["工单编号"] for row in rows}) == len(rows) == BATCH + 5
    add(site, 6)
    rows = table(site.client("chenjie").get("/api/tickets/export?format=csv"))
    assert len(rows) == BATCH + 11
    assert rows[-1]["工单编号"] == f"本次最多导出 {BATCH + 10} 张，其余没有导出；请缩小筛选范围后分次导出"


def test_an_export_holds_what_was_chosen(site):
    answer = site.client("chenjie").get("/api/tickets/export?format=csv&district=广陵区")
    assert [row["区县"] for row in table(answer)] == ["广陵区"] * 2
    assert answer.headers["content-disposition"].startswith('attachment; filename="tickets-')


def test_who_may_not_unmask_gets_the_own_tickets_masked(site):
    own = dict.fromkeys(("department", "first_department"), "邗江区城市管理局") | {"citizen_name": "李明"}
    words = {"content": "请回电13852706021", "title": "保密的", "confidential": True, "state": "dispatched"}
    site.parts.database.submit(lambda session: draft(session, **own, **words) and None).result(10)
    masked = site.client("hanjiang").get("/api/tickets/export?format=csv")
    assert [row["标题"] for row in table(masked)] == ["保密的"]
    assert "13852706021" not in masked.text
    assert "李明" not in masked.text
    assert "13852706021" in site.client("chenjie").get("/api/tickets/export?format=csv").text


def test_a_workbook_opens(site):
    answer = site.client("chenjie").get("/api/tickets/export?format=xlsx&nature=咨询")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [line[0].value for line in sheet.iter_rows()][0] == "工单编号"
    assert sheet.max_row == 2


def test_who_took_what_out_is_noted_without_the_citizens_words(site, caplog):
    with caplog.at_level(logging.INFO, "copilot.api.export"):
        site.client("chenjie").get("/api/tickets/export?format=csv&q=13852706021&nature=投诉").read()
    line = next(line for line in caplog.records if line.message == "tickets exported")
    assert line.user == "chenjie"
    assert (line.filter["nature"], line.filter["text"]) == ("投诉", "…")
    assert "13852706021" not in str(vars(line))


def test_an_export_is_for_those_who_may(site):
    assert site.client().get("/api/tickets/export").status_code == 401
    assert site.client("wangli").get("/api/tickets/export").status_code == 403
    assert site.client("chenjie").get("/api/tickets/export?format=pdf").status_code == 422
