"""What a speech recogniser takes and gives: protocols and values, no engine."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

Pcm = npt.NDArray[np.int16]
Leg = Literal["citizen", "agent"]
RATE = 8000


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What calls are likely to hold. names: places, departments, services; sentences: a site's own plain text."""

    names: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()


class AsrError(Exception):
    """Family of errors of this room; the message (Chinese) says what is possible."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span `[start, end)` of `Utterance.text`, in characters, that deserves a second look.

    kind "repaired": `before` holds the words as heard; kind "doubtful": read it back to the caller.
    """

    start: int
    end: int
    kind: Literal["repaired", "doubtful"]
    before: str = ""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One stretch of one leg's speech. Drafts share the `id` of the final that replaces them.

    start, end: seconds from the start of the call. `raw` is what the engine said, before repair.
    """

    id: str
    leg: Leg
    start: float
    end: float
    text: str
    raw: str
    final: bool
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do. languages: BCP 47 tags."""

    streaming: bool
    drafts: bool
    hypotheses: bool
    languages: tuple[str, ...] = ("zh",)


class Stream(Protocol):
    """One leg of one call. Push from the event loop; iterate for utterances; `end` flushes the last final."""

    def push(self, pcm: Pcm, at: float) -> None:
        """Take int16 mono samples at 8 kHz; `at` is the second of the call at which the first was spoken."""

    async def end(self) -> None:
        """No more audio: the finals still owed come out, then iteration stops."""

    def __aiter__(self) -> AsyncIterator[Utterance]:
        """Finals in the order of their ids; a draft never after its final."""


class Recognizer(Protocol):
    """An engine with its weights loaded; shared by every call."""

    name: str
    capabilities: Capabilities

    def stream(self, leg: Leg) -> Stream:
        """Open a leg. Utterance ids are `c1, c2, …` for the citizen and `a1, a2, …` for the agent."""

    async def idle(self) -> None:
        """Until no decode waits or runs: all that was pushed is heard, but for what a leg still gathers."""

    async def close(self) -> None:
        """End the legs still open, so that what they owe comes out, and stop."""


@runtime_checkable
class Wideband(Recognizer, Protocol):
    """An engine that also takes more than the telephone's 8 kHz; rates: samples a second."""

    rates: tuple[int, ...]

    def stream(self, leg: Leg, rate: int = RATE) -> Stream:
        """Open a leg whose samples come at one of `rates`."""
