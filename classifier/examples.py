"""Requests in citizens' words with their nature and matter: what the router learns from and is calibrated on."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from classifier.datafile import read

NATURES = ("咨询", "求助", "投诉", "举报", "建议", "表扬")
COLUMNS = ("nature", "matter1", "matter2", "text")


@dataclass(frozen=True, slots=True)
class Example:
    """A request as it was said."""

    nature: str
    matter: tuple[str, str]
    text: str


def load(path: Path, matters: Iterable[tuple[str, str]]) -> tuple[Example, ...]:
    """The examples of a TSV file; none when there is no such file. Raises CatalogueError, naming file and line."""
    known: set[tuple[str, str]] = set(matters)
    examples: dict[str, Example] = {}
    for row in read(path, COLUMNS) if path.exists() else ():
        example = Example(row["nature"], (row["matter1"], row["matter2"]), row["text"])
        if example.nature not in NATURES:
            raise row.refuse(f"性质“{example.nature}”应为 {'、'.join(NATURES)} 之一")
        if example.matter not in known:
            raise row.refuse(f"事项“{'/'.join(example.matter)}”不在派单目录里")
        if not example.text or examples.setdefault(example.text, example) is not example:
            raise row.refuse("原话为空，或与前面重复")
    return tuple(examples.values())
