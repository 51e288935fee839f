"""Question lists out of XLSX and CSV files."""

import csv
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook

from kb_index.importing.base import Found, Note, Refusal, Refused, Source
from kb_index.importing.columns import Row, articles, delimited
from kb_index.importing.text import decode

COLUMNS = 200
UNCOMPUTED = "公式没有算出的值；请在 Excel 或 WPS 里打开并保存一次，或把公式改成数值"


def read_csv(source: Source) -> Iterator[Found]:
    """Rows of a CSV file; separator and encoding are found out."""
    text = decode(source.path.read_bytes())
    total = text.count("\n") + 1

    def rows() -> Iterator[Row]:
        try:
            for number, cells in enumerate(delimited(text), 1):
                source.progress(min(number, total), total)
                yield Row(f"第 {number} 行", cells)
        except csv.Error as error:
            raise Refused(
                "表格读不出来，可能有一格特别长或引号不成对；请用 Excel 或 WPS 另存为 .xlsx 再上传"
            ) from error

    yield from articles(rows(), source.name)


def read_xlsx(source: Source) -> Iterator[Found]:
    """Rows of every visible sheet that is a question list; formulas count as what they came to."""
    with source.path.open("rb") as file:  # of a path it would go by the ending
        yield from _book(
            source, load_workbook(file, read_only=True, data_only=True), load_workbook(file, read_only=True)
        )


def _book(source: Source, values: Any, formulas: Any) -> Iterator[Found]:
    sheets = [sheet for sheet in values.worksheets if sheet.sheet_state == "visible"]
    hidden = len(values.worksheets) - len(sheets)
    if hidden:
        yield Note(f"有 {hidden} 张隐藏的工作表没有读入")
    problems: list[Refusal] = []
    found = 0
    for sheet in sheets:
        try:
            for one in _sheet(source, sheet, formulas[sheet.title], len(values.worksheets) > 1):
                found += 1
                yield one
        except Refused as problem:
            problems.append(Refusal(f"工作表“{sheet.title}”", str(problem)))
    if not found and problems:
        raise Refused(problems[0].why)
    yield from problems


def _sheet(source: Source, sheet: Any, written: Any, several: bool) -> Iterator[Found]:
    total = sheet.max_row or 0
    for one in (sheet, written):
        one.reset_dimensions()  # what a file says of its own size may be wrong

    def rows() -> Iterator[Row]:
        lines = zip(
            sheet.iter_rows(max_col=COLUMNS, values_only=True),
            written.iter_rows(max_col=COLUMNS, values_only=True),
            strict=False,
        )
        for number, (cells, sources) in enumerate(lines, 1):
            source.progress(min(number, total), max(total, number))
            where = f"“{sheet.title}”第 {number} 行" if several else f"第 {number} 行"
            yield _row(where, cells, sources)

    yield from articles(rows(), source.name)


def _row(where: str, cells: tuple[Any, ...], written: tuple[Any, ...]) -> Row:
    formulas = [n for n, cell in enumerate(written) if isinstance(cell, str) and cell.startswith("=")]
    notes = ("有的格子是公式，已按算出的值读入，请核对",) if formulas else ()
    if any(cells[n] is None for n in formulas):
        return Row(where, cells, refused=UNCOMPUTED)
    return Row(where, cells, notes)
