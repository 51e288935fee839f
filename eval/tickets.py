"""Tickets in number: made for measuring, and the pages over them."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from eval import pages
from eval.row import Row, table


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `python -m eval tickets`."""
    parser.add_argument(
        "--make", type=int, metavar="N", help="make N tickets of a year in the empty database of --database"
    )
    parser.add_argument("--database", default="", help="SQLAlchemy URL; empty: that of the settings")
    parser.add_argument("--measure", nargs=2, metavar="URL", help="the pages of two databases, the small one first")
    parser.add_argument("--scale", type=int, metavar="N", help="make 10,000 and N tickets, measure, throw them away")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make or measure; 1 when a bar is missed, 2 where the database is not empty."""
    out, rows = Console(), list[Row]()
    with bar(out) as progress:
        if options.make:
            try:
                pages.fill(options.database, options.make, progress)
            except ValueError as error:
                out.print(str(error), style="red")
                return 2
        if options.measure:
            small, large = options.measure
            rows += pages.compare(small, large, progress)
        if options.scale:
            rows += pages.scaled(options.scale, progress)
    out.print(table(rows) if rows else "")
    return 1 if any(row.met is False for row in rows) else 0


@contextmanager
def bar(out: Console) -> Iterator[pages.Progress]:
    """How many tickets or entries are done, and the time left."""
    columns = (TextColumn("tickets"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True) as bars:
        task = bars.add_task("", total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total or None)
