"""Names of places, departments and services, found by fuzzy pinyin where homophones were heard."""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from asr.base import Mark

SAME = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "h": "f"}
ENDS = (("ang", "an"), ("eng", "en"), ("ing", "in"))
PAIR, NEAR, OTHER = 0.25, 0.6, 1.3
LIMIT = 0.22


@lru_cache(maxsize=65536)
def syllable(character: str) -> tuple[str, str]:
    """(initial, final) of a character without tone; the character itself when it has no pinyin."""
    whole = lazy_pinyin(character, style=Style.NORMAL)[0]
    initial = lazy_pinyin(character, style=Style.INITIALS, strict=False)[0]
    return (initial, whole[len(initial) :]) if whole.startswith(initial) else ("", whole)


@lru_cache(maxsize=262144)
def cost(heard: tuple[str, str], meant: tuple[str, str]) -> float:
    """How unlike two syllables are to an ear of the Jianghuai region: 0 the same."""
    if heard == meant:
        return 0.0
    first = (
        0.0
        if heard[0] == meant[0]
        else (PAIR if SAME.get(heard[0], heard[0]) == SAME.get(meant[0], meant[0]) else NEAR)
    )
    last = 0.0 if heard[1] == meant[1] else (PAIR if _end(heard[1]) == _end(meant[1]) else NEAR)
    return first + last if max(first, last) <= NEAR and first + last < 2 * NEAR else OTHER


def _end(final: str) -> str:
    return next((final[: -len(nasal)] + plain for nasal, plain in ENDS if final.endswith(nasal)), final)


class Gazetteer:
    """Names of three characters and more (two-character districts with their 区 or 县)."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._terms = {term: tuple(map(syllable, term)) for term in terms if 3 <= len(term) <= 14 and _chinese(term)}
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for term in self._terms:
            self._by_length[len(term)].append(term)
        self._lengths = sorted(self._by_length, reverse=True)

    def repair(self, text: str) -> tuple[str, list[Mark]]:
        """The text with names put right, longest first, and a mark over each repair."""
        out, marks, at = "", [], 0
        sounds = [syllable(c) if "\u4e00" <= c <= "\u9fff" else None for c in text]
        while at < len(text):
            found = self._at(text, sounds, at)
            if found is None:
                out, at = out + text[at], at + 1
                continue
            heard = text[at : at + len(found)]
            if heard != found:
                marks.append(Mark(len(out), len(out) + len(found), "repaired", heard))
            out, at = out + found, at + len(found)
        return out, marks

    def _at(self, text: str, sounds: list[tuple[str, str] | None], at: int) -> str | None:
        for length in self._lengths:
            window = sounds[at : at + length]
            if len(window) < length or None in window:
                continue
            heard = text[at : at + length]
            if heard in self._terms:
                return heard
            best, lowest = "", LIMIT * length
            for term in self._by_length[length]:
                total = 0.0
                for mine, theirs in zip(window, self._terms[term], strict=True):
                    total += cost(mine, theirs)
                    if total >= lowest:
                        break
                else:
                    best, lowest = term, total
            if best and sum(a == b for a, b in zip(heard, best, strict=True)) >= 1:
                return best
        return None


def _chinese(term: str) -> bool:
    return all("\u4e00" <= c <= "\u9fff" for c in term)
