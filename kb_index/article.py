"""Articles of 热线百科 and the slices that are searched."""

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

SLICE = 160


class KnowledgeError(Exception):
    """Family of errors of this room; the message (Chinese) says what is possible."""


@dataclass(frozen=True, slots=True)
class Article:
    """One version of an article. matter: two levels; valid_to None: without end."""

    id: str
    version: int
    title: str
    questions: tuple[str, ...]
    body: str
    clause: str
    issuer: str
    region: str
    valid_from: date | None
    valid_to: date | None
    source: str
    tags: tuple[str, ...]
    matter: tuple[str, ...]

    def valid(self, day: date) -> bool:
        """Whether it may be shown on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Slice:
    """What is searched: a stretch of the body under the article's title and questions."""

    id: str
    article: str
    text: str
    searched: str


def slices(article: Article) -> list[Slice]:
    """The article cut at sentences into stretches of about 160 characters; the title goes with each."""
    parts = [""]
    for sentence in re.split(r"(?<=[。！？；])", article.body):
        if parts[-1] and len(parts[-1]) + len(sentence) > SLICE:
            parts.append("")
        parts[-1] += sentence
    head = " ".join([article.title, *article.questions, *article.tags])
    return [
        Slice(f"{article.id}#{number}", article.id, text, f"{head} {text}") for number, text in enumerate(parts) if text
    ]


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
    """An article out of its JSON object."""
    return Article(
        id=str(row["id"]),
        version=int(row["version"]),
        title=str(row["title"]),
        questions=tuple(row["questions"]),
        body=str(row["body"]),
        clause=str(row["clause"]),
        issuer=str(row["issuer"]),
        region=str(row["region"]),
        valid_from=date.fromisoformat(row["valid_from"]) if row.get("valid_from") else None,
        valid_to=date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None,
        source=str(row["source"]),
        tags=tuple(row["tags"]),
        matter=tuple(row["matter"]),
    )
