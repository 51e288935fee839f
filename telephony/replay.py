"""A WAV file as a call, in real time or faster."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import numpy as np
import soundfile
import soxr

from telephony.base import RATE, BadAudio, CallInfo, Chunk, Leg, Pcm, no_exchange

STEP = 0.1
LONGEST = 4 * 3600


def read(path: Path) -> Pcm:
    """Samples (n, 2) at 8 kHz: citizen, agent. A mono file is the citizen alone. Raises BadAudio."""
    try:
        info = soundfile.info(str(path))
        if info.channels > 2 or info.samplerate not in (8000, 16000):
            raise BadAudio(f"{path.name}：只支持 8 或 16 kHz、单声道或双声道的 WAV（PCM 或 A 律）")
        if info.frames == 0 or info.duration > LONGEST:
            raise BadAudio(f"{path.name}：录音是空的，或超过 {LONGEST // 3600} 小时")
        samples, rate = soundfile.read(str(path), dtype="int16", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise BadAudio(f"{path.name} 读不出来，请确认是 WAV 录音文件") from error
    if rate != RATE:
        samples = soxr.resample(samples, rate, RATE)
    legs = samples if samples.shape[1] == 2 else np.column_stack([samples[:, 0], np.zeros_like(samples[:, 0])])
    return np.ascontiguousarray(legs, dtype=np.int16)


class Replay:
    """A Line that plays a file. speed: 1 in real time, `math.inf` at once. sleep: for tests with virtual time."""

    def __init__(
        self,
        path: Path,
        info: CallInfo,
        speed: float = 1.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.info = info
        self._legs = read(path)
        self._speed, self._sleep, self._open = speed, sleep, True

    async def __aiter__(self) -> AsyncIterator[Chunk]:
        loop = asyncio.get_running_loop()
        began, step = loop.time(), int(STEP * RATE)
        legs: tuple[Leg, Leg] = ("citizen", "agent")
        for first in range(0, len(self._legs), step):
            if not self._open:
                return
            block = self._legs[first : first + step]
            due = 0.0 if math.isinf(self._speed) else began + (first + len(block)) / RATE / self._speed - loop.time()
            await self._sleep(max(0.0, due))
            for column, leg in enumerate(legs):
                yield Chunk(leg, first / RATE, block[:, column])

    async def close(self) -> None:
        """Hang up."""
        self._open = False

    async def transfer(self, to: str) -> None:
        """A recording has nobody to connect."""
        raise no_exchange(to)
