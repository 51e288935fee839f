"""The whole base in one file and out of it again: zipped JSON lines with a manifest; the same base, the same bytes."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, inspect, select, text
from sqlalchemy.orm import Session

from copilot.knowledge import finding
from copilot.knowledge.shipped import PRODUCT
from copilot.knowledge.tables import ArticleRow, ArticleVersion, AuditRow, KnowledgeEntry
from kb_index.article import KnowledgeError, parse
from kb_index.lifecycle import Action, State
from ticket_core import journal
from ticket_core.tables import Base, UtcDateTime

Progress = Callable[[int, int], None]
Row = dict[str, Any]
FORMAT = "hotline-knowledge-1"
MANIFEST = "manifest.json"
LONGEST = 32 << 20  # bytes of a line, and of the manifest
LARGEST = 8 << 30  # bytes of all lines, unpacked
DENSEST = 200  # to how little text of ours packs
BATCH = 500
THEN = (1980, 1, 1, 0, 0, 0)  # the moment of every file in the zip, so that the same base gives the same bytes


@dataclass(frozen=True, slots=True)
class Part:
    """A table in the file. order: of its rows; own: columns that each installation numbers by itself."""

    table: type[Base]
    order: tuple[str, ...]
    own: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, type]:
        """The columns that are kept, with the type of their values."""
        every = inspect(self.table).columns
        kept = [column for column in every if column.key not in self.own]
        return {one.key: datetime if isinstance(one.type, UtcDateTime) else one.type.python_type for one in kept}


PARTS: Mapping[str, Part] = {
    "articles.jsonl": Part(ArticleRow, ("id",)),
    "versions.jsonl": Part(ArticleVersion, ("article", "version"), ("id",)),
    "journal.jsonl": Part(KnowledgeEntry, ("id",)),
}


def export(session: Session, path: Path, progress: Progress = lambda done, total: None) -> int:
    """Write the base, all its versions and its journal; how many rows. progress hears of rows done and to do."""
    counts = {name: session.scalar(select(func.count()).select_from(part.table)) or 0 for name, part in PARTS.items()}
    files: dict[str, Row] = {}
    done, total = 0, sum(counts.values())
    with zipfile.ZipFile(path, "w") as out:
        for name, part in PARTS.items():
            hashed, size = hashlib.sha256(), 0
            with out.open(_entry(name), "w", force_zip64=True) as file:
                for number, row in enumerate(_rows(session, part), 1):
                    line = _line(row)
                    hashed.update(line)
                    size += file.write(line)
                    if number % BATCH == 0:
                        progress(done + number, total)
            done += counts[name]
            files[name] = {"rows": counts[name], "bytes": size, "sha256": hashed.hexdigest()}
        with out.open(_entry(MANIFEST), "w") as file:
            file.write(_line({"format": FORMAT, "files": files}))
    progress(total, total)
    return total


def load(session: Session, path: Path, progress: Progress = lambda done, total: None) -> int:
    """Fill an empty base with what was exported; how many rows. Raises KnowledgeError, and then nothing is kept.

    Empty is also a base that holds nothing but what ships with the product, as it was put in.
    """
    journal.lock(session)
    refuse_kept(session)
    try:
        with zipfile.ZipFile(path) as given:
            files = _manifest(given)
            _verify(given, files)
            _clear(session)
            total = _fill(session, given, files, progress)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise KnowledgeError(f"文件读不出来，可能没有传完整，请重新导出后再导入：{error}") from error
    _check_live(session)
    _count_on(session)
    return total


def refuse_kept(session: Session) -> None:
    """Raises KnowledgeError where somebody has worked on the base already."""
    if session.scalar(select(KnowledgeEntry.id).where(KnowledgeEntry.actor != PRODUCT).limit(1)) is not None:
        raise KnowledgeError("这里的热线百科已有人编写，整库导入只能用于新装的系统；请在新库中导入")


def _rows(session: Session, part: Part) -> Iterator[Row]:
    order = [getattr(part.table, name) for name in part.order]
    query = select(*(getattr(part.table, name) for name in part.columns)).order_by(*order)
    for row in session.execute(query.execution_options(yield_per=BATCH)):
        yield {name: journal.plain(value) for name, value in row._mapping.items()}


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, THEN)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    return entry


def _line(row: Row) -> bytes:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _manifest(given: zipfile.ZipFile) -> dict[str, Row]:
    sizes = {entry.filename: entry.file_size for entry in given.infolist()}
    bombs = [one for one in given.infolist() if one.file_size > DENSEST * one.compress_size + LONGEST]
    if sizes.keys() != {MANIFEST, *PARTS} or len(given.infolist()) != len(sizes):
        raise KnowledgeError("这不是热线百科的整库导出文件；请用“整库导出”得到的 zip 文件")
    if bombs or sizes[MANIFEST] > LONGEST or sum(sizes.values()) > LARGEST:
        raise KnowledgeError(f"文件解开后大得异常，或超过 {LARGEST >> 30} GB，不能导入")
    try:
        manifest = json.loads(given.read(MANIFEST))
        files: dict[str, Row] = manifest["files"]
        known = manifest["format"] == FORMAT and files.keys() == PARTS.keys()
        told = all(files[name]["bytes"] == sizes[name] and int(files[name]["rows"]) >= 0 for name in PARTS)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KnowledgeError("文件的清单读不出来，请重新导出") from error
    if not known or not told:
        raise KnowledgeError(f"文件的清单与内容不符，或是其他版本导出的（本版本读 {FORMAT}）")
    return files


def _verify(given: zipfile.ZipFile, files: Mapping[str, Row]) -> None:
    """Every byte is what the manifest says, before anything is kept."""
    for name in PARTS:
        with given.open(name) as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != files[name]["sha256"]:  # type: ignore[arg-type]
                raise KnowledgeError(f"{name} 的内容与清单的 SHA-256 不符，文件被改动或损坏，没有导入")


def _clear(session: Session) -> None:
    for table in (KnowledgeEntry, ArticleVersion, ArticleRow, AuditRow):
        session.execute(delete(table))


def _fill(session: Session, given: zipfile.ZipFile, files: Mapping[str, Row], progress: Progress) -> int:
    done, total = 0, sum(int(files[name]["rows"]) for name in PARTS)
    for name, part in PARTS.items():
        began = done
        for group in _groups(_read(given, name, part)):
            session.execute(insert(part.table), group)
            done += len(group)
            progress(done, total)
        if done - began != files[name]["rows"]:
            raise KnowledgeError(f"{name} 有 {done - began} 行，清单上是 {files[name]['rows']} 行，没有导入")
    return total


def _read(given: zipfile.ZipFile, name: str, part: Part) -> Iterator[Row]:
    columns, last = part.columns, None
    with given.open(name) as file:
        number = 0
        while line := file.readline(LONGEST + 1):
            number += 1
            if len(line) > LONGEST:
                raise KnowledgeError(f"{name} 第 {number} 行太长，没有导入")
            try:
                row = _row(json.loads(line), columns)
                _check(part, row)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise KnowledgeError(f"{name} 第 {number} 行读不出来（{error}），没有导入") from error
            place = tuple(row[one] for one in part.order)
            if last is not None and place <= last:
                raise KnowledgeError(f"{name} 第 {number} 行的编号重复或次序不对，没有导入")
            last = place
            yield row


def _row(given: Row, columns: Mapping[str, type]) -> Row:
    """A line as a row. Raises ValueError where a column is missing, unknown or of another kind."""
    if given.keys() != columns.keys():
        raise ValueError("列与本版本不符")
    row: Row = {}
    for name, value in given.items():
        kind = columns[name]
        row[name] = datetime.fromisoformat(value) if kind is datetime and value is not None else value
        if value is not None and not isinstance(row[name], kind):
            raise ValueError(f"{name} 的类型不对")
    return row


def _check(part: Part, row: Row) -> None:
    if part.table is ArticleVersion:
        State(row["state"])
        article = parse(row["body"])
        same = (article.id, article.version, article.row()) == (row["article"], row["version"], row["body"])
        if not same or finding.digest(row["body"]) != row["digest"]:
            raise ValueError("正文与它的摘要不符")
    elif part.table is KnowledgeEntry:
        Action(row["action"])


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    for row in rows:
        group.append(row)
        if len(group) == BATCH:
            yield group
            group = []
    if group:
        yield group


def _check_live(session: Session) -> None:
    """What is to be shown is there, and is what went live."""
    shown = (ArticleVersion.article == ArticleRow.id) & (ArticleVersion.version == ArticleRow.live)
    query = select(ArticleRow.id).outerjoin(ArticleVersion, shown).where(ArticleRow.live > 0)
    wrong = query.where(ArticleVersion.id.is_(None) | (ArticleVersion.state != State.LIVE.value))
    if name := session.scalar(wrong.limit(1)):
        raise KnowledgeError(f"{name} 的上线版本不在文件里或状态不对，没有导入")


def _count_on(session: Session) -> None:
    """PostgreSQL numbers new rows by a sequence of its own, which has to go on behind these."""
    if session.connection().dialect.name == "postgresql":
        for table in (ArticleVersion, KnowledgeEntry):
            name = table.__tablename__
            last = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), coalesce(max(id), 1)) FROM {name}"
            session.execute(text(last))
