"""What is called by several names: a question is searched for by the others too, with less weight."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from kb_index.article import KnowledgeError

SHIPPED = Path(__file__).parents[1] / "data" / "synonyms.txt"
MOST = 20  # other names for what one question says: a long one has enough words of its own


@dataclass(frozen=True)
class Synonyms:
    """groups: words, two and more each, that stand for one another."""

    groups: Sequence[Sequence[str]]

    @classmethod
    def parse(cls, text: str) -> "Synonyms":
        """A group a line, its words parted by spaces; # begins a remark. Raises KnowledgeError, naming the line."""
        groups = []
        for number, line in enumerate(text.splitlines(), 1):
            words = tuple(dict.fromkeys(line.split("#")[0].split()))
            if len(words) == 1:
                raise KnowledgeError(f"同义词第 {number} 行只有“{words[0]}”一个词：一行写两个以上，用空格隔开")
            if words:
                groups.append(words)
        return cls(groups)

    def others(self, text: str) -> list[str]:
        """Other names for what a text says, those that it has not itself."""
        found = (other for word in self._names.findall(text) for other in self._others[word])
        return [other for other in dict.fromkeys(found) if other not in text][:MOST]

    @cached_property
    def _others(self) -> Mapping[str, list[str]]:
        out: dict[str, list[str]] = {}
        for words in self.groups:
            for word in words:
                out.setdefault(word, []).extend(other for other in words if other != word)
        return out

    @cached_property
    def _names(self) -> re.Pattern[str]:
        longest_first = sorted(self._others, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)) or "(?!)")


@cache
def shipped() -> Synonyms:
    """Those that come with the product."""
    return Synonyms.parse(SHIPPED.read_text("utf8"))
