"""Retrieval: recall, reciprocal rank and latency of each scorer and of the fusion, over the product's own index."""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, track
from rich.table import Table

from eval import fit
from eval.ranking import DEPTH, Ranking
from kb_index.article import Article, KnowledgeError, plain
from kb_index.build import build
from kb_index.encoder import ENCODERS, create
from kb_index.index import SCORERS, Index

FUSION = "fusion"
out = Console()


@dataclass(frozen=True, slots=True)
class Question:
    """A query and the documents that answer it."""

    text: str
    relevant: frozenset[str]


class BadInput(Exception):
    """A file that cannot be used; the message names file and line."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `python -m eval search`."""
    parser.add_argument("--docs", type=Path, help='JSONL of {"id", "title", "text"}')
    parser.add_argument("--queries", type=Path, help='JSONL of {"text", "relevant": [id, …]}')
    parser.add_argument("--scorer", choices=(*SCORERS, FUSION), help="this one only; else each alone and the fusion")
    parser.add_argument("--encoder", default="", choices=tuple(ENCODERS), help="text encoder; else the product's")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--fit", type=Path, metavar="DATA", help="fit the weights on this folder of development data")
    parser.add_argument("--questions", type=Path, default=Path("tests/kb_index/questions.tsv"), help="for --fit")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure or fit; 2 when an input cannot be used."""
    try:
        if options.fit:
            return fit.run(options.fit, options.questions, out)
        if not (options.docs and options.queries):
            raise BadInput("search needs --docs DOCS.jsonl and --queries QUERIES.jsonl, or --fit DATA")
        articles = documents(options.docs)
        asked = questions(options.queries, {article.id for article in articles})
        figures = measure(articles, asked, options.encoder, [options.scorer] if options.scorer else [*SCORERS, FUSION])
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1), "utf8")
    except (BadInput, KnowledgeError, OSError) as error:
        Console(stderr=True).print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return 2
    show(figures)
    return 0


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


def measure(articles: list[Article], asked: list[Question], encoder: str, names: Sequence[str]) -> dict[str, Any]:
    """Index, then ask. Figures by scorer; index_s: seconds to index everything, encoding included."""
    with tempfile.TemporaryDirectory() as folder, Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("indexing", total=None)
        began = time.perf_counter()
        index = build(articles, create(encoder), Path(folder), _shown(progress, task))
        spent = time.perf_counter() - began
    if index.notice:
        out.print(f"[yellow]{index.notice}[/yellow]")
    scorers = {name: ask(index, asked, name).figures() for name in names}
    return {"docs": len(articles), "queries": len(asked), "scorers": scorers, "index_s": round(spent, 2)}


def ask(index: Index, asked: list[Question], name: str) -> Ranking:
    """Every query through the search that the desk uses."""
    ranking = Ranking()
    scorers = SCORERS if name == FUSION else (name,)
    for question in track(asked, f"asking {name}", console=Console(stderr=True)):
        began = time.perf_counter()
        hits = index.search(question.text, DEPTH, scorers=scorers, all_hits=True)
        ranking.add([hit.article.id for hit in hits], question.relevant, time.perf_counter() - began)
    return ranking


def show(figures: dict[str, Any]) -> None:
    """A table of the figures."""
    table = Table(title=f"{figures['docs']} documents, {figures['queries']} queries, indexed in {figures['index_s']} s")
    columns = next(iter(figures["scorers"].values()))
    for column in ("scorer", *columns):
        table.add_column(column)
    for name, row in figures["scorers"].items():
        table.add_row(name, *(f"{value:.1f}" if key.endswith("_ms") else f"{value:.4f}" for key, value in row.items()))
    out.print(table)


def _shown(progress: Progress, task: Any) -> Callable[[int, int], None]:
    return lambda done, total: progress.update(task, completed=done, total=total)
