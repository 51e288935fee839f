"""Terms of texts as numbers, many texts at once: pairs of characters, pairs of toneless syllables."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from pypinyin import lazy_pinyin

Keys = npt.NDArray[np.uint64]
Whole = npt.NDArray[np.int32]
Table = npt.NDArray[np.uint32]
CODES = 0x110000
SURROGATES = range(0xD800, 0xE000)
CHINESE = range(0x4E00, 0xA000)
CHARACTER, SYLLABLE = np.uint64(21), np.uint64(16)  # bits of one
SECOND = (np.uint64(1) << CHARACTER) - np.uint64(1)  # of a pair of characters


@dataclass(frozen=True, slots=True)
class Terms:
    """Every term of several texts, text by text, in order. owner: which text, from 0; at: its first character there."""

    keys: Keys
    owner: Whole
    at: Whole


def characters(texts: Sequence[str]) -> Terms:
    """Adjacent pairs within runs of letters, digits and Chinese, in small letters; a lone character by itself."""
    codes, owner, at = _spread([text.lower() for text in texts])
    letters = _letters()[codes]
    word = letters > 0
    follows = np.append(word[1:], False) & word
    lone = word & ~follows & ~np.append(False, word[:-1])
    keys = letters.astype(np.uint64) << CHARACTER
    keys[follows] |= letters[1:][follows[:-1]]
    return _chosen(keys, owner, at, follows | lone)


def pinyin(texts: Sequence[str]) -> Terms:
    """Adjacent pairs of toneless syllables: homophones fall together. A character has its commonest sound alone."""
    codes, owner, at = _spread(texts)
    sounds = _sounds()[codes]
    pair = np.append(sounds[1:] > 0, False) & (sounds > 0)
    keys = sounds.astype(np.uint64) << SYLLABLE
    keys[pair] |= sounds[1:][pair[:-1]]
    return _chosen(keys, owner, at, pair)


def pairs(text: str) -> Keys:
    """The key of each two characters that follow one another, whatever they are, as `characters` has it."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    return codes[:-1] << CHARACTER | codes[1:]


def sounds(keys: Keys) -> Keys:
    """The key that `pinyin` has for each pair of characters; 0 where it is not Chinese."""
    table = _sounds()
    first, second = table[keys >> CHARACTER], table[keys & SECOND]
    return np.where((first > 0) & (second > 0), first.astype(np.uint64) << SYLLABLE | second, np.uint64(0))


@cache
def fingerprint() -> int:
    """Tells the tables apart that terms are made by: another library may number sounds in another way."""
    return zlib.crc32(_sounds().tobytes(), zlib.crc32(_letters().tobytes()))


def _chosen(keys: Keys, owner: Whole, at: Whole, which: npt.NDArray[np.bool_]) -> Terms:
    return Terms(keys[which], owner[which], at[which])


def _spread(texts: Sequence[str]) -> tuple[Table, Whole, Whole]:
    """Each character's code, text and place in it; a zero ends each text."""
    codes = np.frombuffer("".join(f"{text}\0" for text in texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    sizes = np.fromiter((len(text) + 1 for text in texts), np.int32, len(texts))
    owner = np.repeat(np.arange(len(texts), dtype=np.int32), sizes)
    starts = np.cumsum(sizes, dtype=np.int32) - sizes
    return codes, owner, np.arange(len(codes), dtype=np.int32) - np.repeat(starts, sizes)


@cache
def _letters() -> Table:
    """By code: itself where it belongs to a word, else 0."""
    codes = np.arange(CODES, dtype=np.uint32)
    codes[SURROGATES.start : SURROGATES.stop] = 0
    every = codes.tobytes().decode("utf-32-le")
    words = re.sub(r"\W+", lambda run: "\0" * len(run[0]), every)
    table = np.frombuffer(words.encode("utf-32-le"), np.uint32)
    table.setflags(write=False)
    return table


@cache
def _sounds() -> Table:
    """By code: the number of its sound, from 1; 0 where it is not Chinese."""
    sounds = lazy_pinyin([chr(code) for code in CHINESE])
    table = np.zeros(CODES, np.uint32)
    table[CHINESE.start : CHINESE.stop] = np.unique(sounds, return_inverse=True)[1] + 1
    table.setflags(write=False)
    return table
