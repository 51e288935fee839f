"""What is searched and what is asked, out of JSONL files."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb_index.article import Article, plain


@dataclass(frozen=True, slots=True)
class Question:
    """A query and the documents that answer it."""

    text: str
    relevant: frozenset[str]


class BadInput(Exception):
    """A file that cannot be used; the message names file and line."""


def documents(file: Path) -> list[Article]:
    """Documents as articles that hold everywhere and always. Raises BadInput."""
    found: dict[str, Article] = {}
    for number, row in rows(file):
        name, title, text = _id(row, file, number), _text(row, "title", file, number), _text(row, "text", file, number)
        if name in found:
            raise BadInput(f"{file} line {number}: id {name} stands twice")
        if not (title + text).strip():
            raise BadInput(f"{file} line {number}: neither title nor text")
        found[name] = plain(name, title, text)
    if not found:
        raise BadInput(f"{file} is empty")
    return list(found.values())


def questions(file: Path, known: set[str]) -> list[Question]:
    """Queries with at least one relevant document each. Raises BadInput."""
    found = []
    for number, row in rows(file):
        text, relevant = _text(row, "text", file, number), row.get("relevant")
        if not text.strip():
            raise BadInput(f"{file} line {number}: text is empty")
        if not isinstance(relevant, list) or not relevant:
            raise BadInput(f"{file} line {number}: relevant must be a list of at least one id")
        names = frozenset(map(str, relevant))
        if unknown := sorted(names - known):
            raise BadInput(f"{file} line {number}: relevant id {unknown[0]} is not among the documents")
        found.append(Question(text, names))
    if not found:
        raise BadInput(f"{file} is empty")
    return found


def rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each line's number and object. Raises BadInput."""
    number = 0
    try:
        for number, line in enumerate(file.read_text("utf-8-sig").split("\n"), 1):
            if line.strip():
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise BadInput(f"{file} line {number}: not a JSON object")
                yield number, row
    except json.JSONDecodeError as error:
        raise BadInput(f"{file} line {number}: not JSON ({error})") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not UTF-8 ({error})") from error


def _id(row: dict[str, Any], file: Path, number: int) -> str:
    name = row.get("id")
    if not isinstance(name, str | int) or not str(name):
        raise BadInput(f"{file} line {number}: id is missing")
    return str(name)


def _text(row: dict[str, Any], name: str, file: Path, number: int) -> str:
    text = row.get(name, "" if name == "title" else None)
    if not isinstance(text, str):
        raise BadInput(f"{file} line {number}: {name} must be a string")
    return text
