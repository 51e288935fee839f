"""The head of the journal, noted once a day in a file outside the database: what is cut off or rewritten shows."""

import os
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from ticket_core import journal
from ticket_core.deadline import local_day

NAME = "journal-anchors.txt"


class AnchorError(Exception):
    """The file cannot be read; the message (Chinese) says what to do."""


def read(folder: Path) -> dict[int, str]:
    """Entry -> hash, as noted so far; none where there is no file. Raises AnchorError for a line that is none."""
    path = folder / NAME
    if not path.exists():
        return {}
    found = {}
    for number, line in enumerate(path.read_text("utf8").splitlines(), 1):
        match line.split():
            case [_, entry, digest] if entry.isdigit() and len(digest) == 64:
                found[int(entry)] = digest
            case _:
                raise AnchorError(f"锚定文件 {path} 第 {number} 行读不出来，可能被改动；请与备份核对")
    return found


def last_day(folder: Path) -> str:
    """The day of the last note at the hotline; empty where there is none."""
    path = folder / NAME
    lines = path.read_text("utf8").splitlines() if path.exists() else []
    return lines[-1].split()[0] if lines and lines[-1].split() else ""


def note(folder: Path, session: Session, now: datetime) -> bool:
    """Note today's head unless it is noted or there is no entry yet; whether it was noted. Survives a power cut."""
    entry, digest = journal.head(session)
    if not entry or last_day(folder) >= local_day(now):
        return False
    with (folder / NAME).open("a", encoding="utf8") as file:
        file.write(f"{local_day(now)} {entry} {digest}\n")
        file.flush()
        os.fsync(file.fileno())
    return True
