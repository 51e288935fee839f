"""Where an index is kept: files that are written once, and a manifest that is replaced in one step."""

import fcntl
import json
import os
import re
import weakref
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kb_index.search.packed import Array, Broken, read, settle, write
from kb_index.search.part import Part
from kb_index.search.segment import Segment

MANIFEST = "manifest.json"
OURS = re.compile(r"\d+(?:\.\d+)?\.(?:segment|gone)")
LOST = "检索索引已损坏（{}），正从数据库重建；期间可能搜不全"


class Store:
    """A folder; None: nothing is kept. made: what the index was made with, another one's files are not read.

    Who opens a folder first writes it; others read what is there and keep their own changes in memory.
    """

    def __init__(self, folder: Path | None, made: Mapping[str, Any]) -> None:
        self._folder, self._made = folder, dict(made)
        self._entries: dict[str, dict[str, Any]] = {}
        self.writes = folder is not None and self._lock(folder)

    def load(self) -> tuple[list[Part], int, str]:
        """The parts that were kept, the position, and what was lost (Chinese); then the position is 0."""
        if self._folder is None:
            return [], 0, ""
        try:
            manifest = self._manifest(self._folder)
            if manifest is None or manifest["made"] != self._made:
                return [], 0, ""
            parts, lost = self._parts(self._folder, manifest["segments"])
        except Broken as error:
            return [], 0, LOST.format(error)
        return parts, 0 if lost else int(manifest["position"]), LOST.format("、".join(lost)) if lost else ""

    def add(self, segment: Segment) -> Part:
        """A new part; its file is on the disk, and counts from the next commit on."""
        if not self.writes or self._folder is None:
            return Part.of(segment)
        name = str(self._number())
        file = self._folder / f"{name}.segment"
        seal = write(file, *segment.pack())
        return Part.of(Segment.unpack(*read(file, seal)), name, seal)

    def commit(self, parts: Sequence[Part], position: int) -> None:
        """From now on these are kept, whatever happens; files that no longer count are removed."""
        if not self.writes or self._folder is None:
            return
        entries = [self._entry(part) for part in parts]
        body = {"made": self._made, "position": position, "segments": entries}
        text = json.dumps(body, ensure_ascii=False)
        new = self._folder / "manifest.new"
        with new.open("w", encoding="utf8") as opened:
            opened.write(json.dumps({"sum": zlib.crc32(text.encode()), "body": text}))
            opened.flush()
            os.fsync(opened.fileno())
        settle(self._folder)
        new.replace(self._folder / MANIFEST)
        settle(self._folder)
        self._entries = {entry["name"]: entry for entry in entries}
        self._sweep({name for entry in entries for name in (_segment(entry), _gone(entry))})

    def keep(self, name: str, array: Array) -> None:
        """An array that is dear to make and can be lost."""
        if self.writes and self._folder is not None:
            new = self._folder / f"{name}.new"
            write(new, {"array": [array]}, None)
            new.replace(self._folder / name)

    def kept(self, name: str) -> Array | None:
        """What `keep` kept; None where there is nothing whole."""
        if self._folder is None or not (self._folder / name).exists():
            return None
        try:
            return read(self._folder / name)[0]["array"]
        except Broken:
            return None

    def close(self) -> None:
        """Let another one write."""
        if self.writes:
            self.writes = False
            self._unlock()

    def _lock(self, folder: Path) -> bool:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._unlock = weakref.finalize(self, os.close, handle)
        return True

    def _manifest(self, folder: Path) -> dict[str, Any] | None:
        try:
            told = json.loads((folder / MANIFEST).read_text("utf8"))
            body: dict[str, Any] = json.loads(told["body"])
            if zlib.crc32(told["body"].encode()) != told["sum"]:
                raise Broken("目录的校验不符")
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Broken("目录读不出来") from error
        return body

    def _parts(self, folder: Path, entries: Iterable[Mapping[str, Any]]) -> tuple[list[Part], list[str]]:
        parts, lost = [], []
        for entry in entries:
            try:
                parts.append(_part(folder, entry))
                self._entries[entry["name"]] = dict(entry)
            except (Broken, KeyError) as error:
                lost.append(str(error))
        return parts, lost

    def _entry(self, part: Part) -> dict[str, Any]:
        """What the manifest says of a part; which of its articles are gone stands in a file of its own."""
        assert self._folder is not None
        known = self._entries.get(part.name)
        if known and known["version"] == part.version:
            return known
        entry: dict[str, Any] = {"name": part.name, "seal": part.seal, "version": part.version, "gone": 0}
        if not part.alive.all():
            gone = np.packbits(~part.alive)
            entry["gone"] = write(self._folder / _gone(entry), {"gone": [gone]}, None)
        return entry

    def _number(self) -> int:
        assert self._folder is not None
        taken = [int(file.name.split(".")[0]) for file in self._folder.iterdir() if OURS.fullmatch(file.name)]
        return max(taken, default=0) + 1

    def _sweep(self, needed: set[str]) -> None:
        assert self._folder is not None
        for file in self._folder.iterdir():
            if OURS.fullmatch(file.name) and file.name not in needed:
                file.unlink(missing_ok=True)


def _segment(entry: Mapping[str, Any]) -> str:
    return f"{entry['name']}.segment"


def _gone(entry: Mapping[str, Any]) -> str:
    return f"{entry['name']}.{entry['version']}.gone"


def _part(folder: Path, entry: Mapping[str, Any]) -> Part:
    """A part as it was kept. Raises Broken or KeyError."""
    arrays, note = read(folder / _segment(entry), entry["seal"])
    part = Part.of(Segment.unpack(arrays, note), entry["name"], entry["seal"])
    if entry["version"]:
        bits = read(folder / _gone(entry), entry["gone"])[0]["gone"]
        part = part.without(np.flatnonzero(np.unpackbits(bits, count=len(part.alive))))
    return replace(part, version=entry["version"])
