"""Streams for engines that decode sound as it comes: an ear hears a leg and says where an utterance ends."""

import asyncio
import bisect
import threading
import weakref
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from asr.base import RATE, Leg, Lexicon, Pcm, Utterance
from asr.finish import Finisher
from asr.pool import Pool
from asr.text import simplify

BLOCK = RATE // 5
BEHIND = 2 * RATE
LOST = 0.1
BRIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Said:
    """What an ear makes of the sound so far: the best text first. start, end: seconds of sound that it was given."""

    hypotheses: tuple[str, ...]
    start: float
    end: float
    final: bool


class Ear(Protocol):
    """One leg's decoder; one thread at a time uses it."""

    def hear(self, pcm: Pcm, draft: bool) -> Said | None:
        """Take int16 mono 8 kHz. A final when an utterance ended within it; else, if wanted, a draft."""

    def rest(self) -> Said | None:
        """No more sound: the final still owed."""


class Clock:
    """Turns seconds of sound that were heard into seconds of the call, over gaps where sound was lost."""

    def __init__(self) -> None:
        self.heard = 0
        self._from: list[float] = []
        self._to: list[float] = []

    def gap(self, at: float) -> float:
        """Seconds of the call that are missing before sound that begins at `at`."""
        return at - self.at(self.heard / RATE) if self._from else 0.0

    def take(self, samples: int, at: float) -> None:
        """Samples whose first is at second `at` of the call are about to be heard."""
        if not self._from or abs(self.gap(at)) > LOST:
            self._from.append(self.heard / RATE)
            self._to.append(at)
        self.heard += samples

    def at(self, second: float) -> float:
        """The second of the call at which the given second of heard sound was spoken."""
        piece = max(0, bisect.bisect_right(self._from, second + 1e-6) - 1)
        return self._to[piece] + second - self._from[piece]


class StreamingStream:
    """One leg. Its sound is heard in order, by one worker at a time; `push` only puts it in line.

    What waits is the leg's own sound and one job in the pool, however far behind the ear is; it then makes no drafts.
    """

    def __init__(self, leg: Leg, ear: Ear, pool: Pool, finisher: Finisher) -> None:
        self._leg, self._ear, self._pool, self._finisher = leg, ear, pool, finisher
        self._rank = 0 if leg == "citizen" else 1
        self._loop = asyncio.get_running_loop()
        self._out: asyncio.Queue[Utterance | None] = asyncio.Queue()
        self._lock = threading.Lock()
        self._waiting: deque[Pcm] = deque()
        self._samples = 0
        self._clock = Clock()
        self._busy = self._ended = False
        self._said = 0
        self._draft = ""
        self._until = 0.0

    def push(self, pcm: Pcm, at: float) -> None:
        """Take samples; see Stream."""
        if not len(pcm) or self._ended:
            return
        with self._lock:
            missing = min(self._clock.gap(at), BRIDGE)
            if missing > LOST:
                self._line_up(np.zeros(int(missing * RATE), np.int16), at - missing)
            self._line_up(pcm, at)
            due = self._samples >= BLOCK and not self._busy
            self._busy |= due
        if due:
            self._pool.submit(self._rank, self._work)

    async def end(self) -> None:
        """Hear what waits and say what is owed; see Stream."""
        with self._lock:
            due = not self._ended and not self._busy
            self._busy |= due
            self._ended = True
        if due:
            self._pool.submit(self._rank, self._work)

    async def __aiter__(self) -> AsyncIterator[Utterance]:
        while (utterance := await self._out.get()) is not None:
            yield utterance

    def _line_up(self, pcm: Pcm, at: float) -> None:
        self._clock.take(len(pcm), at)
        self._waiting.append(pcm)
        self._samples += len(pcm)

    def _work(self) -> None:
        """Hear a block, then go to the end of the line, so that no leg holds a worker while others wait."""
        pcm, behind, last = self._next()
        try:
            self._hear(pcm, draft=not behind and not last)
            if last and (said := self._ear.rest()):
                self._say(said)
        finally:
            with self._lock:
                again = not last and (self._samples >= BLOCK or self._ended)
                self._busy = again
            if last:
                self._loop.call_soon_threadsafe(self._out.put_nowait, None)
            elif again:
                self._pool.submit(self._rank, self._work)

    def _next(self) -> tuple[Pcm, bool, bool]:
        """At most BEHIND samples; whether more than that waits; whether these are the last."""
        now, room = [np.zeros(0, np.int16)], BEHIND
        with self._lock:
            while self._waiting and room:
                pcm = self._waiting.popleft()
                now.append(pcm[:room])
                if len(pcm) > room:
                    self._waiting.appendleft(pcm[room:])
                room -= len(now[-1])
            self._samples -= BEHIND - room
            return np.concatenate(now), self._samples > 0, self._ended and not self._samples

    def _hear(self, pcm: Pcm, draft: bool) -> None:
        for begin in range(0, len(pcm), BLOCK):
            more = begin + BLOCK < len(pcm)
            if said := self._ear.hear(pcm[begin : begin + BLOCK], draft and not more):
                self._say(said)

    def _say(self, said: Said) -> None:
        if not said.hypotheses or not said.final and said.hypotheses[0] == self._draft:
            return
        utterance = self._utterance(said)
        self._draft = "" if said.final else said.hypotheses[0]
        self._said += said.final
        self._loop.call_soon_threadsafe(self._out.put_nowait, utterance)

    def _utterance(self, said: Said) -> Utterance:
        name = f"{self._leg[0]}{self._said + 1}"
        with self._lock:
            start, end = self._clock.at(said.start), self._clock.at(said.end)
        start = max(start, self._until)
        end = max(end, start)
        if not said.final:
            text = simplify(said.hypotheses[0])
            return Utterance(name, self._leg, start, end, text, text, False)
        self._until = end
        text, raw, marks = self._finisher.final(said.hypotheses)
        return Utterance(name, self._leg, start, end, text, raw, True, marks)


class StreamingEngine:
    """What engines of ears share: the workers, the finishing step, and the legs to end when they close."""

    def __init__(self, lexicon: Lexicon, workers: int) -> None:
        self._pool = Pool(workers)
        self._finisher = Finisher(lexicon)
        self._legs: weakref.WeakSet[StreamingStream] = weakref.WeakSet()

    def open(self, leg: Leg, ear: Ear) -> StreamingStream:
        """A leg with its ear; call it with a running loop."""
        stream = StreamingStream(leg, ear, self._pool, self._finisher)
        self._legs.add(stream)
        return stream

    async def idle(self) -> None:
        """See Recognizer."""
        await asyncio.to_thread(self._pool.drain)

    async def close(self) -> None:
        """End the legs still open, hear what waits, stop the workers."""
        for stream in list(self._legs):
            await stream.end()
        await asyncio.to_thread(self._pool.close)
