"""Articles of 热线百科 and the slices that are searched."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kb_index.slicing import Slice, cut


class KnowledgeError(Exception):
    """Family of errors of this room; the message (Chinese) says what is possible."""


@dataclass(frozen=True, slots=True)
class Article:
    """One version of an article. slices: its body in order, at least one; clause: the basis of those without their own.

    region: where it holds, empty: everywhere; line: the special line it is kept for (12393), empty: all.
    matter: two levels; valid_to None: without end. supersedes: articles that this one takes the place of.
    review_due: when it must be looked at again.
    """

    id: str
    version: int
    title: str
    questions: tuple[str, ...]
    slices: tuple[Slice, ...]
    clause: str = ""
    issuer: str = ""
    region: str = ""
    line: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    tags: tuple[str, ...] = ()
    matter: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    review_due: date | None = None

    @property
    def body(self) -> str:
        """The whole text."""
        return "\n".join(part.text for part in self.slices)

    def valid(self, day: date) -> bool:
        """Whether it may be shown on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def clause_of(self, number: int) -> str:
        """The basis of a slice, by its place from 0."""
        return self.slices[number].clause or self.clause

    def row(self) -> dict[str, Any]:
        """Its JSON object, as `parse` reads it."""
        return {
            "id": self.id,
            "version": self.version,
            "title": self.title,
            "questions": list(self.questions),
            "slices": [{"text": part.text, "clause": part.clause} for part in self.slices],
            "clause": self.clause,
            "issuer": self.issuer,
            "region": self.region,
            "line": self.line,
            "valid_from": str(self.valid_from or ""),
            "valid_to": str(self.valid_to or ""),
            "source": self.source,
            "tags": list(self.tags),
            "matter": list(self.matter),
            "supersedes": list(self.supersedes),
            "review_due": str(self.review_due or ""),
        }


def plain(name: str, title: str, text: str) -> Article:
    """A text as an article that holds everywhere and always."""
    return Article(name, 1, title, (), tuple(cut(text)) or (Slice(text),))


def load(folder: Path) -> list[Article]:
    """Every article of a folder of JSONL files. Raises KnowledgeError, naming file and line."""
    found: dict[str, Article] = {}
    for file in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(file.read_text("utf8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                article = parse(json.loads(line))
            except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
                raise KnowledgeError(f"{file.name} 第 {number} 行读不出来：{error}") from error
            if article.id in found:
                raise KnowledgeError(f"{file.name} 第 {number} 行的编号 {article.id} 重复")
            found[article.id] = article
    if not found:
        raise KnowledgeError(f"{folder} 里没有热线百科文章（*.jsonl）")
    return list(found.values())


def parse(row: dict[str, Any]) -> Article:
    """An article out of its JSON object: with slices, or with a body that is cut here.

    Raises KeyError, TypeError or ValueError for what is missing or of another kind.
    """
    given = row.get("slices")
    parts = (Slice(str(one["text"]), str(one.get("clause", ""))) for one in given) if given else cut(str(row["body"]))
    return Article(
        id=str(row["id"]),
        version=int(row["version"]),
        title=str(row["title"]),
        questions=tuple(row.get("questions", ())),
        slices=tuple(parts),
        clause=str(row.get("clause", "")),
        issuer=str(row.get("issuer", "")),
        region=str(row.get("region", "")),
        line=str(row.get("line", "")),
        valid_from=_day(row, "valid_from"),
        valid_to=_day(row, "valid_to"),
        source=str(row.get("source", "")),
        tags=tuple(row.get("tags", ())),
        matter=tuple(row.get("matter", ())),
        supersedes=tuple(row.get("supersedes", ())),
        review_due=_day(row, "review_due"),
    )


def _day(row: dict[str, Any], name: str) -> date | None:
    return date.fromisoformat(row[name]) if row.get(name) else None
