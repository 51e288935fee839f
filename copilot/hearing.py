"""One leg's hearing over a whole call: what an engine fails at is passed over, a broken one is opened again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace

from asr.base import RATE, Leg, Pcm, Recognizer, Stream, Utterance

log = logging.getLogger(__name__)
RETRY = 5.0
SLOWEST_RETRY = 60.0
OWED = 10.0
FAILURES = 10  # in a row: a few utterances with their drafts


class Ear:
    """Feeds a leg's audio to the engine and hands on what it hears.

    Numbers and times go on over it all. heard: takes each utterance. well: told True when the engine hears, False when
    it failed. said: number of the leg's last utterance before; since: second of the call at which this line's own clock
    starts.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        leg: Leg,
        heard: Callable[[Utterance], Awaitable[None]],
        well: Callable[[bool], Awaitable[None]],
        said: int = 0,
        since: float = 0.0,
    ) -> None:
        self._recognizer, self._leg, self._heard, self._well = recognizer, leg, heard, well
        self._said, self._since = said, since
        self._stream: Stream | None = None
        self._reader: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._now = self._again = 0.0
        self._pause = RETRY

    def push(self, pcm: Pcm, at: float) -> None:
        """Int16 mono samples at 8 kHz; at: second of the line. Never raises."""
        self._now = at + len(pcm) / RATE
        try:
            stream = self._stream or (self._open() if at >= self._again else None)
            if stream is not None:
                stream.push(pcm, at)
        except Exception:
            self._broke()

    async def end(self) -> None:
        """Waits until all that was heard is handed on."""
        if self._stream is not None:
            try:
                await self._stream.end()
            except Exception:
                self._broke()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _open(self) -> Stream:
        self._stream = self._recognizer.stream(self._leg)
        self._reader = self._run(self._read(self._stream, self._reader))
        return self._stream

    def _broke(self) -> None:
        log.exception("speech failed", extra={"leg": self._leg})
        if self._stream is not None and self._reader is not None:
            self._run(_let_go(self._stream, self._reader))
        self._stream = None
        self._again, self._pause = self._now + self._pause, min(self._pause * 2, SLOWEST_RETRY)
        self._run(self._tell(False))

    def _run(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.append(task)
        return task

    async def _tell(self, well: bool) -> None:
        await self._well(well)

    async def _read(self, stream: Stream, last: asyncio.Task[None] | None) -> None:
        if last is not None:
            await asyncio.wait((last,))  # numbers go on behind the last of what the broken stream still owed
        before, failures = self._said, 0
        while failures < FAILURES:
            try:
                async for utterance in stream:
                    failures, self._pause = 0, RETRY
                    await self._hand_on(utterance, int(utterance.id[1:]) + before)
                return
            except Exception:
                failures += 1
                log.exception("an utterance failed", extra={"leg": self._leg})
                await self._well(False)  # and on with the stream: what it heard behind that is owed still
        if stream is self._stream:
            self._broke()

    async def _hand_on(self, utterance: Utterance, number: int) -> None:
        self._said = max(self._said, number)
        await self._well(True)
        try:
            await self._heard(self._moved(utterance, number))
        except Exception:
            log.exception("what was heard was not used", extra={"leg": self._leg})

    def _moved(self, utterance: Utterance, number: int) -> Utterance:
        start, end = utterance.start + self._since, utterance.end + self._since
        return replace(utterance, id=f"{self._leg[0]}{number}", start=start, end=end)


async def _let_go(stream: Stream, reader: asyncio.Task[None]) -> None:
    """A stream that broke may still owe finals; one that does not even end is left."""
    try:
        await asyncio.wait_for(stream.end(), OWED)
        await asyncio.wait((reader,), timeout=OWED)
    except Exception:
        log.exception("speech did not end")
    finally:
        reader.cancel()
