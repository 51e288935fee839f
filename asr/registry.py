"""The engines by name; each is imported when it is chosen."""

import importlib
from collections.abc import Sequence
from pathlib import Path

from asr.base import AsrError, Recognizer

ENGINES = {"whisper": "asr.whisper:WhisperRecognizer"}


def create(name: str, models: Path, terms: Sequence[str], workers: int = 1) -> Recognizer:
    """An engine with its weights loaded. terms: names that calls are likely to hold. Raises AsrError."""
    if name not in ENGINES:
        raise AsrError(f"没有语音引擎 {name}；可选：{'、'.join(ENGINES)}")
    module, cls = ENGINES[name].split(":")
    engine: Recognizer = getattr(importlib.import_module(module), cls)(models, terms, workers)
    return engine
