"""A file of named arrays that is written once, checked when it is opened, and read in place."""

import json
import mmap
import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
MAGIC, EDGE = b"KBIDX001", 64
BLOCK = 1 << 24


class Broken(Exception):
    """A file that is not what was written; the message (Chinese) names it."""


def write(file: Path, arrays: Mapping[str, Sequence[Array]], note: Any) -> int:
    """Each array in parts, one after another along its first axis; note: anything in JSON. What seals it, for `read`.

    The file is on the disk when this returns.
    """
    places: dict[str, Any] = {}
    with file.open("wb") as opened:
        opened.write(MAGIC + bytes(EDGE - len(MAGIC)))
        for name, parts in arrays.items():
            opened.write(bytes(-opened.tell() % EDGE))
            place, sum_ = opened.tell(), 0
            for part in parts:
                for block in _blocks(np.ascontiguousarray(part)):
                    sum_ = zlib.crc32(block, sum_)
                    opened.write(block)
            shape = (sum(len(part) for part in parts), *parts[0].shape[1:])
            places[name] = {"type": parts[0].dtype.str, "shape": shape, "at": place, "sum": sum_}
        head = json.dumps({"arrays": places, "note": note}, ensure_ascii=False).encode()
        place = opened.tell()
        opened.write(head)
        opened.seek(len(MAGIC))
        opened.write(np.array([place, len(head)], np.int64).tobytes())
        opened.flush()
        os.fsync(opened.fileno())
    return zlib.crc32(head)


def read(file: Path, seal: int | None = None) -> tuple[dict[str, Array], Any]:
    """The arrays, read-only, and the note. seal: what `write` returned; None: any. Raises Broken."""
    try:
        with file.open("rb") as opened:
            held = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        place, size = np.frombuffer(held, np.int64, 2, len(MAGIC)).tolist()
        head = held[place : place + size]
        told = json.loads(head)
        if held[: len(MAGIC)] != MAGIC or (seal is not None and zlib.crc32(head) != seal):
            raise Broken(f"{file.name} 不是所记的那个文件")
        arrays = {name: _array(held, one) for name, one in told["arrays"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Broken(f"{file.name} 读不出来（{error}）") from error
    for name, array in arrays.items():
        sum_ = 0
        for block in _blocks(array):
            sum_ = zlib.crc32(block, sum_)
        if sum_ != told["arrays"][name]["sum"]:
            raise Broken(f"{file.name} 的内容已损坏（{name}）")
    return arrays, told["note"]


def settle(folder: Path) -> None:
    """See to it that the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _array(held: mmap.mmap, one: Mapping[str, Any]) -> Array:
    shape = tuple(one["shape"])
    return np.frombuffer(held, np.dtype(one["type"]), int(np.prod(shape)), one["at"]).reshape(shape)


def _blocks(array: Array) -> Iterable[memoryview]:
    if not array.size:
        return
    flat = array.reshape(-1).view(np.uint8)
    for start in range(0, len(flat), BLOCK):
        yield flat[start : start + BLOCK].data
