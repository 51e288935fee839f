"""From what an engine heard to what a form needs: names and homophones put right, figures, doubtful numbers marked."""

import importlib.util
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from asr.base import Lexicon, Mark
from asr.hypothesis import Hypothesis, carry
from asr.lattice import Lattice
from asr.marked import Edit, Marked, compare
from asr.ngram import Ngram, clauses
from asr.numerals import NUMERALS, form, strings
from asr.phones import settle
from asr.pinyin import is_hanzi
from asr.repair import Gazetteer
from asr.text import looped

SURE = 0.995
DOUBTED = 0.8
MODEL_WEIGHT = 0.35
LENGTH_BONUS, DIGIT_BONUS = 1.4, 0.7
AT_HOME = -5.0
COMMON = 20
SHORT = 6
_NO_FIGURE = re.compile(  # 小七五号楼 is 小区5号楼, not 小75号楼
    r"(?<=小)七|(?<=[广管过][陵零灵林凌])[七气期]|(?<=[邗韩]江)[七气期]|(?<=韩江)西|(?<=江[都督])[七气]"
)
_NUMBER = re.compile(rf"[\d{''.join(NUMERALS)}]{{7,}}")
TALK = Path(__file__).parent / "data" / "talk" / "phrases.txt"
TOLD_AS_OFTEN = 3  # what is said in every call weighs more than one sentence of an article


class Finisher:
    """Shared by every engine and call; thread-safe. Takes about a second to build: it trains its language model."""

    def __init__(self, lexicon: Lexicon) -> None:
        names = ["".join(filter(is_hanzi, name)) for name in lexicon.names]
        said = [text for text in lexicon.sentences if len(text) <= SHORT]  # keywords stand anywhere
        self._model = Ngram([*lexicon.sentences, *talk() * TOLD_AS_OFTEN], [*names, *names, *said, *common_words()])
        self._gazetteer = Gazetteer(names, self._model)
        self._lattice = Lattice(self._model)

    def final(self, hypotheses: Sequence[str | Hypothesis]) -> tuple[str, str, tuple[Mark, ...]]:
        """Hypotheses of one utterance, the best first -> (text, raw, marks over text). At least one is needed.

        Plain strings do; with scores the likeliest sentence is chosen, with probabilities homophones are put right.
        """
        heard = [Hypothesis(one).plain() if isinstance(one, str) else one.plain() for one in hypotheses]
        raw = heard[0].text
        meant = self._meant(heard)
        marked = compare(raw, meant, self._gazetteer.spans(meant))
        marked = marked.rewrite(strings(marked.text))
        marked = marked.rewrite(form(marked.text))
        marked = settle(marked, [one.text for one in heard])
        return marked.text, raw, marked.marks

    def _meant(self, heard: Sequence[Hypothesis]) -> str:
        text = _NO_FIGURE.sub("区", self._likeliest(heard))
        known = heard[0].sure
        sure = (0.0,) * len(text) if known is None else carry(heard[0].text, known, text)
        free = [p < SURE and is_hanzi(c) for c, p in zip(text, sure, strict=True)]
        text = _edited(text, self._gazetteer.repair(text, free))
        if known is not None:
            named = {n for start, end in self._gazetteer.spans(text) for n in range(start, end)}
            doubted = [
                free[n] and sure[n] <= DOUBTED and n not in named and c not in NUMERALS for n, c in enumerate(text)
            ]
            text = self._lattice.spell(text, doubted)
        return text

    def _likeliest(self, heard: Sequence[Hypothesis]) -> str:
        """Another hypothesis than the first only where the language model knows what it talks about."""
        whole = [(one.score, one.text) for one in heard if one.score is not None and not looped(one.text)]
        if not whole:
            return heard[0].text
        best = max((score + MODEL_WEIGHT * self._score(text) + _bonus(text), text) for score, text in whole)[1]
        return best if self._score(best) >= AT_HOME * _worded(best) else heard[0].text

    def _score(self, text: str) -> float:
        return sum(map(self._model.score, clauses(text)))


def talk() -> list[str]:
    """What is said in every call, whatever it is about."""
    return TALK.read_text("utf8").splitlines()[1:]


def common_words() -> Iterator[str]:
    """The commoner words of jieba's dictionary: general Chinese for the language model."""
    spec = importlib.util.find_spec("jieba")
    if spec is None or spec.origin is None:
        return
    with (Path(spec.origin).parent / "dict.txt").open(encoding="utf8") as file:
        for line in file:
            word, count, _ = line.split(" ", 2)
            if int(count) >= COMMON:
                yield word


def _bonus(text: str) -> float:
    """What longer texts are given, so that dropping words does not pay; digits are spared the language model's toll."""
    words = len(_NUMBER.sub("", text))
    return LENGTH_BONUS * words + DIGIT_BONUS * (len(text) - words)


def _worded(text: str) -> int:
    """How many characters the language model has a say in."""
    return sum(map(len, clauses(text)))


def _edited(text: str, edits: Sequence[Edit]) -> str:
    return Marked(text).rewrite(edits).text
