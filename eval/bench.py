"""Everything that has a bar, measured in one go and printed beside it."""

import argparse
import asyncio
import json
import resource
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

import classifier
import kb_index
from classifier.catalogue import load as load_catalogue
from copilot import parts
from copilot.events import Heard, Suggested
from copilot.rooms import room_data
from copilot.settings import Settings
from copilot.suggest import QUIET
from eval import fit, pages, routing, safety, scale, search, speech, writes
from eval.ablation import ALLOWED, FUSION, Remembering
from eval.call import report
from eval.documents import Question
from eval.pipeline import Seen, pipeline
from eval.row import Row, quantile, table
from kb_index.article import load as load_articles
from kb_index.encoders.registry import create
from kb_index.search.index import SCORERS
from telephony.samples import SAMPLES, Sample

SHARED = Path("../shared/data")
NAMES = Path("tests/asr/names/names.tsv")
QUESTIONS = Path("tests/kb_index/questions.tsv")
REQUESTS = Path("tests/classifier/requests.tsv")
ASKED = 400
SLICES = 100_000
AT_ONCE = 4


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `python -m eval bench`."""
    parser.add_argument("--data", type=Path, default=SHARED, help="folder with speech/ and hotline/ to measure on")
    parser.add_argument("--only", choices=tuple(SECTIONS), action="append", help="one section; may be repeated")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure; 1 when a bar is missed."""
    out = Console()
    rows: list[Row] = []
    for name in options.only or SECTIONS:
        out.rule(name)
        try:
            found = alone(name, options.data)
        except (OSError, speech.SpeechError) as error:
            out.print(f"[yellow]not measured: {error}[/yellow]")
            continue
        out.print(table(found))
        rows += found
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1), "utf8")
    missed = [row.what for row in rows if row.met is False]
    out.print(f"[red]missed: {'; '.join(missed)}[/red]" if missed else "[green]every bar is met[/green]")
    return 1 if missed else 0


