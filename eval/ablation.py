"""What each scorer is worth: alone, left out, all together; as asked and misheard; and what of it may be chance."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from eval.documents import Question
from eval.noise import Homophones
from eval.ranking import DEPTH, Ranking, interval
from kb_index.encoders.base import Encoder, Vectors
from kb_index.search.index import SCORERS, Index

FUSION = "fusion"
LEFT_OUT = {f"without {name}": tuple(other for other in SCORERS if other != name) for name in SCORERS}
VARIANTS: Mapping[str, tuple[str, ...]] = {name: (name,) for name in SCORERS} | LEFT_OUT | {FUSION: SCORERS}
NOISE = (0.0, 0.1, 0.2)  # share of characters misheard
ALLOWED = 0.02  # of recall@1 that the fusion may lose at the first level of noise
Rankings = Mapping[str, Ranking]


class Remembering:
    """An encoder that encodes each text once, except while its time counts."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.size, self.longest, self.notice = encoder.name, encoder.size, encoder.longest, encoder.notice
        self.timed = False
        self._encoder = encoder
        self._known: dict[tuple[str, bool], Vectors] = {}

    def encode(self, texts: Sequence[str], query: bool = False) -> Vectors:
        """See Encoder."""
        if self.timed:
            return self._encoder.encode(texts, query)
        if new := [text for text in texts if (text, query) not in self._known]:
            self._known |= zip(((text, query) for text in new), self._encoder.encode(new, query), strict=True)
        return np.array([self._known[text, query] for text in texts], np.float32).reshape(len(texts), self.size)


def ask(index: Index, asked: Sequence[Question], name: str, said: str = "asking") -> Ranking:
    """Every query through the search that the desk uses; near duplicates stand behind the one that is shown."""
    ranking = Ranking()
    for question in track(asked, f"{said} {name}", console=Console(stderr=True)):
        began = time.perf_counter()
        hits = index.search(question.text, DEPTH, scorers=VARIANTS[name], all_hits=True)
        spent = time.perf_counter() - began
        found = [name for hit in hits for name in (hit.article.id, *hit.alike)]
        ranking.add(found, question.relevant, spent)
    return ranking


def compared(index: Index, asked: Sequence[Question], clear: Rankings) -> dict[str, Any]:
    """Every variant at every level of noise, and the verdict. clear: variants that have been asked without noise."""
    swaps = Homophones(text for one in index.articles.values() for text in (one.title, one.body))
    levels: dict[str, Rankings] = {}
    for share in NOISE:
        heard = [Question(swaps.swap(one.text, share), one.relevant) for one in asked]
        known = clear if share == 0 else {}
        said = f"{share:.0%} misheard:"
        levels[f"{share:g}"] = {name: known.get(name) or ask(index, heard, name, said) for name in VARIANTS}
    shown = {share: {name: _with_interval(one) for name, one in rows.items()} for share, rows in levels.items()}
    return {"noise": shown, "verdict": verdict(levels)}


def verdict(levels: Mapping[str, Rankings]) -> dict[str, Any]:
    """Whether the fusion beats the best scorer alone, and what mishearing costs it: differences of recall@1, 0-1."""
    clear, *misheard = levels.values()
    fused = clear[FUSION].first
    best = max(SCORERS, key=lambda name: float(clear[name].first.mean()))
    lost = {share: rows[FUSION].first - fused for share, rows in list(levels.items())[1:]}
    ahead = float((fused - clear[best].first).mean())
    return {
        "best": best,
        "ahead": {name: _difference(fused - clear[name].first) for name in SCORERS},
        "misheard": {share: _difference(values) for share, values in lost.items()},
        "beats_best": ahead > 0,
        "within_2_points": float((misheard[0][FUSION].first - fused).mean()) >= -ALLOWED,
    }


def tables(figures: Mapping[str, Any]) -> list[Table | str]:
    """The comparison as it is printed."""
    table = Table(
        "recall@1 [95 %]", *(f"{float(share):.0%} misheard" for share in figures["noise"]), "mrr@10", box=None
    )
    clear = next(iter(figures["noise"].values()))
    for name in VARIANTS:
        cells = [_cell(rows[name]) for rows in figures["noise"].values()]
        table.add_row(name, *cells, f"{clear[name]['mrr@10']:.4f}")
    return [table, told(figures["verdict"])]


def told(found: Mapping[str, Any]) -> str:
    """The verdict as a sentence."""
    ahead, best = found["ahead"][found["best"]], found["best"]
    beats = "[green]beats[/green]" if found["beats_best"] else "[red]does not beat[/red]"
    cost = "; ".join(f"{float(share):.0%} misheard: {_points(one)}" for share, one in found["misheard"].items())
    within = "[green]within[/green]" if found["within_2_points"] else "[red]not within[/red]"
    return f"fusion {beats} the best scorer alone ({best}): {_points(ahead)} · {cost} ({within} 2 points at 10%)"


def _with_interval(ranking: Ranking) -> dict[str, Any]:
    return ranking.quality() | {"recall@1_95": interval(ranking.first)}


def _difference(values: Any) -> dict[str, Any]:
    return {"recall@1": round(float(values.mean()), 4), "95": interval(values)}


def _cell(row: Mapping[str, Any]) -> str:
    low, high = row["recall@1_95"]
    return f"{row['recall@1']:.4f} \\[{low:.3f}, {high:.3f}]"


def _points(one: Mapping[str, Any]) -> str:
    low, high = one["95"]
    return f"{100 * one['recall@1']:+.1f} points \\[{100 * low:+.1f}, {100 * high:+.1f}]"
