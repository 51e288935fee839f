"""What FreeSWITCH's mod_audio_stream sends: JSON metadata, then raw binary audio."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import numpy as np
import soxr

from telephony import g711
from telephony.base import RATE, BadAudio, CallInfo, Chunk, Leg, Pcm, TelephonyError

LARGEST = 64 * 1024
WAITING = 600
SAFE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """encoding: "L16" (little-endian) or "PCMA"; rate in Hz; channels: 1, or 2 = citizen, agent interleaved."""

    encoding: str = "L16"
    rate: int = 8000
    channels: int = 1

    @property
    def frame(self) -> int:
        """Bytes of one sample of all channels."""
        return self.channels * (2 if self.encoding == "L16" else 1)


def parse_metadata(text: str) -> tuple[dict[str, str], AudioFormat]:
    """The first text frame: who calls (call_id, calling_number, called_number) and the audio's format."""
    try:
        body = json.loads(text) if len(text) <= LARGEST else None
    except (json.JSONDecodeError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise TelephonyError('第一帧要是 JSON 对象，例如 {"format":"L16","rate":8000,"channels":2}')
    encoding = str(body.get("format", "L16")).upper()
    rate, channels = body.get("rate", body.get("sampleRate", 8000)), body.get("channels", 1)
    if encoding not in ("L16", "PCMA") or rate not in (8000, 16000) or channels not in (1, 2):
        raise BadAudio("音频格式不支持；可用：format 为 L16 或 PCMA，rate 为 8000 或 16000，channels 为 1 或 2")
    if encoding == "PCMA" and rate != RATE:
        raise BadAudio("A 律（PCMA）只支持 8000 Hz")
    who = {key: str(body[key])[:64] for key in ("call_id", "calling_number", "called_number") if body.get(key)}
    if "call_id" in who and not SAFE.fullmatch(who["call_id"]):
        raise TelephonyError("call_id 只能用字母、数字、点、横线和下划线，最多 64 个字符")
    return who, AudioFormat(encoding, int(rate), int(channels))


class WebSocketLine:
    """A Line that is fed by the edge. Bytes that do not fill a sample wait for the next frame."""

    def __init__(self, info: CallInfo, form: AudioFormat) -> None:
        self.info, self._form = info, form
        self._rest = b""
        self._at = 0
        self._queue: asyncio.Queue[Pcm | None] = asyncio.Queue()
        self._open = True
        self._resamplers = [
            soxr.ResampleStream(form.rate, RATE, 1, dtype="int16", quality="QQ") for _ in range(form.channels)
        ]

    def feed(self, data: bytes) -> None:
        """One binary frame. Raises BadAudio when it is too large or comes much faster than it is read."""
        if not self._open:
            return
        if len(data) > LARGEST:
            raise BadAudio(f"一帧音频最多 {LARGEST // 1024} KiB，请按 20 到 100 毫秒分帧发送")
        if self._queue.qsize() >= WAITING:
            raise BadAudio("音频来得太快，处理不过来；请按实时速度发送")
        data = self._rest + data
        whole = len(data) - len(data) % self._form.frame
        self._rest = data[whole:]
        if whole:
            self._queue.put_nowait(self._decode(data[:whole]))

    def hangup(self) -> None:
        """The other side is gone."""
        self._open = False
        self._queue.put_nowait(None)

    async def close(self) -> None:
        """Hang up from our side."""
        self.hangup()

    async def __aiter__(self) -> AsyncIterator[Chunk]:
        legs: tuple[Leg, Leg] = ("citizen", "agent")
        while (block := await self._queue.get()) is not None:
            at = self._at / RATE
            self._at += len(block)
            for column in range(self._form.channels):
                yield Chunk(legs[column], at, block[:, column])

    def _decode(self, data: bytes) -> Pcm:
        flat = g711.decode(data) if self._form.encoding == "PCMA" else np.frombuffer(data, "<i2").astype(np.int16)
        block = flat.reshape(-1, self._form.channels)
        if self._form.rate == RATE:
            return block
        columns = [
            stream.resample_chunk(np.ascontiguousarray(block[:, column]))
            for column, stream in enumerate(self._resamplers)
        ]
        return np.column_stack(columns)
