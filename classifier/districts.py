"""Which district a caller means: by its name, a town, a street, a landmark, or by a name misheard."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from pypinyin import Style, pinyin

DISTRICTS = {
    "邗江": "邗江区",
    "广陵": "广陵区",
    "江都": "江都区",
    "仪征": "仪征市",
    "高邮": "高邮市",
    "宝应": "宝应县",
    "开发区": "经济技术开发区",
    "经济技术开发区": "经济技术开发区",
    "生态科技新城": "生态科技新城",
}
DENIED = re.compile(r"(不是|不在|不属于|不归)[^，。！？]{0,3}$")
MISHEARD = re.compile(r"[\u4e00-\u9fff]{2}[区市县]")


@dataclass(frozen=True, slots=True)
class Found:
    """district: empty when none was said; quote: the very words."""

    district: str = ""
    quote: str = ""


class Places:
    """Places by district. A district's own name counts for more than a place in it; what was said last wins."""

    def __init__(self, places: Mapping[str, str] | None = None) -> None:
        self._places = dict(DISTRICTS) | dict(places or {})
        words = sorted(self._places, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(map(re.escape, words)))
        self._sounds = {sound: name for word, name in DISTRICTS.items() if len(word) == 2 for sound in _sounds(word)}

    def find(self, text: str) -> Found:
        """The district that a text means; longer names first, so that 江都路 is not 江都."""
        named, placed = Found(), Found()
        for match in self._pattern.finditer(text):
            if DENIED.search(text[: match.start()]):
                continue
            found = Found(self._places[match[0]], match[0])
            if match[0] in DISTRICTS:
                named = found
            else:
                placed = found
        if named.district or placed.district:
            return named if named.district else placed
        return self._misheard(text)

    def _misheard(self, text: str) -> Found:
        """Three characters that sound like a district with its 区, 市 or 县 (寒江区)."""
        for match in MISHEARD.finditer(text):
            alike = {self._sounds.get(sound, "") for sound in _sounds(match[0][:2])} - {""}
            district = next((name for name in sorted(alike) if name.endswith(match[0][2])), "")
            if district:
                return Found(district, match[0])
        return Found()


def district_of(text: str) -> str:
    """The district that was named last; empty when none was."""
    return Places().find(text).district


def _sounds(word: str) -> list[tuple[str, ...]]:
    """Every reading of a word, without tones and without telling -n from -ng."""
    readings = pinyin(word, style=Style.NORMAL, heteronym=True)
    return list(product(*({syllable.removesuffix("g") for syllable in one} for one in readings)))
