"""`python -m eval audit`: faults of every kind put into the index of a large base, and what an audit finds of them."""

import argparse
import random
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

import kb_index
from copilot.database import Database
from copilot.knowledge import audit, follow, shipped
from copilot.parts import open_database
from copilot.rooms import room_data
from copilot.settings import Settings
from eval import faults
from eval.made import Base, Projected
from eval.row import Row, table
from kb_index.article import load
from kb_index.search.index import Index

EACH = 20  # faults of every kind


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--scale", type=int, default=100_000, help="slices")
    parser.set_defaults(run=lambda options: run(options, Console()))


def run(options: argparse.Namespace, out: Console) -> int:
    """1 where a fault was missed, one was told that is none, or one was left after the repair."""
    with TemporaryDirectory() as folder:
        database = open_database(Settings(data=Path(folder)))
        try:
            rows = measured(database, options.scale, out)
        finally:
            database.close()
    out.print(table(rows))
    return int(any(row.met is False for row in rows))


def measured(database: Database, scale: int, out: Console) -> list[Row]:
    """The figures of an audit over about so many slices."""
    at = datetime.now(UTC)
    articles = list(Base(load(room_data(kb_index) / "articles"), scale).articles())
    database.submit(lambda session: shipped.seed(session, articles, at)).result()
    index = Index.open(None, Projected())
    follow.reconcile(database, index, lambda done, total: out.print(f"{done} / {total} articles indexed"))
    clean = audit.compare(database, index)
    injected = inject(index)
    found = audit.compare(database, index)
    told = {(fault.article, fault.part) for fault in found.faults}
    mended = audit.repair(database, index, found, at)
    return [
        Row("slices", clean.slices),
        Row("audit", clean.seconds, unit="s"),
        Row("faults told of a sound index", len(clean.faults), 0),
        Row("faults injected", len(injected)),
        Row("missed", len(injected - told), 0),
        Row("told and none", len(told - injected), 0),
        Row("repair and another audit", mended.seconds - found.seconds, unit="s"),
        Row("left after it", mended.left, 0),
    ]


def inject(index: Index) -> set[tuple[str, str]]:
    """EACH faults of every kind, those that write parts anew first; article and kind."""
    names = iter(random.Random(1).sample(sorted(index.articles), EACH * len(faults.INDEX)))
    injected = set()
    for kind in sorted(faults.INDEX, key=lambda kind: kind not in ("missing", "text")):
        for _ in range(EACH):
            name = next(names)
            faults.INDEX[kind](index, name)
            injected.add((name, kind))
    return injected
