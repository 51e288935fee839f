"""Where speech is, on one leg at 8 kHz."""

from dataclasses import dataclass, field

import numpy as np
import webrtcvad

from asr.base import RATE, Pcm

FRAME = RATE // 50
OPEN_FRAMES, OPEN_OF = 4, 6
SILENCE = 0.6
PRE_ROLL = 0.2
LONGEST = 20.0


@dataclass
class Segment:
    """A stretch of speech. start: seconds of the call; samples grow until it is closed."""

    number: int
    start: float
    blocks: list[Pcm] = field(default_factory=list)
    closed: bool = False
    decoded: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it is so far."""
        return sum(map(len, self.blocks)) / RATE

    @property
    def pcm(self) -> Pcm:
        """All samples so far."""
        return np.concatenate(self.blocks)


class Segmenter:
    """Cuts a leg into segments: opened by speech, closed by 0.6 s of silence or after 20 s."""

    def __init__(self) -> None:
        self._vad = webrtcvad.Vad(2)
        self._rest = np.zeros(0, np.int16)
        self._recent: list[tuple[Pcm, bool]] = []
        self._quiet = 0.0
        self._count = 0
        self.current: Segment | None = None

    def push(self, pcm: Pcm, at: float) -> list[Segment]:
        """Take samples whose first is at second `at`; returns the segments that were closed by them."""
        begin = at - len(self._rest) / RATE
        self._rest = np.concatenate([self._rest, pcm])
        closed = []
        while len(self._rest) >= FRAME:
            frame, self._rest = self._rest[:FRAME], self._rest[FRAME:]
            done = self._frame(frame, begin)
            begin += FRAME / RATE
            if done:
                closed.append(done)
        return closed

    def end(self) -> Segment | None:
        """Close what is open."""
        last, self.current = self.current, None
        if last:
            last.closed = True
        return last

    def _frame(self, frame: Pcm, at: float) -> Segment | None:
        voiced = (
            bool(self._vad.is_speech(np.ascontiguousarray(frame).tobytes(), RATE)) and int(np.abs(frame).max()) > 200
        )
        if self.current is None:
            keep = int(PRE_ROLL * 50) + OPEN_OF
            self._recent = [*self._recent[-keep + 1 :], (frame, voiced)]
            if sum(heard for _, heard in self._recent[-OPEN_OF:]) >= OPEN_FRAMES:
                self._count += 1
                start = max(0.0, at - (len(self._recent) - 1) * FRAME / RATE)
                self.current = Segment(self._count, start, [block for block, _ in self._recent])
                self._recent, self._quiet = [], 0.0
            return None
        self.current.blocks.append(frame)
        self._quiet = 0.0 if voiced else self._quiet + FRAME / RATE
        if self._quiet >= SILENCE or self.current.seconds >= LONGEST:
            return self.end()
        return None
