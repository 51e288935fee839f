"""Which sentences of an article were said: matched by characters and sounds, for what was heard has slips.

A sentence counts as said where enough of it stands in a stretch of speech, its numbers and its negations with it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from pypinyin import Style, lazy_pinyin

from kb_index.quantities import quantities
from kb_index.slicing import SENTENCE

ENOUGH = 0.65  # of a sentence; fitted on tests/kb_index/said.tsv
SHORTEST = 6  # tokens of a sentence that can be told from small talk
CLAUSE = 4  # tokens: shorter clauses are matched with the one behind them
LEFT_OUT = 3  # tokens in a row that may be missing, of longer sentences a quarter
TRIED = 3  # stretches of speech that are looked at closely, those that share most with the sentence
SOUNDED = 0.9  # what a token weighs that only sounds the same
ASKING = re.compile(r"请告诉我|告诉我|请问|您属于|[？?]|我(?:们)?(?:会|来|把|帮|做好)|请说明")
BREAK = re.compile(r"[，、：:；;,（）()“”\"]")
PREFIX = re.compile(
    r"^\s*(?:第[零〇一二三四五六七八九十百千0-9]+条(?:之[一二三四五六七八九十0-9]+)?[\s　]*|示例[：:]\s*)+"
)
NEGATIVE = frozenset("不没未无非勿")
DENIED = frozenset("不没未")
FUZZY = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
FIRST = {"n": "l", "h": "f"}


@dataclass(frozen=True, slots=True)
class Token:
    """A character or a number, and how it sounds. start, end: in the text."""

    text: str
    sound: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence that was said. slice, place: where it stands, from 0; utterance: in which most of it was said.

    quote: the words of that utterance's stretch of speech; share: how much of the sentence they hold, 0-1.
    """

    slice: int
    place: int
    sentence: str
    utterance: str
    quote: str
    share: float


def sentences(text: str) -> list[str]:
    """The sentences of a slice, without the number of their clause and the mark of a sample."""
    return [clean for one in SENTENCE.split(text) if (clean := PREFIX.sub("", one).strip())]


def tells(sentence: str) -> bool:
    """Whether a sentence tells the caller something, and does not merely ask for particulars."""
    return ASKING.search(sentence) is None and len(tokens(sentence)) >= SHORTEST


def said(utterances: Sequence[tuple[str, str]], slices: Sequence[str], enough: float = ENOUGH) -> list[Spoken]:
    """The sentences of an article that were said. utterances: (id, text) of the agent's finals, in order."""
    speech = Speech(utterances)
    found = []
    for number, text in enumerate(slices):
        for place, sentence in enumerate(sentences(text)):
            if tells(sentence) and (best := speech.match(sentence)) and best[0] >= enough:
                share, first, last = best
                utterance, quote = speech.quote(first, last)
                found.append(Spoken(number, place, sentence, utterance, quote, round(share, 3)))
    return found


