"""Plain rules of text: simplified characters, loops of a decoder, names out of a file."""

import re
from pathlib import Path

import zhconv

_PUNCTUATION = str.maketrans(",?!;:", "，？！；：")


def simplify(text: str) -> str:
    """Simplified characters, one kind of punctuation, no spaces between Chinese."""
    plain = str(zhconv.convert(text, "zh-cn")).translate(_PUNCTUATION)
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", plain).strip()


def looped(text: str) -> bool:
    """Whether a span stands four times or more in a row: a decoder in a loop."""
    return re.search(r"(.{1,12}?)\1{3,}", re.sub(r"\d", "", text)) is not None


def unloop(text: str) -> str:
    """The same with each repeated span once."""
    return re.sub(r"(\D{1,12}?)\1{3,}", r"\1", text)


def names(path: Path) -> tuple[str, ...]:
    """The names in a file: several to a line, headings begin with #."""
    lines = path.read_text("utf8").splitlines()
    return tuple(name for line in lines if not line.startswith("#") for name in line.split())
