"""How characters sound, so that what telephone speech recognition writes wrongly is still found."""

import re
from collections.abc import Iterable
from functools import cache

from pypinyin import lazy_pinyin

# Speakers of the region merge these, and so does narrow-band speech: flat and curled tongue, front and back nasal.
MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"))
FIRST_CODE = 0xE000
_codes: dict[str, int] = {}


def sounds(text: str) -> str:
    """As long as the text: each Chinese character replaced by one that stands for its commonest sound, without tone."""
    return "".join(_spoken(character) for character in text)


def pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the phrases in a text of `sounds`; 着火 sounds as zhao huo and, by single characters, zhe huo."""
    return re.compile("|".join(map(_readings_of, phrases)) or r"(?!)")


@cache
def _spoken(character: str) -> str:
    chinese = "\u4e00" <= character <= "\u9fff"
    return _code(_merge(lazy_pinyin(character)[0])) if chinese else character


def _readings_of(phrase: str) -> str:
    """Each character as it sounds in the phrase, or alone: the text's characters are looked up alone."""
    together = [_code(_merge(sound)) for sound in lazy_pinyin(phrase)]
    alone = [_spoken(character) for character in phrase]
    return "".join(f"[{a}{b}]" if a != b else a for a, b in zip(together, alone, strict=True))


def _merge(sound: str) -> str:
    for curled, flat in MERGED:
        if sound.startswith(curled):
            sound = flat + sound.removeprefix(curled)
    return re.sub(r"(?<=[aei])ng$", "n", sound)


def _code(sound: str) -> str:
    return chr(_codes.setdefault(sound, FIRST_CODE + len(_codes)))
