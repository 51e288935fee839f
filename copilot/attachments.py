"""Files that come with a ticket: what may come, and how it is kept under its SHA-256 in the data folder."""

import hashlib
import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import IO, BinaryIO
from zipfile import BadZipFile, LargeZipFile, ZipFile

import filetype
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.settings import Settings
from ticket_core import journal
from ticket_core.by import By
from ticket_core.tables import Attachment, Ticket
from ticket_core.text import visible
from ticket_core.vocabulary import Action, State

CHUNK = 1 << 16
LONGEST_NAME = 120
ABANDONED = timedelta(hours=1)
FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*\\/', "_"))
OFFICE = "application/vnd.openxmlformats-officedocument."
UNPACKED, PARTS = 200 << 20, 2000  # what an Office file may hold once unpacked: bytes, and files
MACROS = ("vbaproject", "activex", "oleobject", "embeddings/")


@dataclass(frozen=True, slots=True)
class Kind:
    """found: what the content may be recognised as; part: of an Office file, what makes it one."""

    media_type: str
    found: frozenset[str] = frozenset()
    part: str = ""


def _kind(media_type: str, *also: str) -> Kind:
    return Kind(media_type, frozenset((media_type, *also)))


KINDS = {
    "jpg": _kind("image/jpeg"),
    "jpeg": _kind("image/jpeg"),
    "png": _kind("image/png"),
    "gif": _kind("image/gif"),
    "bmp": _kind("image/bmp"),
    "webp": _kind("image/webp"),
    "heic": _kind("image/heic"),
    "pdf": _kind("application/pdf"),
    "docx": Kind(f"{OFFICE}wordprocessingml.document", part="word/document.xml"),
    "xlsx": Kind(f"{OFFICE}spreadsheetml.sheet", part="xl/workbook.xml"),
    "txt": Kind("text/plain"),
    "mp3": _kind("audio/mpeg"),
    "wav": _kind("audio/x-wav"),
    "amr": _kind("audio/amr"),
    "m4a": _kind("audio/mp4", "video/mp4"),
    "mp4": _kind("video/mp4", "audio/mp4"),
    "mov": _kind("video/quicktime"),
}
POSSIBLE = f"可以上传：{'、'.join(KINDS)}"


class AttachmentError(Exception):
    """A file is not taken; the message (Chinese) says what is possible."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that was checked and waits to be kept. size: bytes."""

    path: Path
    name: str
    media_type: str
    size: int
    sha256: str