def alone(name: str, data: Path) -> list[Row]:
    """A section in a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(section, name, data).result()


def section(name: str, data: Path) -> list[Row]:
    """Measure one section."""
    return asyncio.run(SECTIONS[name](data))


async def hearing(data: Path) -> list[Row]:
    """Character error rates on the development recordings, and the names of our own spoken sentences."""
    found = []
    dev = speech.rows(data / "speech" / "dev.tsv")
    for telephone, bar in ((False, 0.18), (True, 0.205)):
        figures, _ = await speech.measure(dev, "whisper", telephone)
        channel, raw = "telephone" if telephone else "clean", number(figures["cer_raw"])
        found.append(Row(f"character error rate, {channel}", number(figures["cer"]), bar))
        found.append(Row(f"the same after repair, beside raw ({channel})", number(figures["cer"]), raw))
    found.append(Row("real-time factor, CPU seconds a second", number(figures["rtf_cpu"])))
    spoken, _ = await speech.measure(speech.rows(NAMES), "whisper", True)
    return [*found, Row("names right", number(spoken["names_right"]) / number(spoken["names"]), 0.6, False)]


def number(value: float | str | None) -> float:
    """A figure that must be one."""
    assert isinstance(value, int | float)
    return float(value)


async def finding(data: Path) -> list[Row]:
    """Recall of the fusion beside the best scorer alone, on development data and on our own base, and misheard."""
    found, encoder = [], Remembering(create())
    for name, (articles, asked) in fit.datasets(data, QUESTIONS).items():
        queries = [Question(text, right) for text, right in asked[:ASKED]]
        figures = search.measure(articles, queries, encoder, [*SCORERS, FUSION])
        best, misheard = figures["verdict"]["best"], figures["noise"]["0.1"][FUSION]["recall@1"]
        fused, alone = figures["scorers"][FUSION], figures["scorers"][best]["recall@1"]
        found.append(Row(f"{name}: recall@1 of the fusion, beside the best alone", fused["recall@1"], alone, False))
        found.append(Row(f"{name}: the same, 10 % misheard", misheard, fused["recall@1"] - ALLOWED, False))
        found.append(Row(f"{name}: search with encoder, p95", fused["p95_ms"], 200, unit="ms"))
    return found


async def growing(_: Path) -> list[Row]:
    """The index at many slices, on one core: what a search takes, without the encoder and with it."""
    measured, encoded = scale.product(SLICES), scale.encoding("")
    figures = scale.figures(measured, encoded["query_ms"])
    return [
        Row(f"search at {SLICES:,} slices, p95", figures["ms"]["p95"], 30, unit="ms"),
        Row("the same with encoder, p95", figures["with_encoder_ms"]["p95"], 80, unit="ms"),
        Row("added article found after, worst", max(measured.visible_ms), 1000, unit="ms"),
        Row("building, without the encoder", measured.build_s, unit="s"),
        Row("memory held", measured.held_mb, unit="MB"),
    ]


async def dispatching(_: Path) -> list[Row]:
    """Departments on our own requests."""
    catalogue = load_catalogue(room_data(classifier) / "catalogue.csv")
    articles = load_articles(room_data(kb_index) / "articles")
    settings = Settings()
    router = parts.train(catalogue, articles, create(settings.encoder), settings.cache, parts.unseen)
    rows = routing.requests(REQUESTS)
    figures = routing.figures(rows, routing.measure(router, rows)[0])
    names = ("top1", "top3", "ece", "coverage@0.8", "accuracy@0.8")
    return [Row(f"departments: {name}", figures[name]) for name in names]


async def calls(_: Path) -> list[Row]:
    """The eight sample calls, as fast as every word can be heard in full: what came of them."""
    right = {"article": 0, "department": 0, "alarm": 0}
    phones = {"exact": 0, "doubtful": 0, "silently wrong": 0, "missing": 0}
    async with pipeline() as line:
        for sample in SAMPLES:
            result = report(await line.play(sample.wav, False, sample.number), False)
            right["article"] += sample.expect_article in {card["article"] for card in result["cards"]}
            right["department"] += [sample.expect_department] == [d["name"] for d in result["departments"][:1]]
            right["alarm"] += sample.expect_alert == bool(result["alerts"])
            if sample.expect_phone:
                phones[number_of(sample, result["fields"])] += 1
    bars = {"article": 8, "department": 7, "alarm": 8}
    rows = [Row(f"right {name}, of {len(SAMPLES)} calls", count, bars[name], False) for name, count in right.items()]
    return rows + [Row(f"telephone numbers {name}", count, *BARS.get(name, ())) for name, count in phones.items()]


BARS = {"silently wrong": (0.0,)}


def number_of(sample: Sample, fields: dict[str, Any]) -> str:
    """How the number that was spoken arrived in the ticket."""
    field = fields.get("callback_number")
    if field is None:
        return "missing"
    if field["doubtful"]:
        return "doubtful"
    return "exact" if field["value"] == sample.expect_phone else "silently wrong"


async def delay(_: Path) -> list[Row]:
    """One call in real time: how long after the speech the desk knows."""
    async with pipeline() as line:
        seen = await line.play(SAMPLES[0].wav, True, SAMPLES[0].number)
    late = sorted(at - heard.end for at, heard in finals(seen))
    drafts = [one.at - one.event.end for one in seen if isinstance(one.event, Heard) and not one.event.final]
    return [
        Row("final text after speech, median", float(np.median(late)), unit="s"),
        Row("final text after speech, worst", late[-1], 2.0, unit="s"),
        Row("draft after the words in it, median", float(np.median(drafts)), 0.8, unit="s"),
        Row("stable text to card, p95", quantile(text_to_card(seen)), 0.2, unit="s"),
    ]


async def four(_: Path) -> list[Row]:
    """Four calls at once in real time on this machine, against each alone: no final may be lost."""
    async with pipeline() as line:
        chosen = SAMPLES[:AT_ONCE]
        alone = [await line.play(sample.wav, False) for sample in chosen]
        together = await asyncio.gather(*(line.play(sample.wav, True) for sample in chosen))
    lost = sum(missing(one, other) for one, other in zip(alone, together, strict=True))
    late = [at - heard.end for call in together for at, heard in finals(call)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return [
        Row(f"finals lost in {AT_ONCE} calls at once", lost, 0),
        Row(f"final text after speech, {AT_ONCE} calls, p95", quantile(late), unit="s"),
        Row("stable text to card, p95", quantile([d for call in together for d in text_to_card(call)]), 0.2, unit="s"),
        Row("memory, everything loaded", memory, 1.5, unit="GB"),
    ]


def missing(alone: Sequence[Seen], together: Sequence[Seen]) -> int:
    """Finals of the first run that the second has nothing for at that time."""
    other = [found for _, found in finals(together)]
    return sum(not any(_same(found, one) for one in other) for _, found in finals(alone))


def finals(seen: Sequence[Seen]) -> list[tuple[float, Heard]]:
    """The final texts and when they were seen."""
    return [(one.at, one.event) for one in seen if isinstance(one.event, Heard) and one.event.final]


def _same(one: Heard, other: Heard) -> bool:
    return one.leg == other.leg and one.start < other.end and other.start < one.end


def text_to_card(seen: Sequence[Seen]) -> Iterator[float]:
    """Seconds from the text that led to it to each change of cards; a draft counts from when it was taken as stable."""
    text = 0.0
    for one in seen:
        if isinstance(one.event, Heard) and one.event.leg == "citizen":
            text = one.at if one.event.final else one.at + QUIET
        elif isinstance(one.event, Suggested):
            yield max(0.0, one.at - text)


SECTIONS = {
    "hearing": hearing,
    "finding": finding,
    "growing": growing,
    "dispatching": dispatching,
    "sample calls": calls,
    "delay": delay,
    "four calls": four,
    "ticket writes": writes.section,
    "ticket pages": pages.section,
    "tickets in danger": safety.section,
}
