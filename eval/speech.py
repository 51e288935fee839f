"""Character error rate, cost and memory of a speech engine over recordings with transcripts."""

import argparse
import asyncio
import csv
import json
import re
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr
from rich.console import Console
from rich.progress import track
from scipy.signal import butter, sosfilt

from asr import registry, weights
from asr.base import RATE, AsrError, Pcm, Recognizer, Stream, Utterance, Wideband
from asr.numerals import every
from asr.text import simplify
from copilot import parts
from copilot.settings import Settings
from telephony import g711

STEP = 2  # seconds


class SpeechError(Exception):
    """A TSV or recording that cannot be used; the message (Chinese) says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A recording, what is said in it, and the names of places and departments among that."""

    path: Path
    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What was heard of a row, before and after repair, and from how many seconds of sound."""

    row: Row
    raw: str
    text: str
    seconds: float


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `python -m eval speech`."""
    parser.add_argument("file", type=Path, help="TSV with the columns file, text and maybe names; paths beside the TSV")
    parser.add_argument("--telephone", action="store_true", help="apply 8 kHz, 300-3400 Hz and A-law")
    parser.add_argument("--engine", default="whisper", help=f"one of {', '.join(registry.ENGINES)}, or ENGINE:WEIGHTS")
    parser.add_argument("--limit", type=int, default=0, help="only the first N")
    parser.add_argument("--json", type=Path, help="write the figures and every text here")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure; 2 when the TSV, a recording or the engine cannot be used."""
    out = Console()
    try:
        table = rows(options.file)[: options.limit or None]
        figures, results = asyncio.run(measure(table, options.engine, options.telephone))
    except (SpeechError, AsrError) as error:
        Console(stderr=True).print(f"[red]{error}[/red]")
        return 2
    out.print_json(json.dumps(figures))
    if options.json:
        texts = [{"file": one.row.path.name, "said": one.row.text, "raw": one.raw, "text": one.text} for one in results]
        whole = figures | {"recordings": texts}
        options.json.write_text(json.dumps(whole, ensure_ascii=False, indent=1), "utf8")
    return 0


def rows(path: Path) -> list[Row]:
    """The rows of a TSV. Raises SpeechError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError) as error:
        raise SpeechError(f"读不了 {path}：{error}") from None
    if not lines:
        raise SpeechError(f"{path} 没有内容；需要表头 file、text（可有 names），以及至少一行")
    if missing := {"file", "text"} - set(lines[0]):
        raise SpeechError(f"{path} 缺少列 {'、'.join(sorted(missing))}；表头应为 file、text，以制表符分隔")
    for number, line in enumerate(lines, 2):
        if not line["file"] or line["text"] is None:
            raise SpeechError(f"{path} 第 {number} 行不完整")
    return [
        Row(path.parent / line["file"], line["text"], tuple((line.get("names") or "").replace("、", " ").split()))
        for line in lines
    ]


async def measure(
    table: Sequence[Row], choice: str, telephone: bool
) -> tuple[dict[str, float | str | None], list[Result]]:
    """Every recording through a stream of its own. Raises SpeechError and AsrError."""
    settings = Settings()
    if registry.check(choice) == "whisper":
        weights.install("whisper-base", settings.models)
    recognizer = registry.create(choice, settings.models, parts.shipped_lexicon(), 1)
    began, results = time.process_time(), []
    for row in track(table, "recognising", console=Console(stderr=True)):
        results.append(await _heard(recognizer, row, telephone))
    cost = time.process_time() - began
    await recognizer.close()
    return {"engine": choice, "channel": "telephone" if telephone else "clean"} | figures(results, cost), results


async def _heard(recognizer: Recognizer, row: Row, telephone: bool) -> Result:
    """An engine that takes more than 8 kHz is given it, save over the telephone."""
    rate, stream = RATE, recognizer.stream
    if isinstance(recognizer, Wideband) and not telephone:
        rate = max(recognizer.rates)
        stream = partial(recognizer.stream, rate=rate)
    pcm = read(row.path, rate, telephone)
    finals = await hear(recognizer, stream("citizen"), np.concatenate([pcm, np.zeros(rate, np.int16)]), rate)
    return Result(row, "".join(u.raw for u in finals), "".join(u.text for u in finals), len(pcm) / rate)


def figures(results: Sequence[Result], cpu: float) -> dict[str, float | str | None]:
    """Error rates before and after repair, names right, cost in CPU seconds, memory in MB."""
    said = [normal(one.row.text) for one in results]
    total = max(1, sum(map(len, said)))
    wrong = sum(distance(mine, normal(one.text)) for mine, one in zip(said, results, strict=True))
    before = sum(distance(mine, normal(one.raw)) for mine, one in zip(said, results, strict=True))
    names = [(name, one) for one in results for name in one.row.names]
    seconds = sum(one.seconds for one in results)
    return {
        "recordings": len(results),
        "characters": total,
        "cer": round(wrong / total, 4),
        "cer_raw": round(before / total, 4),
        "names": len(names),
        "names_right": sum(normal(name) in normal(one.text) for name, one in names),
        "names_right_raw": sum(normal(name) in normal(one.raw) for name, one in names),
        "rtf_cpu": round(cpu / max(seconds, 1e-9), 3),
        "cpu_s_per_recording": round(cpu / max(1, len(results)), 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


async def hear(recognizer: Recognizer, stream: Stream, pcm: Pcm, rate: int) -> list[Utterance]:
    """The finals of one leg, in order; so slowly that none is heard in haste."""
    step = STEP * rate
    for start in range(0, len(pcm), step):
        stream.push(pcm[start : start + step], start / rate)
        await recognizer.idle()
    await stream.end()
    return sorted([u async for u in stream if u.final], key=lambda u: u.start)


def read(path: Path, rate: int, telephone: bool) -> Pcm:
    """int16 mono at `rate`; telephone: through 8 kHz, 300-3400 Hz and A-law. Raises SpeechError."""
    try:
        samples, its = soundfile.read(str(path), dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as error:
        raise SpeechError(f"读不了录音 {path}：{error}") from None
    mono: npt.NDArray[np.float32] = soxr.resample(samples[:, 0], its, rate)
    if telephone:
        mono = sosfilt(butter(4, [300, 3400], "bandpass", fs=rate, output="sos"), mono)
    pcm = (np.clip(mono, -1, 1) * 32767).astype(np.int16)
    return g711.decode(g711.encode(pcm)) if telephone else pcm


def normal(text: str) -> str:
    """Simplified, numerals in figures, no punctuation, lower case."""
    return re.sub(r"[\W_]+", "", every(simplify(text))).lower()


def distance(a: str, b: str) -> int:
    """Edits between two texts."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]
