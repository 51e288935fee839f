"""Figures of the bench beside their bars."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """A figure beside its bar; at_most: the bar is a ceiling, else a floor. bar NaN: no bar, for information."""

    what: str
    figure: float
    bar: float = math.nan
    at_most: bool = True
    unit: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None where there is none."""
        if math.isnan(self.bar):
            return None
        return self.figure <= self.bar if self.at_most else self.figure >= self.bar


def quantile(values: Sequence[float] | Iterator[float], q: float = 0.95) -> float:
    """A quantile; NaN of nothing."""
    found = list(values)
    return float(np.quantile(found, q)) if found else math.nan


def table(rows: Sequence[Row]) -> Table:
    """Rows as they are printed."""
    shown = Table("what", "measured", "bar", "", box=None)
    for row in rows:
        sign = "" if math.isnan(row.bar) else f"{'≤' if row.at_most else '≥'} {row.bar:g} {row.unit}"
        mark = {True: "[green]met[/green]", False: "[red]missed[/red]", None: ""}[row.met]
        shown.add_row(row.what, f"{row.figure:.4g} {row.unit}", sign, mark)
    return shown
