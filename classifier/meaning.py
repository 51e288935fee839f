"""How near a request is to each catalogue line by meaning: vectors of its phrases, by an encoder that is handed in."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from classifier.words import Scores

Encode = Callable[[Sequence[str]], npt.NDArray[np.float32]]
NEAREST = 3
LONGEST = 160


class MeaningMatcher:
    """The mean likeness of a line's three nearest phrases. Only the first 160 characters of a request are encoded."""

    def __init__(self, encode: Encode, phrases: Sequence[str], lines: Sequence[int], cache: Path | None) -> None:
        """phrases[i] belongs to line lines[i], which ascends; cache: a folder where vectors are kept."""
        self._encode = encode
        self._phrases = _cached(encode, phrases, cache)
        starts = np.flatnonzero(np.diff(lines, prepend=-1))
        self._spans = list(zip(starts, [*starts[1:], len(lines)], strict=True))

    def scores(self, texts: Sequence[str]) -> Scores:
        """(texts, lines), cosines."""
        alike = self._encode([text[:LONGEST] for text in texts]) @ self._phrases.T
        best = [np.sort(alike[:, start:end], axis=1)[:, -NEAREST:].mean(axis=1) for start, end in self._spans]
        return np.stack(best, axis=1).astype(np.float64)


def _cached(encode: Encode, phrases: Sequence[str], cache: Path | None) -> npt.NDArray[np.float32]:
    """Vectors of the phrases, kept under a name made of the phrases and of what the encoder makes of the first."""
    if cache is None:
        return encode(phrases)
    key = hashlib.sha256("\n".join(phrases).encode() + np.round(encode(phrases[:1]), 4).tobytes()).hexdigest()[:16]
    path = cache / f"routing-{key}.npy"
    if path.exists():
        kept: npt.NDArray[np.float32] = np.load(path)
        return kept
    vectors = encode(phrases)
    cache.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors)
    return vectors
