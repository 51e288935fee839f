"""Archives unpacked without trusting the names inside them."""

import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

SUFFIXES = (".zip", ".tar.bz2", ".tar.gz")


class BrokenArchive(Exception):
    """Not a zip or tar file, cut short, or naming a place outside its folder."""


def suffix(url: str) -> str:
    """The suffix of an archive's address. Raises BrokenArchive for what cannot be unpacked."""
    for known in SUFFIXES:
        if url.endswith(known):
            return known
    raise BrokenArchive(url.rsplit("/", 1)[-1])


def unpack(archive: Path, folder: Path) -> None:
    """Unpack into a new folder, without the single folder that archives wrap their files in. Raises BrokenArchive."""
    try:
        for name, stream in _members(archive):
            with stream:
                _write(name, stream, folder)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError) as error:
        raise BrokenArchive(str(error)) from error
    inside = list(folder.iterdir()) if folder.is_dir() else []
    if len(inside) == 1 and inside[0].is_dir():
        for item in list(inside[0].iterdir()):
            item.rename(folder / item.name)
        inside[0].rmdir()


def _members(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Name and content of each regular file; links and devices are refused."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            for info in packed.infolist():
                if not info.is_dir():
                    yield info.filename, packed.open(info)
        return
    if not tarfile.is_tarfile(archive):
        raise BrokenArchive("不是 zip 或 tar，或者不完整")
    with tarfile.open(archive) as tape:
        for member in tape:
            if member.isdir():
                continue
            stream = tape.extractfile(member) if member.isreg() else None
            if stream is None:
                raise BrokenArchive(member.name)
            yield member.name, stream


def _write(name: str, stream: IO[bytes], folder: Path) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise BrokenArchive(name)
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        shutil.copyfileobj(stream, out)
