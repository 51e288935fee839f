"""CSV and TSV data files of this room: comment lines, a byte-order mark, and errors that name file and line."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


class CatalogueError(Exception):
    """Family of errors of this room; the message (Chinese) says what is possible."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record with where it stands, so that whoever refuses it can say where."""

    file: str
    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def get(self, column: str) -> str:
        """A cell of an optional column; empty when the file has no such column."""
        return self.cells.get(column, "")

    def refuse(self, why: str) -> CatalogueError:
        """The error to raise about this record."""
        return CatalogueError(f"{self.file} 第 {self.number} 行：{why}")


def read(path: Path, columns: Sequence[str]) -> list[Row]:
    """The records of a UTF-8 CSV (or .tsv) file; lines that start with # are comments.

    Raises CatalogueError where the file cannot be read, lacks one of `columns` or has a line of another width.
    """
    lines = _Lines(_text(path))
    tabs = path.suffix == ".tsv"
    reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if tabs else csv.reader(lines, strict=True)
    try:
        return list(_records(path.name, reader, lines, columns))
    except csv.Error as error:
        raise CatalogueError(f"{path.name} 第 {lines.number} 行：引号或分隔符不成对（{error}）") from error


class _Lines(Iterator[str]):
    """The lines that are no comments; number: where in the file we are, from 1."""

    def __init__(self, text: str) -> None:
        self.number = 0
        self._lines = iter(text.splitlines(keepends=True))

    def __next__(self) -> str:
        for line in self._lines:
            self.number += 1
            if line.strip() and not line.startswith("#"):
                return line
        raise StopIteration


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise CatalogueError(f"{path.name} 第 {line} 行：不是 UTF-8 编码，请另存为 UTF-8 后再用") from error
    except OSError as error:
        raise CatalogueError(f"{path.name} 读不出来，请检查文件是否存在、可读：{error.strerror}") from error


def _records(file: str, reader: Iterator[list[str]], lines: _Lines, columns: Sequence[str]) -> Iterator[Row]:
    head = [name.strip() for name in next(reader, [])]
    missing = [name for name in columns if name not in head]
    if missing:
        raise CatalogueError(
            f"{file} 第 {max(1, lines.number)} 行：缺少 {'、'.join(missing)} 这一列，应有 {'、'.join(columns)}"
        )
    for cells in reader:
        if len(cells) != len(head):
            raise CatalogueError(f"{file} 第 {lines.number} 行：有 {len(cells)} 列，应为 {len(head)} 列")
        yield Row(file, lines.number, {name: cell.strip() for name, cell in zip(head, cells, strict=True)})
