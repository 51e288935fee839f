"""A two-leg recording through the whole pipeline, with what it came to and how long each thing took."""

import argparse
import asyncio
import json
import math
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from asr import weights
from copilot import parts
from copilot.calls import Calls, new_info
from copilot.events import Event
from copilot.settings import Settings
from telephony.base import TelephonyError
from telephony.replay import Replay


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `python -m eval call`."""
    parser.add_argument("file", type=Path, help="WAV: left citizen, right agent")
    parser.add_argument("--realtime", action="store_true", help="play it at its own speed; else as fast as it goes")
    parser.add_argument("--json", type=Path, help="write the result here")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure; 2 when the recording cannot be used."""
    out = Console()
    try:
        result = asyncio.run(measure(options.file, 1.0 if options.realtime else math.inf))
    except TelephonyError as error:
        out.print(f"[red]{error}[/red]")
        return 2
    text = json.dumps(result, ensure_ascii=False, indent=1)
    if options.json:
        options.json.write_text(text, "utf8")
    out.print_json(text)
    return 0


async def measure(path: Path, speed: float) -> dict[str, Any]:
    """Run the call. `after`: seconds from the end of the speech that led to it (only in real time)."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        weights.install("whisper-base", settings.models)
        built = parts.build(settings)
        calls, info = Calls(built), new_info("13800000000", "replay")
        line = Replay(path, info, speed)
        seen: list[tuple[float, Event]] = []
        async with built.bus.subscribe("eval") as mailbox:
            await calls.ring(info, "eval", "", lambda: line)
            await calls.answer(info.id, "eval")
            began = time.monotonic()
            while True:
                event = await mailbox.get()
                seen.append((time.monotonic() - began, event))
                if getattr(event, "type", "") == "ended":
                    break
        await calls.wait(info.id)
        await built.close()
    return report(seen, speed == 1.0)


def report(seen: list[tuple[float, Event]], timed: bool) -> dict[str, Any]:
    """The events as one object."""
    out: dict[str, Any] = {
        "utterances": [],
        "cards": [],
        "departments": [],
        "fields": {},
        "alerts": [],
        "summary": "",
        "rankings": [],
    }
    spoken = 0.0
    for at, event in seen:
        body = event.model_dump()
        after = round(at - spoken, 2) if timed else None
        match body["type"]:
            case "heard":
                spoken = body["end"]
                keep = {key: body[key] for key in ("utterance", "leg", "start", "end", "text", "final")}
                out["utterances"].append(keep | {"after": round(at - spoken, 2) if timed else None})
            case "suggested":
                known = {card["article"] for card in out["cards"]}
                out["cards"] += [
                    {k: card[k] for k in ("article", "title", "score")} | {"at": round(at, 2), "after": after}
                    for card in body["cards"]
                    if card["article"] not in known
                ]
            case "routed":
                out["departments"] = body["departments"]
                out["rankings"].append({"at": round(at, 2), "after": after})
            case "drafted":
                out["fields"] = {
                    f["name"]: {
                        "value": f["value"],
                        "evidence": {"utterance": f["utterance"], "quote": f["quote"]},
                        "doubtful": f["doubtful"],
                    }
                    for f in body["fields"]
                }
            case "alerted":
                out["alerts"].append(
                    {k: body[k] for k in ("kind", "number", "quote")} | {"at": round(at, 2), "after": after}
                )
            case "summarised":
                out["summary"] = body["text"]
    return out