class Speech:
    """All that an agent said in a call, as one row of tokens."""

    def __init__(self, utterances: Sequence[tuple[str, str]]) -> None:
        self._utterances = [one for one in utterances if one[1]]
        self._tokens: list[Token] = []
        self._starts: list[int] = []
        for _, text in self._utterances:
            self._starts.append(len(self._tokens))
            self._tokens += tokens(text)
        self._sounds = [one.sound for one in self._tokens]

    def match(self, sentence: str) -> tuple[float, int, int] | None:
        """How much of a sentence was said best, and from which token to which; None where none of it was."""
        wanted = tokens(sentence)
        tried = [self._compare(wanted, sentence, *window) for window in self._windows(wanted)]
        return max((one for one in tried if one), default=None)

    def quote(self, first: int, last: int) -> tuple[str, str]:
        """The utterance that holds most of these tokens, and the words from the first to the last of them."""
        pieces: dict[int, list[Token]] = {}
        for place in range(first, last + 1):
            pieces.setdefault(bisect_right(self._starts, place) - 1, []).append(self._tokens[place])
        most = max(pieces, key=lambda number: len(pieces[number]))
        words = [self._utterances[number][1][part[0].start : part[-1].end] for number, part in pieces.items()]
        return self._utterances[most][0], "，".join(words)

    def _windows(self, wanted: Sequence[Token]) -> Iterator[tuple[int, int]]:
        """Stretches somewhat longer than the sentence, those that share most pairs of sounds with it."""
        size = len(wanted) * 3 // 2 + 8
        pairs = set(pairwise(one.sound for one in wanted))
        hits = [0, *accumulate(pair in pairs for pair in pairwise(self._sounds))]
        starts = range(0, max(1, len(self._sounds) - size + max(4, len(wanted) // 3)), max(4, len(wanted) // 3))
        counted = {start: hits[min(start + size, len(hits)) - 1] - hits[min(start, len(hits) - 1)] for start in starts}
        for start in sorted(counted, key=lambda one: -counted[one])[:TRIED]:
            if counted[start]:
                yield start, min(start + size, len(self._sounds))

    def _compare(self, wanted: Sequence[Token], sentence: str, start: int, end: int) -> tuple[float, int, int] | None:
        """The share of the sentence in a stretch; None where a number or a negation is another one."""
        window = self._tokens[start:end]
        got, matched, places = 0.0, set[int](), set[int]()
        for first, last in _clauses(wanted, sentence):
            for a, b, size in _blocks(wanted[first:last], window):
                matched.update(range(first + a, first + a + size))
                places.update(range(b, b + size))
                got += sum(1.0 if wanted[first + a + n].text == window[b + n].text else SOUNDED for n in range(size))
        if not places or _gap(len(wanted), matched) or _contradicts(wanted, matched, window, places):
            return None
        return got / len(wanted), start + min(places), start + max(places)


def tokens(text: str) -> list[Token]:
    """The text's characters and numbers with their sounds, toneless, sounds that are heard alike being one."""
    numbers = {one.start: one for one in quantities(text)}
    sounds = _sounds(text)
    found, place = [], 0
    while place < len(text):
        if number := numbers.get(place):
            found.append(Token(f"#{number.value}", f"#{number.value}", number.start, number.end))
            place = number.end
            continue
        if sound := sounds.get(place):
            found.append(Token(text[place], sound, place, place + 1))
        place += 1
    return found


def _sounds(text: str) -> dict[int, str]:
    found = {}
    for run in re.finditer(r"[\u4e00-\u9fff]+|[A-Za-z]+", text):
        if run[0][0].isascii():
            found[run.start()] = run[0].lower()
            continue
        for place, sound in enumerate(lazy_pinyin(run[0], style=Style.NORMAL), run.start()):
            found[place] = _alike(sound)
    return found


def _alike(sound: str) -> str:
    """Sounds that the region and recognisers mix up fall together."""
    for one, other in FUZZY:
        sound = sound.replace(one, other)
    return FIRST.get(sound[0], sound[0]) + sound[1:]


def _clauses(wanted: Sequence[Token], sentence: str) -> list[tuple[int, int]]:
    """The stretches between the marks of a sentence, as tokens: their order in speech may be another."""
    breaks = [found.start() for found in BREAK.finditer(sentence)]
    edges = [0]
    for mark in breaks:
        at = sum(one.start < mark for one in wanted)
        if at - edges[-1] >= CLAUSE and len(wanted) - at >= CLAUSE:
            edges.append(at)
    return list(pairwise([*edges, len(wanted)]))


def _blocks(wanted: Sequence[Token], window: Sequence[Token]) -> Iterator[tuple[int, int, int]]:
    """Stretches of two sounds and more that both have, in order; numbers count alone."""
    matcher = SequenceMatcher(None, [one.sound for one in wanted], [one.sound for one in window], autojunk=False)
    for block in matcher.get_matching_blocks():
        if block.size > 1 or (block.size and wanted[block.a].text.startswith("#")):
            yield block.a, block.b, block.size


def _gap(size: int, matched: set[int]) -> bool:
    """Whether a whole part was left out: then it is the subject or a condition, and something else was said."""
    edges = [-1, *sorted(matched), size]
    return max(after - before - 1 for before, after in pairwise(edges)) > max(LEFT_OUT, size // 4)


def _contradicts(wanted: Sequence[Token], matched: set[int], window: Sequence[Token], places: set[int]) -> bool:
    """Whether a number of the sentence was missed or a negation lost or put in, where the rest of it was said."""
    for place, token in enumerate(wanted):
        near = {place - 1, place + 1} & matched
        if place not in matched and near and (token.text.startswith("#") or token.text in NEGATIVE):
            return True
    span = range(min(places), max(places) + 1)
    return any(window[n].text in DENIED and n not in places and n + 1 in places for n in span)
