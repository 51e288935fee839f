"""Homophones in place of what was said, as speech recognition makes them."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable

from pypinyin import lazy_pinyin

COMMON = 5


class Homophones:
    """Characters by their sound, out of the texts at hand: those that stand there often enough to be written."""

    def __init__(self, texts: Iterable[str]) -> None:
        counted = Counter(letter for text in texts for letter in text if "\u4e00" <= letter <= "\u9fff")
        self._sound = {letter: lazy_pinyin(letter)[0] for letter, times in counted.items() if times >= COMMON}
        self._alike: defaultdict[str, list[str]] = defaultdict(list)
        for letter, sound in self._sound.items():
            self._alike[sound].append(letter)

    def swap(self, text: str, share: float) -> str:
        """The text with that share of its characters (0-1) swapped for others of the same sound; always the same."""
        chance = random.Random(text)
        return "".join(self._other(letter, chance) if chance.random() < share else letter for letter in text)

    def _other(self, letter: str, chance: random.Random) -> str:
        others = [other for other in self._alike.get(self._sound.get(letter, ""), []) if other != letter]
        return chance.choice(others) if others else letter
