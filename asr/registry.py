"""The engines by name; each is imported when it is chosen."""

import importlib
from collections.abc import Callable
from pathlib import Path

from asr.base import AsrError, Lexicon, Recognizer

ENGINES = {
    "whisper": "asr.whisper:WhisperRecognizer",
    "vosk": "asr.vosk:VoskRecognizer",
    "sherpa": "asr.sherpa:SherpaRecognizer",
    "scripted": "asr.scripted:from_file",
}


def check(choice: str) -> str:
    """The engine of a choice `ENGINE` or `ENGINE:DETAIL`. Raises AsrError, naming those there are."""
    engine = choice.partition(":")[0]
    if engine not in ENGINES:
        raise AsrError(f"没有语音引擎 {engine}；可选：{'、'.join(ENGINES)}")
    return engine


def create(name: str, models: Path, lexicon: Lexicon, workers: int = 1) -> Recognizer:
    """An engine with its weights loaded. Raises AsrError.

    name: an engine, with its default weights; or `vosk:NAME` and `sherpa:NAME[+NAME]` for other weights of models.toml,
    `scripted:FILE` for a script. workers: decodes at once.
    """
    module, maker = ENGINES[check(name)].split(":")
    make: Callable[..., Recognizer] = getattr(importlib.import_module(module), maker)
    detail = name.partition(":")[2]
    return make(models, lexicon, workers, *([detail] if detail else []))
