"""What every reader of a file works with and yields."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kb_index.article import Article, KnowledgeError

ITEMS = 5000  # articles out of one file at most
TITLE = 200  # characters of a title
Progress = Callable[[int, int], None]


class Refused(KnowledgeError):
    """The whole file is not read; the message (Chinese) says why and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read. name: as its sender called it; progress hears how many parts of how many are read."""

    path: Path
    name: str
    progress: Progress = lambda done, total: None

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return self.name.rpartition(".")[0] or self.name


@dataclass(frozen=True, slots=True)
class Proposal:
    """An article that a file would make. where: its place in the file; notes: what to look at before it is taken."""

    where: str
    article: Article
    notes: tuple[str, ...] = ()

    def row(self) -> dict[str, Any]:
        """The article's JSON object without the number, which it gets when it is taken."""
        row = self.article.row()
        return {name: value for name, value in row.items() if name not in ("id", "version")}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A part of a file that is not read, and why (Chinese)."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something about the whole file that its sender should know (Chinese)."""

    text: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is. label: as the screen says it."""

    kind: str
    label: str


Found = Proposal | Refusal | Note | Recognised


class Reader(Protocol):
    """Reads one kind of file. Raises Refused where nothing of it can be used."""

    def __call__(self, source: Source) -> Iterator[Found]:
        """What is in the file, in its order."""


@dataclass(frozen=True, slots=True)
class Block:
    """A line of a document. heading: its level from 1 where it is one, else 0."""

    text: str
    heading: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a document: rows of cells."""

    rows: tuple[tuple[str, ...], ...]
