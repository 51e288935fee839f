"""How characters sound, so that what telephone speech recognition writes wrongly is still found."""

import re
from collections.abc import Iterable
from functools import cache

from pypinyin import Style, pinyin

# Speakers of the region merge these, and so does narrow-band speech: flat and curled tongue, front and back nasal.
MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"))
FIRST_CODE = 0xE000
_codes: dict[str, int] = {}


def sounds(text: str) -> str:
    """As long as the text: each Chinese character replaced by one that stands for its commonest sound, without tone."""
    return "".join(_spoken(character) for character in text)


def pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the phrases in a text of `sounds`, whichever reading their characters have."""
    return re.compile("|".join("".join(map(_any_reading, phrase)) for phrase in phrases) or r"(?!)")


@cache
def _spoken(character: str) -> str:
    readings = _readings(character)
    return _code(readings[0]) if readings else character


@cache
def _any_reading(character: str) -> str:
    readings = _readings(character)
    return f"[{''.join(sorted({_code(sound) for sound in readings}))}]" if readings else re.escape(character)


def _readings(character: str) -> list[str]:
    if not "\u4e00" <= character <= "\u9fff":
        return []
    return [_merge(sound) for sound in pinyin(character, style=Style.NORMAL, heteronym=True)[0]]


def _merge(sound: str) -> str:
    for curled, flat in MERGED:
        if sound.startswith(curled):
            sound = flat + sound.removeprefix(curled)
    return re.sub(r"(?<=[aei])ng$", "n", sound)


def _code(sound: str) -> str:
    return chr(_codes.setdefault(sound, FIRST_CODE + len(_codes)))
