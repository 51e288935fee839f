"""What a source of calls gives: protocols and values, no wire format."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Pcm = npt.NDArray[np.int16]
Leg = Literal["citizen", "agent"]
RATE = 8000


class TelephonyError(Exception):
    """Family of errors of this room; the message (Chinese) says what is possible."""


class BadAudio(TelephonyError):
    """Audio that cannot be what the call's metadata says it is."""


class NoTransfer(TelephonyError):
    """A caller who cannot be connected elsewhere by this line."""


@dataclass(frozen=True, slots=True)
class CallInfo:
    """Who calls whom. `id` is safe in a URL; `source` is the kind of line: "replay", "websocket", "browser"."""

    id: str
    calling_number: str
    called_number: str
    source: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Chunk:
    """Int16 mono samples at 8 kHz of one leg; `at` is the second of the call of the first sample."""

    leg: Leg
    at: float
    pcm: Pcm


class Line(Protocol):
    """One call's audio as it comes. Iteration ends when the caller hangs up."""

    info: CallInfo

    def __aiter__(self) -> AsyncIterator[Chunk]: ...

    async def close(self) -> None:
        """Hang up from our side."""

    async def transfer(self, to: str) -> None:
        """Have the caller connected to another number. Raises NoTransfer where this line cannot."""


def no_exchange(to: str) -> NoTransfer:
    """What a line without an exchange behind it says."""
    return NoTransfer(f"这通电话没有经过交换机，系统转不了；请用话机转接 {to}，或把号码告诉来电人由其自行拨打")
