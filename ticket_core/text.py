"""Text as people sent it, without what nobody can see."""

import unicodedata


def visible(text: str) -> str:
    """The text without control and format characters (line ends and tabs stay), and without space at its ends."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C").strip()
