"""Retrieval over the product's own index: what each scorer finds, alone and together, how fast and at what size."""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from copilot.settings import Settings
from eval import fit, scale
from eval.ablation import FUSION, Remembering, ask, compared, tables
from eval.documents import BadInput, Question, documents, questions
from kb_index.article import Article, KnowledgeError
from kb_index.encoders.registry import CHOICES, create
from kb_index.search.build import build
from kb_index.search.index import SCORERS

out = Console()


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `python -m eval search`."""
    parser.add_argument("--docs", type=Path, help='JSONL of {"id", "title", "text"}')
    parser.add_argument("--queries", type=Path, help='JSONL of {"text", "relevant": [id, …]}')
    parser.add_argument("--scorer", choices=(*SCORERS, FUSION), help="this one only, and nothing compared")
    parser.add_argument("--encoder", default="", help=f"text encoder, else the product's: {', '.join(CHOICES)}")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument(
        "--dev", type=Path, metavar="DATA", help="over the development sets in this folder; 1: bar missed"
    )
    parser.add_argument("--sample", type=int, help="queries of a set, for --dev (all)")
    parser.add_argument("--fit", type=Path, metavar="DATA", help="fit the weights on this folder of development data")
    parser.add_argument("--questions", type=Path, default=Path("tests/kb_index/questions.tsv"), help="for --fit, --dev")
    scale.arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure or fit; 2 when an input cannot be used."""
    try:
        if options.fit:
            return fit.run(options.fit, options.questions, out)
        figures, status = _measured(options)
        if options.json:
            options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf8")
    except (BadInput, KnowledgeError, OSError) as error:
        Console(stderr=True).print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return 2
    return status


def _measured(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    """What was asked for, shown as it comes: figures and exit status."""
    if options.scale:
        return scale.run(options, out), 0
    if options.dev:
        return development(options)
    if not (options.docs and options.queries):
        raise BadInput("search needs --docs DOCS.jsonl and --queries QUERIES.jsonl, or --dev, --fit DATA or --scale N")
    articles = documents(options.docs)
    asked = questions(options.queries, {article.id for article in articles})
    names = [options.scorer] if options.scorer else [*SCORERS, FUSION]
    figures = measure(articles, asked, encoder(options), names)
    show(figures)
    return figures, 0


def development(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    """Every development set; status 1 where the fusion misses a bar on one of them."""
    found, remembering = {}, encoder(options)
    for name, (articles, asked) in fit.datasets(options.dev, options.questions).items():
        chosen = random.Random(0).sample(asked, min(options.sample or len(asked), len(asked)))
        out.rule(name)
        queries = [Question(text, right) for text, right in chosen]
        found[name] = measure(articles, queries, remembering, [*SCORERS, FUSION])
        del found[name]["index_s"]  # two sets share their documents, which are encoded once
        show(found[name])
    verdicts = [one["verdict"] for one in found.values()]
    return found, int(not all(one["beats_best"] and one["within_2_points"] for one in verdicts))


def encoder(options: argparse.Namespace) -> Remembering:
    """The one that was asked for."""
    return Remembering(create(options.encoder, Settings().encoder_key))


def measure(
    articles: Sequence[Article], asked: Sequence[Question], remembering: Remembering, names: Sequence[str]
) -> dict[str, Any]:
    """Index, then ask. Figures by scorer; index_s: seconds to index everything, encoding included.

    With all scorers and the fusion asked for, also `noise` (every variant, misheard and not) and `verdict`.
    """
    with tempfile.TemporaryDirectory() as folder:
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("indexing", total=None)
            began = time.perf_counter()
            index = build(articles, remembering, Path(folder), _shown(progress, task))
            spent = time.perf_counter() - began
        if index.notice:
            out.print(f"[yellow]{index.notice}[/yellow]")
        remembering.timed = True
        clear = {name: ask(index, asked, name) for name in names}
        remembering.timed = False
        scorers = {name: ranking.figures() for name, ranking in clear.items()}
        figures = {"docs": len(articles), "queries": len(asked), "scorers": scorers, "index_s": round(spent, 2)}
        more = compared(index, asked, clear) if {*SCORERS, FUSION} <= set(names) else {}
        index.close()
    return figures | more


def show(figures: dict[str, Any]) -> None:
    """Tables of the figures."""
    spent = f", indexed in {figures['index_s']} s" if "index_s" in figures else ""
    table = Table(title=f"{figures['docs']} documents, {figures['queries']} queries{spent}")
    columns = next(iter(figures["scorers"].values()))
    for column in ("scorer", *columns):
        table.add_column(column)
    for name, row in figures["scorers"].items():
        table.add_row(name, *(f"{value:.1f}" if key.endswith("_ms") else f"{value:.4f}" for key, value in row.items()))
    out.print(table)
    for part in tables(figures) if "noise" in figures else ():
        out.print(part)


def _shown(progress: Progress, task: Any) -> Callable[[int, int], None]:
    return lambda done, total: progress.update(task, completed=done, total=total)
