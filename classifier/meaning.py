"""How near a request is to each catalogue line by meaning: vectors of its phrases, by an encoder that is handed in."""

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from classifier.words import Scores

Vectors = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]
PROBE = "市民来电"
NEAREST = 3
LONGEST = 160


class MeaningMatcher:
    """The mean likeness of a line's three nearest phrases. Only the first 160 characters of a request are encoded."""

    def __init__(
        self,
        encode: Encode,
        phrases: Sequence[str],
        lines: Sequence[int],
        cache: Path | None,
        requests: Sequence[str] = (),
    ) -> None:
        """phrases[i] belongs to line lines[i], which ascends; cache: a folder where vectors are kept.

        requests: those that are scored at every start; their vectors are kept as well.
        """
        self._encode = encode
        shortened = list(dict.fromkeys(text[:LONGEST] for text in requests))
        vectors = _cached(encode, [*phrases, *shortened], cache)
        self._phrases = vectors[: len(phrases)]
        self._known = dict(zip(shortened, vectors[len(phrases) :], strict=True))
        starts = np.flatnonzero(np.diff(lines, prepend=-1))
        self._spans = list(zip(starts, [*starts[1:], len(lines)], strict=True))

    def scores(self, texts: Sequence[str]) -> Scores:
        """(texts, lines), cosines."""
        alike = self._vectors([text[:LONGEST] for text in texts]) @ self._phrases.T
        best = [np.sort(alike[:, start:end], axis=1)[:, -NEAREST:].mean(axis=1) for start, end in self._spans]
        return np.stack(best, axis=1).astype(np.float64)

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        if any(text not in self._known for text in texts):
            return self._encode(texts)
        return np.stack([self._known[text] for text in texts])


def _cached(encode: Encode, phrases: Sequence[str], cache: Path | None) -> Vectors:
    """Vectors of the phrases; kept one by one, so that a changed phrase costs itself alone.

    The file is named by what the encoder makes of one text: another encoder has another.
    """
    if cache is None:
        return encode(phrases)
    path = cache / f"routing-{hashlib.sha256(np.round(encode([PROBE]), 4).tobytes()).hexdigest()[:16]}.npz"
    known = _load(path)
    missing = [phrase for phrase in dict.fromkeys(phrases) if phrase not in known]
    if missing:
        known |= dict(zip(missing, encode(missing), strict=True))
        _save(path, {phrase: known[phrase] for phrase in dict.fromkeys(phrases)})
    return np.array([known[phrase] for phrase in phrases], np.float32)


def _load(path: Path) -> dict[str, Vectors]:
    """Vectors by phrase; nothing where the file is missing or broken."""
    try:
        with path.open("rb") as opened, np.load(opened) as kept:
            return dict(zip(kept["phrases"].tolist(), kept["vectors"], strict=True))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}


def _save(path: Path, known: dict[str, Vectors]) -> None:
    """Written beside and moved into place: who is interrupted leaves the old file whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as partial:
        np.savez(partial, phrases=np.array(list(known)), vectors=np.array(list(known.values()), np.float32))
    Path(partial.name).replace(path)
