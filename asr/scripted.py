"""Hears what it is told, when it is told: for tests, demos and the UI."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

from asr.base import RATE, Capabilities, Leg, Pcm, Utterance

Script = Mapping[Leg, Sequence[tuple[float, float, str]]]


class ScriptedStream:
    """Emits each line of the script as soon as audio up to its end was pushed."""

    def __init__(self, leg: Leg, lines: Sequence[tuple[float, float, str]]) -> None:
        self._leg, self._lines = leg, list(lines)
        self._out: asyncio.Queue[Utterance | None] = asyncio.Queue()
        self._said = 0

    def push(self, pcm: Pcm, at: float) -> None:
        """Take samples; see Stream."""
        self._say(at + len(pcm) / RATE)

    async def end(self) -> None:
        """What has begun is said, the rest is not."""
        self._out.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[Utterance]:
        while (utterance := await self._out.get()) is not None:
            yield utterance

    def _say(self, now: float) -> None:
        while self._said < len(self._lines) and self._lines[self._said][1] <= now:
            start, end, text = self._lines[self._said]
            self._said += 1
            self._out.put_nowait(Utterance(f"{self._leg[0]}{self._said}", self._leg, start, end, text, text, True))


class ScriptedRecognizer:
    """An engine without ears."""

    name = "scripted"
    capabilities = Capabilities(streaming=True, drafts=False, hypotheses=False)

    def __init__(self, script: Script) -> None:
        self._script = script

    def stream(self, leg: Leg) -> ScriptedStream:
        """Open a leg."""
        return ScriptedStream(leg, self._script.get(leg, ()))

    async def close(self) -> None:
        """Nothing to stop."""
