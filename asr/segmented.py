"""Streams for engines that decode whole segments: drafts while speech goes on, a final when it ends."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from asr.base import RATE, AsrError, Leg, Mark, Pcm, Utterance
from asr.finish import Finisher
from asr.hypothesis import Hypothesis
from asr.pool import Pool
from asr.text import simplify
from asr.vad import Segment, Segmenter

DRAFT_EVERY = 1.0
SHORTEST = 0.25
BEHIND = 2
FINALS = 2
log = logging.getLogger(__name__)
Said = Utterance | Exception | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a decoder makes of a segment: the best text first. Empty when it was no speech."""

    hypotheses: tuple[Hypothesis, ...]


class Decoder(Protocol):
    """Decodes int16 mono. quick: a draft, or when behind; thread-safe."""

    def decode(self, pcm: Pcm, rate: int, quick: bool) -> Heard: ...


class SegmentedStream:
    """One leg. All decoding happens in the pool; `push` costs microseconds."""

    def __init__(self, leg: Leg, decoder: Decoder, pool: Pool, finisher: Finisher, rate: int = RATE) -> None:
        self._leg, self._decoder, self._pool, self._finisher = leg, decoder, pool, finisher
        self._loop = asyncio.get_running_loop()
        self._segmenter = Segmenter(rate)
        self._out: asyncio.Queue[Said] = asyncio.Queue()
        self._owed = 0
        self._drafting = self._ended = self._closed = False
        self._rank = 0 if leg == "citizen" else 1
        self._final: set[int] = set()
        self._due: deque[int] = deque()
        self._done: dict[int, Said] = {}

    def push(self, pcm: Pcm, at: float) -> None:
        """Take samples; see Stream."""
        if self._ended:
            return
        for segment in self._segmenter.push(pcm, at):
            self._finish(segment)
        current = self._segmenter.current
        if current and not self._drafting and current.seconds - current.decoded >= DRAFT_EVERY:
            if self._pool.waiting(FINALS) == 0:
                self._drafting, current.decoded = True, current.seconds
                self._submit(FINALS + self._rank, current, final=False)

    async def end(self) -> None:
        """Close what is open; see Stream."""
        if last := self._segmenter.end():
            self._finish(last)
        self._ended = True
        self._close_if_done()

    async def __aiter__(self) -> AsyncIterator[Utterance]:
        while (said := await self._out.get()) is not None:
            if isinstance(said, Exception):
                raise AsrError("有一句话没有听成，语音引擎出错") from said
            yield said

    def _finish(self, segment: Segment) -> None:
        if segment.seconds < SHORTEST:
            return
        self._owed += 1
        self._due.append(segment.number)
        self._submit(self._rank, segment, final=True)

    def _submit(self, priority: int, segment: Segment, final: bool) -> None:
        samples = segment.pcm
        self._pool.submit(priority, lambda: self._decode(segment, samples, final))

    def _decode(self, segment: Segment, samples: Pcm, final: bool) -> None:
        said: Said = None
        try:
            waiting = self._pool.waiting(FINALS)
            if final or not (waiting or segment.closed):
                heard = self._decoder.decode(samples, segment.rate, quick=not final or waiting >= BEHIND)
                if heard.hypotheses:
                    seconds = len(samples) / segment.rate - (segment.quiet if final else 0)
                    said = self._utterance(segment, seconds, heard, final)
        except Exception as error:
            log.exception("decode failed")
            said = error
        self._loop.call_soon_threadsafe(self._deliver, segment.number, said, final)

    def _utterance(self, segment: Segment, seconds: float, heard: Heard, final: bool) -> Utterance:
        text = raw = simplify(heard.hypotheses[0].text)
        marks: tuple[Mark, ...] = ()
        if final:
            text, raw, marks = self._finisher.final(heard.hypotheses)
        name = f"{self._leg[0]}{segment.number}"
        return Utterance(name, self._leg, segment.start, segment.start + seconds, text, raw, final, marks)

    def _deliver(self, number: int, said: Said, final: bool) -> None:
        if final:
            self._owed -= 1
            self._final.add(number)
            self._done[number] = said
            while self._due and self._due[0] in self._done:  # finals come in the order in which they were said
                self._say(self._done.pop(self._due.popleft()))
        else:
            self._drafting = False
            if number not in self._final:
                self._say(said)
        self._close_if_done()

    def _say(self, said: Said) -> None:
        if said is not None:
            self._out.put_nowait(said)

    def _close_if_done(self) -> None:
        if self._ended and not self._closed and self._owed == 0:
            self._closed = True
            self._out.put_nowait(None)
