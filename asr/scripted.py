"""Hears what it is told, when it is told: for tests, demos and the UI."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

from asr.base import RATE, AsrError, Capabilities, Leg, Lexicon, Pcm, Utterance

Script = Mapping[Leg, Sequence[tuple[float, float, str]]]
DRAFT_EVERY = 1.0


class ScriptedStream:
    """Emits each line of the script as audio up to its end is pushed, and drafts of it a second apart before."""

    def __init__(self, leg: Leg, lines: Sequence[tuple[float, float, str]]) -> None:
        self._leg, self._lines = leg, list(lines)
        self._out: asyncio.Queue[Utterance | None] = asyncio.Queue()
        self._said = 0
        self._drafted = 0.0
        self._ended = False

    def push(self, pcm: Pcm, at: float) -> None:
        """Take samples; see Stream."""
        if not self._ended:
            self._say(at + len(pcm) / RATE)

    async def end(self) -> None:
        """What was said to its end is out, the rest is not said."""
        if not self._ended:
            self._ended = True
            self._out.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[Utterance]:
        while (utterance := await self._out.get()) is not None:
            yield utterance

    def _say(self, now: float) -> None:
        while self._said < len(self._lines) and self._lines[self._said][1] <= now:
            start, end, text = self._lines[self._said]
            self._put(start, end, text, True)
            self._said += 1
        if self._said < len(self._lines):
            self._draft(now, *self._lines[self._said])

    def _draft(self, now: float, start: float, end: float, text: str) -> None:
        """As much of a line's text as its time that has passed."""
        spoken = text[: int(len(text) * (now - start) / (end - start))] if now > start else ""
        if spoken and now - max(self._drafted, start) >= DRAFT_EVERY:
            self._drafted = now
            self._put(start, now, spoken, False)

    def _put(self, start: float, end: float, text: str, final: bool) -> None:
        name = f"{self._leg[0]}{self._said + 1}"
        self._out.put_nowait(Utterance(name, self._leg, start, end, text, text, final))


class ScriptedRecognizer:
    """An engine without ears: what the script says is taken as said, unrepaired."""

    name = "scripted"
    capabilities = Capabilities(streaming=True, drafts=True, hypotheses=False)

    def __init__(self, script: Script) -> None:
        self._script = script
        self._legs: list[ScriptedStream] = []

    def stream(self, leg: Leg) -> ScriptedStream:
        """Open a leg."""
        self._legs.append(ScriptedStream(leg, self._script.get(leg, ())))
        return self._legs[-1]

    async def idle(self) -> None:
        """Never behind."""

    async def close(self) -> None:
        """End the legs still open."""
        for leg in self._legs:
            await leg.end()


def from_file(models: Path, lexicon: Lexicon, workers: int, file: str = "") -> ScriptedRecognizer:
    """An engine that hears a JSON file `{"citizen": [[start, end, text], …], "agent": […]}`, seconds of every call.

    Without a file it hears nothing. Raises AsrError.
    """
    if not file:
        return ScriptedRecognizer({})
    try:
        legs = json.loads(Path(file).read_text("utf8"))
        script: Script = {
            leg: [(float(start), float(end), str(text)) for start, end, text in legs.get(leg, [])]
            for leg in ("citizen", "agent")
        }
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise AsrError(
            f'语音脚本 {file} 读不出来：{error}；应为 {{"citizen": [[起, 止, "话"], …], "agent": […]}}'
        ) from error
    if any(not start < end for lines in script.values() for start, end, _ in lines):
        raise AsrError(f"语音脚本 {file} 里有一句的止不晚于起；请改正")
    return ScriptedRecognizer(script)
