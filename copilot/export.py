"""Tickets as a table for a spreadsheet: CSV as it is read, XLSX in a file; batch by batch, never all in memory."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from openpyxl import Workbook

from ticket_core.deadline import ZONE
from ticket_core.tables import Ticket
from ticket_core.text import visible

Cell = str | int
Value = Callable[[Any], object]
LIGHTS = {"red": "已超期", "amber": "将到期", "green": "正常"}
CHANNELS = {"phone": "电话", "web": "网页", "wechat": "微信", "sms": "短信", "email": "电子邮件", "counter": "窗口"}
FORMULA = tuple("=+-@|%\t\r\n＝＋－＠｜％")  # also in full width, which some spreadsheets take for the same


def _of(name: str) -> Value:
    return lambda ticket: getattr(ticket, name)


COLUMNS: dict[str, Value] = {
    "工单编号": _of("number"),
    "状态": _of("state_label"),
    "时限": lambda ticket: LIGHTS.get(ticket.light, ""),
    "渠道": lambda ticket: CHANNELS.get(ticket.channel, ticket.channel),
    "受理时间": _of("created_at"),
    "坐席": _of("agent"),
    "来电号码": _of("calling_number"),
    "诉求人": _of("citizen_name"),
    "性别": _of("sex"),
    "诉求人类型": _of("citizen_kind"),
    "要求保密": _of("confidential"),
    "回访电话": _of("callback_number"),
    "需要回访": _of("wants_callback"),
    "工单性质": _of("nature"),
    "事项大类": _of("matter1"),
    "事项小类": _of("matter2"),
    "事项细类": _of("matter3"),
    "标签": _of("tags"),
    "标题": _of("title"),
    "诉求内容": _of("content"),
    "诉求目的": _of("request"),
    "发生时间": _of("happened_at"),
    "区县": _of("district"),
    "地址": _of("address"),
    "涉事对象": _of("party_concerned"),
    "紧急程度": _of("urgency"),
    "首派单位": _of("first_department"),
    "承办单位": _of("department"),
    "协办单位": _of("assisting"),
    "派单依据": _of("basis"),
    "派单时间": _of("dispatched_at"),
    "签收时间": _of("signed_at"),
    "办结期限": _of("due_at"),
    "反馈时间": _of("replied_at"),
    "办结时间": _of("closed_at"),
    "退单次数": _of("returns"),
    "延期次数": _of("extensions"),
    "催办次数": _of("urges"),
    "督办级别": _of("supervision"),
    "重办次数": _of("reworks"),
    "答复内容": _of("answer"),
    "办理情况": _of("reply"),
    "办理结果": _of("result"),
    "回访次数": lambda ticket: len(ticket.callbacks),
    "首次满意度": _of("first_satisfaction"),
    "最终满意度": _of("satisfaction"),
}
Show = Callable[[Ticket], Any]


def rows(tickets: Iterable[Ticket], show: Show) -> Iterator[list[Cell]]:
    """The cells of each ticket. show: a ticket as its reader may see it, with `state_label` and `light`."""
    for ticket in tickets:
        shown = show(ticket)
        yield [cell(value(shown)) for value in COLUMNS.values()]


def csv_chunks(
    lines: Iterable[Sequence[Cell]], size: int = 1 << 16, columns: Iterable[str] = tuple(COLUMNS)
) -> Iterator[bytes]:
    """UTF-8 with the mark that spreadsheets know it by, in chunks of about `size` characters. columns: the heading."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(columns)
    for line in lines:
        writer.writerow(line)
        if buffer.tell() >= size:
            yield _taken(buffer)
    yield _taken(buffer)


def write_xlsx(lines: Iterable[Sequence[Cell]], file: BinaryIO) -> None:
    """A workbook of one sheet with its heading in sight. lines are read while it is written."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("工单")
    sheet.freeze_panes = "B2"
    sheet.append(list(COLUMNS))
    for line in lines:
        sheet.append(list(line))
    book.save(file)


def cell(value: object) -> Cell:
    """A value as a cell: moments in the hotline's time, lists in one, text that no spreadsheet takes for a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case int():
            return value
        case datetime():
            return f"{value.astimezone(ZONE):%Y-%m-%d %H:%M}"
        case list():
            return harmless("、".join(map(str, value)))
    return harmless(str(value))


def harmless(text: str) -> str:
    """Text without control characters, and with a quote before what would begin a formula."""
    clean = text.strip() if text.isprintable() else visible(text)  # most is, and that is told at once
    return f"'{clean}" if clean.startswith(FORMULA) else clean


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
