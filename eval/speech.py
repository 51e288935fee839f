"""Character error rate, cost and memory of a speech engine over recordings with transcripts."""

import argparse
import asyncio
import csv
import json
import re
import resource
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr
from rich.console import Console
from rich.progress import track
from scipy.signal import butter, sosfilt

from asr import registry, weights
from asr.base import Pcm, Stream, Utterance
from asr.text import digits, simplify
from copilot import parts
from copilot.settings import Settings
from telephony import g711

RATE = 8000


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `python -m eval speech`."""
    parser.add_argument("file", type=Path, help="TSV with the columns file and text; paths beside the TSV")
    parser.add_argument("--telephone", action="store_true", help="apply 300-3400 Hz and A-law")
    parser.add_argument("--engine", default="whisper", choices=tuple(registry.ENGINES))
    parser.add_argument("--no-repair", action="store_true", help="score the raw text")
    parser.add_argument("--limit", type=int, default=0, help="only the first N")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure; 2 when the file cannot be read."""
    out = Console()
    try:
        with options.file.open(encoding="utf8") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        rows = rows[: options.limit or None]
        pairs = [(read(options.file.parent / row["file"], options.telephone), row["text"]) for row in rows]
    except (OSError, KeyError, soundfile.LibsndfileError) as error:
        out.print(f"[red]{options.file} cannot be read: {error}[/red]")
        return 2
    figures = asyncio.run(measure(pairs, options.engine, options.no_repair))
    out.print_json(json.dumps(figures))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), "utf8")
    return 0


async def measure(pairs: list[tuple[Pcm, str]], engine: str, raw: bool) -> dict[str, float]:
    """Every recording through a stream of its own, the full second of silence behind it included."""
    settings = Settings()
    if engine == "whisper":
        weights.install("whisper-base", settings.models)
    recognizer = registry.create(engine, settings.models, parts.shipped_lexicon(), 1)
    wrong = total = 0
    seconds, began = 0.0, time.process_time()
    for pcm, text in track(pairs, "recognising"):
        heard = await hear(recognizer.stream("citizen"), pcm)
        said = normal("".join(u.raw if raw else u.text for u in heard))
        wrong += distance(normal(text), said)
        total += len(normal(text))
        seconds += len(pcm) / RATE
    cost = time.process_time() - began
    await recognizer.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "recordings": len(pairs),
        "characters": total,
        "cer": round(wrong / max(1, total), 4),
        "rtf_cpu": round(cost / max(seconds, 1e-9), 3),
        "cpu_s_per_recording": round(cost / max(1, len(pairs)), 2),
        "peak_mb": round(peak),
    }


async def hear(stream: Stream, pcm: Pcm) -> list[Utterance]:
    """The finals of one leg, in order."""
    stream.push(np.concatenate([pcm, np.zeros(RATE, np.int16)]), 0.0)
    await stream.end()
    return sorted([u async for u in stream if u.final], key=lambda u: u.start)


def read(path: Path, telephone: bool) -> Pcm:
    """int16 mono at 8 kHz, what the pipeline hears; telephone: through 300-3400 Hz and A-law."""
    samples, rate = soundfile.read(str(path), dtype="float32", always_2d=True)
    mono: npt.NDArray[np.float32] = soxr.resample(samples[:, 0], rate, RATE)
    if not telephone:
        return (np.clip(mono, -1, 1) * 32767).astype(np.int16)
    band = sosfilt(butter(4, [300, 3400], "bandpass", fs=RATE, output="sos"), mono)
    return g711.decode(g711.encode((np.clip(band, -1, 1) * 32767).astype(np.int16)))


def normal(text: str) -> str:
    """Simplified, digits as digits, no punctuation, lower case."""
    return re.sub(r"[\W_]+", "", digits(simplify(text))).lower()


def distance(a: str, b: str) -> int:
    """Edits between two texts."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]
