"""A two-leg recording through the whole pipeline, with what it came to and how long each thing took."""

import argparse
import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from copilot.events import Alerted, Card, Drafted, Heard, Routed, Suggested, Summarised
from eval.pipeline import NUMBER, Seen, pipeline
from telephony.base import TelephonyError
from telephony.replay import read

FIELD_NAMES = {  # the ticket's columns whose names in the hotline's vocabulary are longer
    "happened_at": "when_it_happened",
    "address": "where",
    "request": "what_is_asked_for",
    "matter1": "matter_level_1",
    "matter2": "matter_level_2",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `python -m eval call`."""
    parser.add_argument("file", type=Path, help="WAV: left citizen, right agent")
    parser.add_argument("--realtime", action="store_true", help="play it at its own speed; else as fast as it goes")
    parser.add_argument("--number", default=NUMBER, help="the calling number")
    parser.add_argument("--json", type=Path, help="write the result here")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure; 2 when the recording cannot be used."""
    try:
        read(options.file)  # a bad file is refused before a minute of loading
        result = report(asyncio.run(play(options)), options.realtime)
    except TelephonyError as error:
        Console(stderr=True).print(f"[red]{error}[/red]")
        return 2
    text = json.dumps(result, ensure_ascii=False, indent=1)
    if options.json:
        options.json.write_text(text, "utf8")
    print(text)
    return 0


async def play(options: argparse.Namespace) -> list[Seen]:
    """The call with its progress on standard error."""
    progress = Console(stderr=True)
    with progress.status("载入") as status:
        async with pipeline(status.update) as line:
            status.update(f"播放 {options.file.name}")
            return await line.play(options.file, options.realtime, options.number)


def report(seen: Sequence[Seen], timed: bool) -> dict[str, Any]:
    """The events as one object.

    `at`: seconds of the call when it reached the desk. `after`: seconds from the end of the speech that led to it,
    negative where it came before the speaker stopped; only in real time, else null.
    """
    out: dict[str, Any] = {"utterances": [], "cards": [], "rankings": [], "departments": [], "fields": {}}
    out |= {"alerts": [], "summary": ""}
    spoken = 0.0
    for one in seen:
        when = {"at": round(one.at, 2), "after": round(one.at - spoken, 2) if timed else None}
        match one.event:
            case Heard() as heard:
                spoken = heard.end
                when["after"] = round(one.at - spoken, 2) if timed else None
                out["utterances"].append(heard.model_dump(exclude={"type", "call", "seq"}) | when)
            case Suggested() as suggested:
                out["cards"] += [_card(card) | when for card in suggested.cards if _new(card, out["cards"])]
            case Routed() as routed:
                out["departments"] = [department.model_dump() for department in routed.departments]
                out["rankings"].append(
                    {"department": out["departments"][0]["name"] if out["departments"] else ""} | when
                )
            case Drafted() as drafted:
                out["fields"] = {FIELD_NAMES.get(f.name, f.name): _field(f.model_dump()) for f in drafted.fields}
            case Alerted() as alerted:
                out["alerts"].append(alerted.model_dump(exclude={"type", "call", "seq"}) | when)
            case Summarised() as summarised:
                out["summary"] = summarised.text
    return out


def _new(card: Card, known: list[dict[str, Any]]) -> bool:
    return all(card.article != old["article"] for old in known)


def _card(card: Card) -> dict[str, Any]:
    return {"article": card.article, "title": card.title, "score": card.score}


def _field(filled: dict[str, Any]) -> dict[str, Any]:
    evidence = {"utterance": filled["utterance"], "quote": filled["quote"]}
    return {"value": filled["value"], "evidence": evidence, "doubtful": filled["doubtful"]}
