"""What a form needs of a text: simplified characters, digits, telephone numbers that hypotheses agree on."""

import re
from collections import Counter
from collections.abc import Sequence

import zhconv

from asr.base import Mark

DIGITS = dict(zip("零〇一二三四五六七八九幺", "001234567891", strict=True))
SLIPS = {"妖": "1", "要": "1", "腰": "1", "吆": "1", "淋": "0", "洞": "0", "拐": "7"}
RUN = re.compile(rf"[{''.join(DIGITS)}\d{''.join(SLIPS)}](?:[ -]?[{''.join(DIGITS)}\d{''.join(SLIPS)}]){{5,}}")
SHORT = re.compile(r"[零〇一二三四五六七八九]{3,5}(?=号|室|栋|幢|弄|路)")
PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0?514-?\d{8}|8\d{7})(?!\d)")
LONG = re.compile(r"\d{6,}")


def simplify(text: str) -> str:
    """Simplified characters, one kind of punctuation, no spaces between Chinese."""
    plain = str(zhconv.convert(text, "zh-cn")).translate(str.maketrans(",?!;:", "，？！；："))
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", plain).strip()


def digits(text: str) -> str:
    """Long runs of spoken digits as Arabic ones; ordinary numerals stay."""

    def arabic(found: re.Match[str]) -> str:
        body = re.sub(r"[ -]", "", found[0])
        real = sum(c in DIGITS or c.isdigit() for c in body)
        return "".join(DIGITS.get(c, SLIPS.get(c, c)) for c in body) if real >= len(body) - 2 else found[0]

    return SHORT.sub(lambda found: "".join(DIGITS[c] for c in found[0]), RUN.sub(arabic, text))


def phones(text: str, hypotheses: Sequence[str], needed: int = 4) -> tuple[str, list[Mark]]:
    """A telephone number is trusted when one valid number stands in at least `needed` hypotheses; else it is marked.

    Returns the text with the agreed number in place, and a doubtful mark over each number not agreed on.
    """
    votes = Counter(number for line in hypotheses for number in set(PHONE.findall(digits(line))))
    agreed = [number for number, count in votes.items() if count >= needed]
    spans = [found for found in LONG.finditer(text) if len(found[0]) >= 7]
    if len(agreed) == 1 and len(spans) == 1 and spans[0][0] != agreed[0]:
        text = text[: spans[0].start()] + agreed[0] + text[spans[0].end() :]
        spans = [found for found in LONG.finditer(text) if len(found[0]) >= 7]
    return text, [Mark(found.start(), found.end(), "doubtful") for found in spans if found[0] not in agreed]


def looped(text: str) -> bool:
    """Whether a span stands four times or more in a row: a decoder in a loop."""
    return re.search(r"(.{1,12}?)\1{3,}", re.sub(r"\d", "", text)) is not None


def unloop(text: str) -> str:
    """The same with each repeated span once."""
    return re.sub(r"(\D{1,12}?)\1{3,}", r"\1", text)
