"""From what an engine heard to what a form needs: simplified, numerals, names put right, doubtful numbers marked."""

from collections.abc import Sequence

from asr.base import Lexicon, Mark
from asr.repair import Gazetteer
from asr.text import digits, phones, simplify


class Finisher:
    """Shared by every engine and call; thread-safe."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._gazetteer = Gazetteer(lexicon.names)

    def final(self, hypotheses: Sequence[str]) -> tuple[str, str, tuple[Mark, ...]]:
        """Hypotheses of one utterance, the best first -> (text, raw, marks over text). At least one is needed."""
        raw = simplify(hypotheses[0])
        text, repairs = self._gazetteer.repair(digits(raw))
        text, doubts = phones(text, [simplify(line) for line in hypotheses])
        kept = [mark for mark in repairs if all(mark.end <= d.start or mark.start >= d.end for d in doubts)]
        inside = [mark for mark in kept if mark.end <= len(text)]
        return text, raw, tuple(sorted([*inside, *doubts], key=lambda mark: mark.start))
