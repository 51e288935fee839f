"""`python -m copilot labelling`: fill the queues, and lay a data set out for `python -m eval`."""

import argparse
import asyncio
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from copilot import parts, recording
from copilot.labelling import collect, datasets
from copilot.labelling.errors import LabelError
from copilot.labelling.queues import TABLE, Name
from copilot.labelling.rows import SPEECH
from copilot.labelling.splits import SHARES
from copilot.labelling.tables import LabelDataset
from copilot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """The actions of the command."""
    actions = parser.add_subparsers(dest="what", required=True, metavar="动作")
    filling = actions.add_parser("collect", help="把新出现的待标注内容收进各队列")
    filling.set_defaults(run=fill)
    unpacking = actions.add_parser("unpack", help="解开一个数据集；语音数据集同时截取录音，供 python -m eval 使用")
    unpacking.add_argument("dataset", type=int, help="数据集编号，见标注页")
    unpacking.add_argument("folder", type=Path, help="放到哪个文件夹，须为空或不存在")
    unpacking.set_defaults(run=unpack)


def fill(settings: Settings, _: argparse.Namespace) -> int:
    """Collect now; says how many came in."""
    built = parts.build(settings.model_copy(update={"engine": "scripted"}))

    async def run() -> dict[str, int]:
        try:
            return await collect.collect(built, datetime.now(UTC))
        finally:
            await built.close()

    added = asyncio.run(run())
    told = "，".join(f"{TABLE[Name(name)].label} {count} 条" for name, count in added.items())
    Console().print(f"已收入：{told or '没有新的'}", highlight=False)
    return 0


def unpack(settings: Settings, options: argparse.Namespace) -> int:
    """Lay a data set out in a folder. Raises LabelError."""
    database = parts.open_database(settings)
    try:
        row = database.read_now(lambda session: session.get(LabelDataset, options.dataset))
    finally:
        database.close()
    if row is None:
        raise LabelError(f"没有编号为 {options.dataset} 的数据集；编号见标注页的数据集一栏")
    folder: Path = options.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LabelError(f"{folder} 不是空文件夹，请换一个")
    with zipfile.ZipFile(io.BytesIO(datasets.content(settings.data, row))) as archive:
        archive.extractall(folder)
    clips, lost = _clips(settings.data, folder) if row.kind == SPEECH else (0, 0)
    said = f"，截取录音 {clips} 段" + (f"，另有 {lost} 段的录音已不在，已从 tsv 中去掉" if lost else "")
    Console().print(f"{row.kind} 第 {row.version} 版已解开到 {folder}{said if clips or lost else ''}", highlight=False)
    return 0


def _clips(data: Path, folder: Path) -> tuple[int, int]:
    """Cut every clip that there is; how many, and how many are lost. What is lost leaves the tables."""
    (folder / "clips").mkdir()
    cut, lost = 0, set[str]()
    for side in SHARES:
        for line in (folder / f"{side}.jsonl").read_text("utf8").splitlines():
            row = json.loads(line)
            name, where = f"clips/{row['id']}.wav", row["clip"]
            try:
                wav = recording.cut(data, where["call"], where["leg"], where["start"], where["end"])
                (folder / name).write_bytes(asyncio.run(wav))
                cut += 1
            except FileNotFoundError:
                lost.add(name)
        table = folder / f"{side}.tsv"
        kept = [one for one in table.read_text("utf8").splitlines() if one.split("\t")[0] not in lost]
        table.write_text("".join(f"{one}\n" for one in kept), "utf8")
    return cut, len(lost)
