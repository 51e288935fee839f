"""Accuracy and calibration of the dispatch routing over requests with the right department."""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from sklearn.metrics import f1_score

import classifier
from classifier.calibration import expected_calibration_error
from classifier.catalogue import CatalogueError, load
from classifier.datafile import Row, read
from classifier.router import Router, Routing
from copilot.rooms import room_data
from copilot.settings import Settings
from kb_index.encoders.registry import ENCODERS, create

SURE = (0.6, 0.8, 0.95)
EITHER = "|"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `python -m eval routing`."""
    parser.add_argument(
        "file",
        type=Path,
        help="TSV with the columns text and department (several that are right: A|B), maybe matter1, matter2, nature",
    )
    parser.add_argument("--encoder", default=Settings().encoder, choices=tuple(ENCODERS), help="none: by words alone")
    parser.add_argument("--catalogue", type=Path, default=room_data(classifier) / "catalogue.csv")
    parser.add_argument("--wrong", action="store_true", help="list what went wrong")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure; 2 when a file cannot be used."""
    out = Console()
    try:
        rows = requests(options.file)
        catalogue = load(options.catalogue)
    except CatalogueError as error:
        out.print(f"[red]{error}[/red]")
        return 2
    unknown = {name for row in rows for name in right(row)} - set(catalogue.departments)
    if unknown:
        out.print(f"[yellow]not in departments.csv, so never right: {'、'.join(sorted(unknown))}[/yellow]")
    with out.status("training the router; vectors are computed once and kept"):
        encoder = create(options.encoder)
        encode = (lambda texts: encoder.encode(texts, query=True)) if encoder.size else None
        router = Router.train(catalogue, encode, Settings().cache)
    routings, seconds = measure(router, rows)
    if options.wrong:
        for row, routing in zip(rows, routings, strict=True):
            if not first(row, routing):
                out.print(f"{row.number} {row['department']} <- {[d.name for d in routing.departments]} {row['text']}")
    result = figures(rows, routings) | {"p95_ms": round(float(np.percentile(seconds, 95)) * 1000, 1)}
    out.print_json(json.dumps(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1), "utf8")
    return 0


def requests(path: Path) -> list[Row]:
    """The rows of a TSV. Raises CatalogueError, naming file and line."""
    rows = read(path, ("text", "department"))
    if not rows:
        raise CatalogueError(f"{path.name} 里没有一条诉求")
    for row in rows:
        if not row["text"] or not row["department"]:
            raise row.refuse("text 和 department 都要填")
    return rows


def measure(router: Router, rows: Sequence[Row]) -> tuple[list[Routing], list[float]]:
    """Each request's routing and the seconds that it took."""
    routings, seconds = [], []
    for row in track(rows, "routing"):
        began = time.perf_counter()
        routings.append(router.route(row["text"]))
        seconds.append(time.perf_counter() - began)
    return routings, seconds


def figures(rows: Sequence[Row], routings: Sequence[Routing]) -> dict[str, float]:
    """Shares 0-1. coverage@c: how many are at least that sure; accuracy@c: how many of these are right."""
    pairs = list(zip(rows, routings, strict=True))
    hits = np.array([first(row, routing) for row, routing in pairs])
    sure = np.array([routing.departments[0].score if routing.departments else 0.0 for routing in routings])
    out = {
        "requests": float(len(rows)),
        "top1": hits.mean(),
        "top3": np.mean([any(d.name in right(row) for d in routing.departments) for row, routing in pairs]),
        "macro_f1": macro_f1(pairs),
        "ece": expected_calibration_error(sure.tolist(), hits.tolist()),
        "asked": np.mean([bool(routing.question) for routing in routings]),
    }
    for least in SURE:
        covered = sure >= least
        out[f"coverage@{least}"] = covered.mean()
        out[f"accuracy@{least}"] = hits[covered].mean() if covered.any() else 0.0
    for level, column in enumerate(("matter1", "matter2")):
        told = [(row[column], routing.matter[level : level + 1]) for row, routing in pairs if row.get(column)]
        if told:
            out[column] = np.mean([found == (name,) for name, found in told])
    if natures := [(row["nature"], routing.nature) for row, routing in pairs if row.get("nature")]:
        out["nature"] = np.mean([name == found for name, found in natures])
    return {name: round(float(value), 4) for name, value in out.items()}


def macro_f1(pairs: Sequence[tuple[Row, Routing]]) -> float:
    """Mean F1 over the departments that are right somewhere."""
    truth = [right(row)[0] for row, _ in pairs]
    found = [_found(row, routing) for row, routing in pairs]
    return float(f1_score(truth, found, labels=sorted(set(truth)), average="macro", zero_division=0))


def right(row: Row) -> list[str]:
    """The departments that are right for a request."""
    return row["department"].split(EITHER)


def first(row: Row, routing: Routing) -> bool:
    """Whether the first department is right."""
    return bool(routing.departments) and routing.departments[0].name in right(row)


def _found(row: Row, routing: Routing) -> str:
    if not routing.departments:
        return ""
    return right(row)[0] if first(row, routing) else routing.departments[0].name
