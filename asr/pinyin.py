"""How characters sound, and how unlike two sounds are to an ear of the Jianghuai region."""

from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
from pypinyin import Style, lazy_pinyin, pinyin

PAIR, NEAR, OTHER, NEVER = 0.25, 0.6, 1.3, 9.0
_SAME = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "h": "f"}
_FAMILIES = ("bp", "dt", "gk", "jqx", ("zh", "ch", "sh"), "zcs", ("h", "k", "g"), ("r", "l"), "mn", ("", "w", "y"))
_NASALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))
_ALIKE = (
    *("o uo ou", "e uo", "ai ei", "ian an", "uan an", "iang ang", "uang ang", "ian in", "ui ei", "iu ou", "ong eng"),
    *("un en", "i ei", "ue ie", "ao ou", "ia a", "ua a", "u ou", "i v", "u v", "ian ie"),
)
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
# Characters whose second syllable is heard every day; the dictionary's other readings are mostly rare or archaic.
_MANIFOLD = frozenset("行长重乐都地得还调差角藏朝弹大会觉露落没省参说宿校血给便薄堡卡了率模系厦种降车单盛曾属着择折")

Syllable = tuple[str, str]
Row = npt.NDArray[np.float32]


def is_hanzi(character: str) -> bool:
    """Whether it is a common Chinese character."""
    return "\u4e00" <= character <= "\u9fff"


@lru_cache(maxsize=1 << 16)
def readings(character: str) -> tuple[tuple[Syllable, str], ...]:
    """The common readings of a character: (initial, final), tone; none when it is not Chinese."""
    if not is_hanzi(character):
        return ()
    manifold = character in _MANIFOLD
    found = pinyin(character, style=Style.TONE3, heteronym=manifold, neutral_tone_with_five=True)[0]
    return tuple((_split(one[:-1]), one[-1]) for one in found if one[-1:].isdigit())


def sounds(name: str) -> tuple[Syllable, ...]:
    """A name's syllables, each character read as it is in that name."""
    return tuple(_split(one) for one in lazy_pinyin(name, style=Style.NORMAL))


def _split(syllable: str) -> Syllable:
    initial = next((one for one in _INITIALS if syllable.startswith(one)), "")
    return initial, syllable[len(initial) :]


def cost(heard: Syllable, meant: Syllable) -> float:
    """0 alike, PAIR for one regional confusion, NEAR for a likely slip, OTHER for anything else."""
    first, last = _initials(heard[0], meant[0]), _finals(heard[1], meant[1])
    return min(first + last, OTHER)


@cache
def _initials(a: str, b: str) -> float:
    if a == b:
        return 0.0
    if _SAME.get(a, a) == _SAME.get(b, b):
        return PAIR
    plain = _SAME.get(a, a), _SAME.get(b, b)
    return NEAR if any((a in f and b in f) or (plain[0] in f and plain[1] in f) for f in _FAMILIES) else 2 * NEAR


@cache
def _finals(a: str, b: str) -> float:
    if a == b:
        return 0.0
    if _plain(a) == _plain(b):
        return PAIR
    return NEAR if any({_plain(a), _plain(b)} <= {_plain(x) for x in row.split()} for row in _ALIKE) else 2 * NEAR


def _plain(final: str) -> str:
    return next((final[: -len(nasal)] + plain for nasal, plain in _NASALS if final.endswith(nasal)), final)


class Sounds:
    """Every syllable of a set of names numbered, with a table of costs."""

    def __init__(self, syllables: set[Syllable]) -> None:
        self._ids = {syllable: n for n, syllable in enumerate(sorted(syllables))}
        self._rows: dict[str, Row] = {}

    def ids(self, syllables: tuple[Syllable, ...]) -> list[int]:
        """The numbers of known syllables."""
        return [self._ids[syllable] for syllable in syllables]

    def row(self, character: str) -> Row:
        """The cost of hearing this character for each known syllable, by its best reading."""
        if character not in self._rows:
            rows = [[cost(heard, meant) for meant in self._ids] for heard, _ in readings(character)]
            self._rows[character] = np.array(rows or [[NEVER] * len(self._ids)], np.float32).min(axis=0)
        return self._rows[character]
