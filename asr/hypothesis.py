"""One way in which an engine may have heard an utterance."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from asr.text import simplify


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """text; score: natural log of its probability as a whole; sure: the probability of each of its characters.

    score and sure are None where an engine does not tell.
    """

    text: str
    score: float | None = None
    sure: tuple[float, ...] | None = None

    def plain(self) -> "Hypothesis":
        """The same in simplified characters without stray spaces, its probabilities carried along."""
        text = simplify(self.text)
        return Hypothesis(text, self.score, None if self.sure is None else carry(self.text, self.sure, text))


def carry(heard: str, sure: tuple[float, ...], text: str) -> tuple[float, ...]:
    """Probabilities of a text's characters moved onto another spelling of it; 0 where it says something else."""
    if len(heard) == len(text):
        return sure
    out = [0.0] * len(text)
    for a, b, length in SequenceMatcher(None, simplify_each(heard), text, autojunk=False).get_matching_blocks():
        out[b : b + length] = sure[a : a + length]
    return tuple(out)


def simplify_each(text: str) -> str:
    """Simplified character by character: the length stays."""
    return "".join(simplify(character) or " " for character in text)
