"""What FreeSWITCH's mod_audio_stream sends: JSON metadata, then raw binary audio."""

import asyncio
import json
import re
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import soxr

from telephony import g711
from telephony.base import RATE, BadAudio, CallInfo, Chunk, Leg, NoTransfer, Pcm, TelephonyError, no_exchange

LARGEST = 64 * 1024
WAITING = 60 * RATE
SAFE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
NUMBER = re.compile(r"[0-9*#+-]{1,32}")
WHO = ("call_id", "calling_number", "called_number")
EXAMPLE = '{"call_id":"…","calling_number":"…","format":"L16","rate":8000,"channels":2}'
Send = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """encoding: "L16" (little-endian) or "PCMA"; rate in Hz; channels: 1, or 2 = citizen, agent interleaved."""

    encoding: str = "L16"
    rate: int = RATE
    channels: int = 1

    @property
    def frame(self) -> int:
        """Bytes of one sample of all channels."""
        return self.channels * (2 if self.encoding == "L16" else 1)


def parse_metadata(text: str, url: Mapping[str, str] | None = None) -> tuple[dict[str, str], AudioFormat]:
    """The first text frame: who calls (call_id, calling_number, called_number) and the audio's format.

    url: the same from the address, for an exchange whose metadata says nothing of it; the frame wins.
    Raises TelephonyError.
    """
    body = {**(url or {}), **_object(text)}
    encoding = str(body.get("format", "L16")).upper()
    rate, channels = _whole(body.get("rate", body.get("sampleRate", RATE))), _whole(body.get("channels", 1))
    if encoding not in ("L16", "PCMA") or rate not in (8000, 16000) or channels not in (1, 2):
        raise BadAudio("音频格式不支持；可用：format 为 L16 或 PCMA，rate 为 8000 或 16000，channels 为 1 或 2")
    if encoding == "PCMA" and rate != RATE:
        raise BadAudio("A 律（PCMA）只支持 8000 Hz")
    who = {key: str(body[key]).strip() for key in WHO if body.get(key)}
    if "call_id" in who and not SAFE.fullmatch(who["call_id"]):
        raise TelephonyError("call_id 只能用字母、数字、点、横线和下划线，最多 64 个字符")
    for key in WHO[1:]:
        if key in who and not NUMBER.fullmatch(who[key]):
            raise TelephonyError(f"{key} 只能是电话号码：数字、加号、横线、星号和井号，最多 32 个字符")
    return who, AudioFormat(encoding, rate, channels)


def check_event(text: str) -> None:
    """A text frame in mid-call, such as a pressed key: tolerated when it is a JSON object, else TelephonyError."""
    try:
        _object(text)
    except TelephonyError:
        raise TelephonyError("这里应当是音频（二进制帧）或 JSON 事件，收到的却是别的文本") from None


def _object(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text) if len(text) <= LARGEST else None
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise TelephonyError(f"第一帧要是说明音频格式的 JSON 对象，例如 {EXAMPLE}")
    return body


def _whole(value: object) -> int:
    """A whole number, also as text, as a dialplan gives it; 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not re.fullmatch(r"\d{1,6}k?", str(value)):
        return 0
    text = str(value)
    return int(text[:-1]) * 1000 if text.endswith("k") else int(text)


class WebSocketLine:
    """A Line that is fed by the edge. Bytes that do not fill a sample wait for the next frame.

    Before the call is taken the newest minute of audio is kept, afterwards a sender that is too fast is held up.
    send: takes a text for the exchange; None where there is none.
    """

    def __init__(self, info: CallInfo, form: AudioFormat, send: Send | None = None) -> None:
        self.info, self._form, self._send = info, form, send
        self._rest = b""
        self._came = self._waiting = 0
        self._blocks: deque[tuple[int, Pcm]] = deque()
        self._reading = False
        self._changed = asyncio.Condition()
        self.over = asyncio.Event()
        self._resamplers = [
            soxr.ResampleStream(form.rate, RATE, 1, dtype="int16", quality="QQ") for _ in range(form.channels)
        ]

    async def feed(self, data: bytes) -> None:
        """One binary frame; returns when there is room for the next. Raises BadAudio when it is too large."""
        if self.over.is_set():
            return
        if len(data) > LARGEST:
            raise BadAudio(f"一帧音频最多 {LARGEST // 1024} KiB，请按 20 到 100 毫秒分帧发送")
        data = self._rest + data
        whole = len(data) - len(data) % self._form.frame
        self._rest = data[whole:]
        if not whole:
            return
        block = self._decode(data[:whole])
        async with self._changed:
            await self._changed.wait_for(self._room)
            self._blocks.append((self._came, block))
            self._came += len(block)
            self._waiting += len(block)
            while not self._reading and self._waiting > WAITING and len(self._blocks) > 1:
                self._waiting -= len(self._blocks.popleft()[1])
            self._changed.notify_all()

    async def hangup(self) -> None:
        """The other side is gone; what came is still read."""
        async with self._changed:
            self.over.set()
            self._changed.notify_all()

    async def close(self) -> None:
        """Hang up from our side."""
        await self.hangup()

    async def transfer(self, to: str) -> None:
        """Tell the exchange; it ends this stream by itself. Raises NoTransfer."""
        if self._send is None:
            raise no_exchange(to)
        if self.over.is_set():
            raise NoTransfer(f"来电人已经挂断，没有转到 {to}；需要时请回拨来电号码")
        await self._send(json.dumps({"type": "transfer", "to": to}))

    async def __aiter__(self) -> AsyncIterator[Chunk]:
        legs: tuple[Leg, Leg] = ("citizen", "agent")
        self._reading = True
        while (found := await self._next()) is not None:
            first, block = found
            for column in range(self._form.channels):
                yield Chunk(legs[column], first / RATE, block[:, column])

    async def _next(self) -> tuple[int, Pcm] | None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._blocks or self.over.is_set())
            if not self._blocks:
                return None
            first, block = self._blocks.popleft()
            self._waiting -= len(block)
            self._changed.notify_all()
            return first, block

    def _room(self) -> bool:
        return self.over.is_set() or not self._reading or self._waiting <= WAITING

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
