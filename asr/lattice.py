"""Homophones: the likeliest spelling of what was heard, by a character model, gated so that it does no harm."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from asr.ngram import EDGE, ORDER, Ngram, clauses
from asr.pinyin import NEAR, PAIR, Syllable, cost, is_hanzi, readings

MODEL_WEIGHT = 0.7
SAME_TONE, OTHER_TONE, REGIONAL, ALIKE = -1.0, -1.5, -3.0, -4.5
BEAM = 12
WORTH = 3.0
AT_HOME = -5.5
PHRASE = 3

Choices = tuple[tuple[str, float], ...]


class Lattice:
    """Spells sounds; thread-safe."""

    def __init__(self, model: Ngram) -> None:
        self._model = model
        self._by_sound: dict[Syllable, list[tuple[str, str]]] = defaultdict(list)
        for character in model.characters:
            for syllable, tone in readings(character):
                self._by_sound[syllable].append((character, tone))
        self._near = lru_cache(maxsize=None)(self._neighbours)
        self._choices = lru_cache(maxsize=1 << 14)(self._all_choices)

    def spell(self, text: str, free: Sequence[bool]) -> str:
        """The likeliest text of the same length; only `free` characters change, and only where it is worth it."""
        beam = [(0.0, EDGE, "")]
        for n, heard in enumerate(text):
            choices = self._choices(heard) if free[n] else ((heard, 0.0),)
            beam = self._step(beam, choices)
        best = max(beam, key=lambda one: one[0] + MODEL_WEIGHT * self._model.logp(one[1], EDGE))[2]
        return self._gate(text, best)

    def _step(self, beam: list[tuple[float, str, str]], choices: Choices) -> list[tuple[float, str, str]]:
        logp = self._model.logp
        best: dict[str, tuple[float, str, str]] = {}
        for score, context, spelt in beam:
            for character, change in choices:
                shown = character if character.isalnum() else EDGE
                total = score + change + MODEL_WEIGHT * logp(context, shown)
                after = (context + shown)[-ORDER + 1 :]
                if after not in best or best[after][0] < total:
                    best[after] = (total, after, spelt + character)
        return sorted(best.values(), reverse=True)[:BEAM]

    def _gate(self, heard: str, meant: str) -> str:
        """Take back all where the model is not at home, else each run of changes that it does not know or want."""
        if sum(self._model.score(clause) - AT_HOME * len(clause) for clause in clauses(meant)) < 0:
            return heard
        out = heard
        for start, end in _runs(heard, meant):
            known = self._known(meant, start, end, min) >= PHRASE
            better = self._known(meant, start, end, min) > self._known(heard, start, end, max)
            if known and better and self._model.gain(out, start, end, meant[start:end]) >= WORTH * (end - start):
                out = out[:start] + meant[start:end] + out[end:]
        return out

    def _known(self, text: str, start: int, end: int, which: Callable[[Iterable[int]], int]) -> int:
        return which([self._model.known(text, n) for n in range(start, end)])

    def _all_choices(self, heard: str) -> Choices:
        found = {heard: 0.0}
        for syllable, tone in readings(heard):
            for other, distance in self._near(syllable):
                for character, its in self._by_sound[other]:
                    same = SAME_TONE if its == tone else OTHER_TONE
                    change = same if not distance else REGIONAL if distance <= PAIR else ALIKE
                    found[character] = max(found.get(character, -99.0), change)
        return tuple(found.items()) if is_hanzi(heard) else ((heard, 0.0),)

    def _neighbours(self, heard: Syllable) -> tuple[tuple[Syllable, float], ...]:
        return tuple((one, far) for one in tuple(self._by_sound) if (far := cost(heard, one)) <= NEAR)


def _runs(heard: str, meant: str) -> Iterator[tuple[int, int]]:
    """Where two texts of one length differ."""
    start = None
    for n, (a, b) in enumerate(zip(heard + " ", meant + " ", strict=True)):
        if a != b and start is None:
            start = n
        elif a == b and start is not None:
            yield start, n
            start = None