class Store:
    """The folder of attachments. Files of the same content are one file."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data / "attachments"
        self._most, self._count = settings.attachment_mb << 20, settings.attachment_count
        self._mb = settings.attachment_mb

    def path(self, sha256: str) -> Path:
        """Where the bytes lie."""
        return self._folder / sha256[:2] / sha256

    def stage(self, file: BinaryIO, name: str) -> Staged:
        """Copy an upload beside the others and check it. Raises AttachmentError; then nothing is left of it."""
        clean = clean_name(name)
        kind = KINDS.get(clean.rpartition(".")[2].lower())
        if kind is None:
            raise AttachmentError(f"“{clean}”的类型不能上传；{POSSIBLE}")
        self._folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as staged:
            path = Path(staged.name)
            try:
                size, digest = self._copy(file, staged, clean)
                _check(path, clean, kind)
            except BaseException:
                path.unlink()
                raise
        return Staged(path, clean, kind.media_type, size, digest)

    def keep(self, session: Session, ticket: Ticket, by: By, files: Iterable[Staged]) -> list[Attachment]:
        """Attach staged files to a ticket, each with its journal entry. Raises AttachmentError where it has too many.

        Run in the writer; where it does not commit, `settle` comes after it.
        """
        return [self._keep(session, ticket, by, staged) for staged in files]

    def drop(self, files: Iterable[Staged]) -> None:
        """Forget what is staged and was not kept."""
        for staged in files:
            staged.path.unlink(missing_ok=True)

    def sweep(self, now: datetime) -> None:
        """Forget what was staged and neither kept nor dropped, because the server was killed meanwhile.

        Another server may be staging in the same folder, so what is young stays.
        """
        for path in self._folder.glob(".*"):
            if now.timestamp() - path.stat().st_mtime > ABANDONED.total_seconds():
                path.unlink(missing_ok=True)

    def settle(self, session: Session, files: Iterable[Staged]) -> None:
        """Leave nothing behind that no ticket has: run in the writer, which lets no keeping come in between."""
        for staged in files:
            used = select(Attachment.id).where(Attachment.sha256 == staged.sha256).limit(1)
            if session.scalar(used) is None:
                self.path(staged.sha256).unlink(missing_ok=True)

    def _copy(self, source: BinaryIO, target: IO[bytes], name: str) -> tuple[int, str]:
        """Size and SHA-256; the bytes are on the disk when it returns."""
        size, digest = 0, hashlib.sha256()
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > self._most:
                raise AttachmentError(f"“{name}”太大，一个附件最多 {self._mb} MB")
            digest.update(chunk)
            target.write(chunk)
        if not size:
            raise AttachmentError(f"“{name}”是空文件，请重新选择")
        target.flush()
        os.fsync(target.fileno())
        return size, digest.hexdigest()

    def _keep(self, session: Session, ticket: Ticket, by: By, staged: Staged) -> Attachment:
        have = select(func.count()).where(Attachment.ticket_id == ticket.id)
        if (session.scalar(have) or 0) >= self._count:
            raise AttachmentError(f"一张工单最多 {self._count} 个附件，请先合并内容再上传")
        row = Attachment(
            ticket_id=ticket.id,
            name=staged.name,
            media_type=staged.media_type,
            size=staged.size,
            sha256=staged.sha256,
            actor=by.actor,
            at=by.at,
        )
        session.add(row)
        session.flush()
        details = {"attachment": row.id, "name": row.name, "size": row.size, "sha256": row.sha256}
        journal.write(session, ticket, Action.ATTACH, by, State(ticket.state), details=details)
        place = self.path(staged.sha256)
        place.parent.mkdir(exist_ok=True)
        staged.path.replace(place)
        return row


def clean_name(name: str) -> str:
    """A file name without folders, unseen characters and what some system cannot store; at most 120 characters."""
    base = PurePosixPath(visible(unicodedata.normalize("NFC", name)).replace("\\", "/")).name
    base = " ".join(base.translate(FORBIDDEN).split()).strip(". ") or "附件"
    stem, dot, ending = base.rpartition(".")
    return (
        f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if stem and len(ending) <= 5 else base[:LONGEST_NAME]
    )


def _check(path: Path, name: str, kind: Kind) -> None:
    if kind.part:
        _check_office(path, name, kind.part)
    elif kind.found:
        if filetype.guess_mime(str(path)) not in kind.found:
            raise AttachmentError(f"“{name}”的内容与扩展名不符；{POSSIBLE}")
    elif not _is_text(path):
        raise AttachmentError(f"“{name}”不是文本文件，请另存为 UTF-8 编码的文本再上传")


def _check_office(path: Path, name: str, part: str) -> None:
    """Refuses macros, embedded objects and bombs by the archive's directory alone; nothing is unpacked."""
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
    except (BadZipFile, LargeZipFile, NotImplementedError, ValueError, UnicodeError) as error:
        raise AttachmentError(f"“{name}”打不开，文件可能已损坏；请另存一份再上传") from error
    names = [entry.filename.lower() for entry in entries]
    if part not in names or "[content_types].xml" not in names:
        raise AttachmentError(f"“{name}”的内容与扩展名不符；{POSSIBLE}")
    if any(sign in entry for entry in names for sign in MACROS):
        raise AttachmentError(f"“{name}”带有宏或嵌入对象，不能上传；请另存为不带宏的文档或 PDF")
    if len(entries) > PARTS or sum(entry.file_size for entry in entries) > UNPACKED:
        raise AttachmentError(f"“{name}”解压后过大，不能上传；请减少内容或转为 PDF")


def _is_text(path: Path) -> bool:
    """Whether it reads as UTF-8, or as GB 18030, which older systems here still write, without control characters."""
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(character < " " and character not in "\t\n\r\f" for character in text)
    return False
