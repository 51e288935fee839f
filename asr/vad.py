"""Where speech is, on one leg."""

from dataclasses import dataclass, field

import numpy as np
import webrtcvad

from asr.base import RATE, Pcm

FRAMES = 50  # a second
OPEN_FRAMES, OPEN_OF = 4, 6
SILENCE = 0.6
PRE_ROLL = 0.2
LONGEST = 20.0
FAINT = 200
LOST = 0.3


@dataclass
class Segment:
    """A stretch of speech. start: seconds of the call; rate: samples a second; they grow until it is closed.

    decoded: how many seconds a draft was made of; quiet: seconds without speech at its end.
    """

    number: int
    start: float
    rate: int = RATE
    blocks: list[Pcm] = field(default_factory=list)
    closed: bool = False
    decoded: float = 0.0
    quiet: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it is so far."""
        return sum(map(len, self.blocks)) / self.rate

    @property
    def pcm(self) -> Pcm:
        """All samples so far."""
        return np.concatenate(self.blocks)


class Segmenter:
    """Cuts a leg into segments: opened by speech, closed by 0.6 s of silence or after 20 s."""

    def __init__(self, rate: int = RATE) -> None:
        """rate: 8000 or 16000 samples a second."""
        self._rate, self._frame = rate, rate // FRAMES
        self._vad = webrtcvad.Vad(2)
        self._rest = np.zeros(0, np.int16)
        self._recent: list[tuple[Pcm, bool]] = []
        self._count = 0
        self._next: float | None = None
        self.current: Segment | None = None

    def push(self, pcm: Pcm, at: float) -> list[Segment]:
        """Take samples whose first is at second `at`; returns the segments that were closed by them."""
        closed = self._gap(at)
        begin = at - len(self._rest) / self._rate
        self._rest = np.concatenate([self._rest, pcm])
        while len(self._rest) >= self._frame:
            frame, self._rest = self._rest[: self._frame], self._rest[self._frame :]
            done = self._take(frame, begin)
            begin += 1 / FRAMES
            if done:
                closed.append(done)
        self._next = begin + len(self._rest) / self._rate
        return closed

    def _gap(self, at: float) -> list[Segment]:
        """Where sound was lost, what is open ends: its times stay true."""
        if self._next is None or at - self._next <= LOST:
            return []
        self._rest, self._recent = self._rest[:0], []
        last = self.end()
        return [last] if last else []

    def end(self) -> Segment | None:
        """Close what is open."""
        last, self.current = self.current, None
        if last:
            last.closed = True
        return last

    def _take(self, frame: Pcm, at: float) -> Segment | None:
        speech = self._vad.is_speech(np.ascontiguousarray(frame).tobytes(), self._rate)
        voiced = bool(speech) and int(np.abs(frame.astype(np.int32)).max()) > FAINT
        if self.current is None:
            keep = int(PRE_ROLL * FRAMES) + OPEN_OF
            self._recent = [*self._recent[-keep + 1 :], (frame, voiced)]
            if sum(heard for _, heard in self._recent[-OPEN_OF:]) >= OPEN_FRAMES:
                self._count += 1
                start = max(0.0, at - (len(self._recent) - 1) / FRAMES)
                self.current = Segment(self._count, start, self._rate, [block for block, _ in self._recent])
                self._recent = []
            return None
        self.current.blocks.append(frame)
        self.current.quiet = 0.0 if voiced else self.current.quiet + 1 / FRAMES
        if self.current.quiet >= SILENCE or self.current.seconds >= LONGEST:
            return self.end()
        return None
