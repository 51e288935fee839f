"""A question as the scorers read it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb_index.encoders.base import Vectors
from kb_index.search.words import Keys, Terms, characters, pinyin

READERS: dict[str, Callable[[Sequence[str]], Terms]] = {"characters": characters, "pinyin": pinyin}
TWICE = 2  # what is said more often than that weighs no more
LENT = 0.1  # what a pair of another name weighs beside one that was said


@dataclass(frozen=True, slots=True)
class Weights:
    """Distinct terms and what each counts; own: those that were said, before those of other names."""

    keys: Keys
    weights: npt.NDArray[np.float32]
    own: slice


@dataclass(frozen=True, slots=True)
class Asked:
    """terms: by scorer of words. others: other names for what was said.

    vectors: (1 or 2, size), of what was probably meant and of what was said; None: without. talk: their cosine to the
    nearest small talk.
    """

    text: str
    terms: dict[str, Weights]
    others: list[str]
    vectors: Vectors | None = None
    talk: float = 0.0


def weights(scorer: str, text: str, others: Sequence[str]) -> Weights:
    """The terms of a question and of other names for what it says."""
    read = READERS[scorer]
    said, times = np.unique(read([text]).keys, return_counts=True)
    lent = np.setdiff1d(read(others).keys, said)
    counted = np.append(np.minimum(times, TWICE), np.full(len(lent), LENT)).astype(np.float32)
    return Weights(np.append(said, lent), counted, slice(0, len(said)))
