"""What was heard of a call, kept while it is heard: a file of int16 samples at 8 kHz for each leg."""

import asyncio
import io
import logging
import wave
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from asr.base import Leg, Pcm

log = logging.getLogger(__name__)
RATE = 8000
LEGS: tuple[Leg, Leg] = ("citizen", "agent")


def path(data: Path, call: str, leg: Leg) -> Path:
    """Where a leg is kept."""
    return data / "recordings" / f"{call}.{leg}.pcm"


def seconds(data: Path, call: str) -> float:
    """How long the longer leg of a call is; 0 when there is none."""
    files = [path(data, call, leg) for leg in LEGS]
    return max((file.stat().st_size / 2 / RATE for file in files if file.exists()), default=0.0)


class Recording:
    """Both legs of one call, open for writing. A disk that fails costs the recording, never the call."""

    def __init__(self, data: Path, call: str) -> None:
        self._paths = {leg: path(data, call, leg) for leg in LEGS}
        self._files: dict[Leg, BinaryIO] = {}
        self._stack = ExitStack()
        self.failed = False

    def __enter__(self) -> "Recording":
        try:
            for leg, file in self._paths.items():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.touch()
                self._files[leg] = self._stack.enter_context(file.open("r+b", buffering=0))
        except OSError:
            self._fail()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def write(self, leg: Leg, at: float, pcm: Pcm) -> None:
        """Keep samples from second `at` on; what lies between stays silent."""
        if self.failed:
            return
        try:
            self._files[leg].seek(round(at * RATE) * 2)
            self._files[leg].write(pcm.astype("<i2").tobytes())
        except OSError:
            self._fail()

    def _fail(self) -> None:
        log.exception("recording failed")
        self.failed = True


async def cut(data: Path, call: str, leg: Leg, start: float, end: float) -> bytes:
    """A stretch of a leg as a WAV file; seconds of the call. Raises FileNotFoundError."""
    return await asyncio.to_thread(_cut, path(data, call, leg), int(start * RATE), int(end * RATE))


def _cut(file: Path, first: int, last: int) -> bytes:
    with file.open("rb") as source:
        source.seek(first * 2)
        pcm = source.read(max(0, last - first) * 2)
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(RATE)
        target.writeframes(pcm[: len(pcm) // 2 * 2])
    return out.getvalue()
