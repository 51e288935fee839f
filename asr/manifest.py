"""What an installed folder must hash to: written when it was made out of verified data, checked at each load."""

import hashlib
import json
from pathlib import Path

FILE = "installed.json"


def digest(file: Path) -> str:
    """SHA-256 of a file, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each file under a folder by its POSIX path, in order; Python's caches left out."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file() and "__pycache__" not in file.parts)
    return {file.relative_to(folder).as_posix(): digest(file) for file in files if file.name != FILE}


def fingerprint(folder: Path) -> str:
    """SHA-256 over the lines that `sha256sum` prints of a folder's files, ordered by path."""
    lines = "".join(f"{value}  {path}\n" for path, value in sorted(digests(folder).items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def write(folder: Path, source: str) -> None:
    """Record every file of a folder, and the SHA-256 of what it was made from."""
    (folder / FILE).write_text(json.dumps({"source": source, "files": digests(folder)}, indent=1), "utf8")


def wrong(folder: Path, source: str) -> list[str]:
    """The paths that are missing or changed; the manifest itself when it does not belong to `source` (if not empty)."""
    try:
        record = json.loads((folder / FILE).read_text("utf8"))
        expected = dict(record["files"])
        if source not in ("", record["source"]):
            return [FILE]
    except (OSError, ValueError, KeyError, TypeError):
        return [FILE]
    found = digests(folder)
    return sorted(path for path, value in expected.items() if found.get(path) != value)
