"""How search grows with the slices: the product's index beside a plain flat index of vectors and a plain BM25."""

import argparse
import gc
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

import kb_index
from copilot.rooms import room_data
from copilot.settings import Settings
from eval.made import Base, Projected
from eval.plain import Flat, Words
from kb_index.article import Article, load
from kb_index.encoders.registry import create
from kb_index.search.index import Index
from kb_index.search.passages import passages
from kb_index.search.query import essence
from kb_index.search.snapshot import Weighed
from kb_index.slicing import Slice

DEPTH = 10
QUERIES, WARM, CHECKED, ADDED, SAMPLE = 1000, 50, 20, 20, 60
PART = 4096  # articles a step
WIDE = 140  # columns that the table needs
QUANTILES = (50, 95, 99)
PAGE = resource.getpagesize()
BYTES_PER_MB = 1e6


@dataclass(frozen=True, slots=True)
class Measured:
    """One way of searching. build_s: seconds; held_mb, peak_mb: memory over that of the empty process.

    ms: of each query; visible_ms: until an added article is found, gone_ms: until a removed one is not;
    recall: of the first ten articles of an exact ranking.
    """

    name: str
    slices: int
    build_s: float
    held_mb: float
    peak_mb: float
    ms: list[float]
    visible_ms: list[float] = field(default_factory=list)
    gone_ms: list[float] = field(default_factory=list)
    recall: float | None = None


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `--scale`."""
    parser.add_argument("--scale", type=int, nargs="+", metavar="N", help="latency, memory, build time at N slices")


def run(options: argparse.Namespace, out: Console) -> dict[str, Any]:
    """Every size, each way of searching in a process and on a core of its own; the figures."""
    out.print("encoding a sample with the product's encoder …")
    encoded = alone(encoding, options.encoder)
    sizes = {}
    for n in options.scale:
        found = []
        for contender in (product, flat, words):
            out.print(f"{n:,} slices: {contender.__name__} …")
            found.append(alone(contender, n))
        sizes[str(n)] = [figures(one, encoded["query_ms"]) for one in found]
        Console(width=max(out.width, WIDE)).print(table(n, sizes[str(n)], encoded))
    return {"encoder": summary(encoded), "sizes": sizes}


def alone(measure: Callable[[Any], Any], argument: Any) -> Any:
    """In a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(one_core, measure, argument).result()


def one_core(measure: Callable[[Any], Any], argument: Any) -> Any:
    """With one thread, whatever library would take more."""
    faiss.omp_set_num_threads(1)
    with threadpool_limits(1):
        return measure(argument)


def made(n: int) -> Base:
    """The base of about n slices."""
    return Base(load(room_data(kb_index) / "articles"), n)


def encoding(name: str) -> dict[str, Any]:
    """What the product's encoder takes: milliseconds a question, seconds a slice; its name."""
    encoder = create(name, Settings().encoder_key)
    base = made(SAMPLE * 4)
    asked = [essence(text) or text for text in base.questions(QUERIES // 4)]
    encoder.encode(asked[:5], query=True)
    query_ms = [timed(partial(encoder.encode, [text], query=True)) for text in asked]
    article = [base.article(number) for number in range(SAMPLE // 4)]
    texts = [text for one in article for _, text in passages(one)]
    spent = timed(lambda: encoder.encode(texts)) / 1000
    added = [timed(partial(encoder.encode, [text for _, text in passages(one)])) for one in article[:ADDED]]
    return {
        "name": encoder.name,
        "query_ms": query_ms,
        "slice_s": spent / sum(len(one.slices) for one in article),
        "article_ms": added,
    }


def product(n: int) -> Measured:
    """The index that the desk searches, over files on disk."""
    base, encoder = made(n), Projected()
    queries = base.questions(min(QUERIES, n))
    with tempfile.TemporaryDirectory() as folder:
        before, began = memory(), time.perf_counter()
        index = Index.open(Path(folder), encoder)
        index.apply(base.articles(), position=1)
        spent, held = time.perf_counter() - began, memory() - before
        peak = peak_memory() - before
        ms = latencies(queries, lambda text: index.search(text, DEPTH, all_hits=True))
        visible, gone = changes(index)
        recall = compared(index, queries[:CHECKED])
        index.close()
    return Measured("product", n, spent, held, peak, ms, visible, gone, recall)


def flat(n: int) -> Measured:
    """faiss over a float32 vector of each slice."""
    encoder = Projected()
    return contender("faiss flat", n, lambda texts: Flat(texts, encoder).search)


def words(n: int) -> Measured:
    """BM25 over each slice."""
    return contender("plain BM25", n, lambda texts: Words(texts).search)


Search = Callable[[str, int], Any]


def contender(name: str, n: int, built: Callable[[Iterable[Sequence[str]]], Search]) -> Measured:
    """Built over the texts of all slices, made part by part."""
    base = made(n)
    texts = ([f"{one.title}。{part.text}" for one in some for part in one.slices] for some in batches(base.articles()))
    before, began = memory(), time.perf_counter()
    search = built(texts)
    spent, held, peak = time.perf_counter() - began, memory() - before, peak_memory() - before
    return Measured(
        name, n, spent, held, peak, latencies(base.questions(min(QUERIES, n)), lambda text: search(text, DEPTH))
    )


def batches(articles: Iterable[Article]) -> Iterator[Sequence[Article]]:
    """Parts of the articles."""
    waiting = iter(articles)
    return iter(lambda: list(islice(waiting, PART)), [])


def latencies(queries: Sequence[str], search: Callable[[str], Any]) -> list[float]:
    """Milliseconds of each query, after some that warm up."""
    for text in queries[:WARM]:
        search(text)
    return [timed(partial(search, text)) for text in queries]


def changes(index: Index) -> tuple[list[float], list[float]]:
    """Milliseconds until an added article is found, and until a removed one is not."""
    visible, gone = [], []
    for number in range(ADDED):
        title = f"新增事项{number}号量子隧道通行证"
        fresh = Article(f"new{number}", 1, title, (), (Slice(f"{title}在第{number}窗口办理。"),))
        visible.append(timed(partial(index.apply, [fresh])))
        assert any(fresh.id in (hit.article.id, *hit.alike) for hit in index.search(title, ADDED, all_hits=True))
    for number in range(ADDED):
        gone.append(timed(partial(index.apply, [], [f"new{number}"])))
        assert not any(hit.article.id == f"new{number}" for hit in index.search("量子隧道通行证", ADDED, all_hits=True))
    return visible, gone


def compared(index: Index, queries: Sequence[str]) -> float:
    """Of the ten articles that rank first when every slice is weighed exactly, the share that the search finds too."""
    every = len(index.articles)
    right = []
    for text in queries:
        sought = essence(text) or text
        exact, found = (_first(*index.weigh(sought, least=least)) for least in (every, 0))
        right.append(len(exact & found) / len(exact))
    return round(float(np.mean(right)), 4)


def _first(names: Sequence[str], weighed: Weighed) -> set[str]:
    return {names[place] for place in np.argsort(-weighed.rank, kind="stable")[:DEPTH]}


def timed(work: Callable[[], Any]) -> float:
    """Milliseconds that it takes."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def memory() -> float:
    """What the process holds now, MB (/proc/self/statm)."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE / BYTES_PER_MB


def peak_memory() -> float:
    """The most that it has held, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / BYTES_PER_MB


def figures(one: Measured, query_ms: Sequence[float]) -> dict[str, Any]:
    """As they are written down; with_encoder: each query with the encoding of one like it."""
    both = [ms + query_ms[number % len(query_ms)] for number, ms in enumerate(one.ms)]
    rows = {"ms": one.ms, "with_encoder_ms": both, "visible_ms": one.visible_ms, "gone_ms": one.gone_ms}
    found = asdict(one) | {name: quantiles(values) for name, values in rows.items()}
    return {name: round(value, 1) if isinstance(value, float) else value for name, value in found.items()}


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p95, p99; nothing of nothing."""
    points: Sequence[float] = np.percentile(values, QUANTILES).tolist() if values else []
    return {f"p{at}": round(float(value), 2) for at, value in zip(QUANTILES, points, strict=bool(values))}


def summary(encoded: dict[str, Any]) -> dict[str, Any]:
    """The encoder's cost."""
    return {
        "name": encoded["name"],
        "query_ms": quantiles(encoded["query_ms"]),
        "slice_ms": round(1000 * encoded["slice_s"], 1),
        "added_article_ms": quantiles(encoded["article_ms"]),
    }


def table(n: int, rows: Sequence[dict[str, Any]], encoded: dict[str, Any]) -> Table:
    """One size."""
    cost = summary(encoded)
    shown = Table(
        title=f"{n:,} slices, one core, {min(QUERIES, n)} queries",
        caption=(
            f"Vectors are projections of characters. By a sample, {cost['name']} encodes {n:,} slices in about "
            f"{n * encoded['slice_s'] / 3600:.1f} h ({cost['slice_ms']} ms each), a question in "
            f"{_three(cost['query_ms'])} ms, an added article in {_three(cost['added_article_ms'])} ms (p50/p95/p99)."
        ),
    )
    columns = (
        "",
        "build s",
        "memory MB",
        "peak MB",
        "ms p50/p95/p99",
        "with encoder",
        "added visible ms",
        "removed ms",
        "recall@10",
    )
    for column in columns:
        shown.add_column(column)
    for row in rows:
        encoder = _three(row["with_encoder_ms"]) if row["name"] != "plain BM25" else "–"
        cells = [f"{row[name]:,.1f}" for name in ("build_s", "held_mb", "peak_mb")]
        cells += [_three(row["ms"]), encoder, _three(row["visible_ms"]), _three(row["gone_ms"])]
        shown.add_row(row["name"], *cells, "–" if row["recall"] is None else f"{row['recall']:.3f}")
    return shown


def _three(values: dict[str, float]) -> str:
    return " / ".join(f"{value:.1f}" for value in values.values()) or "–"
