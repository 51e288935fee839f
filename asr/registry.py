"""The engines by name; each is imported when it is chosen."""

import importlib
from pathlib import Path

from asr.base import AsrError, Lexicon, Recognizer

ENGINES = {"whisper": "asr.whisper:WhisperRecognizer"}


def create(name: str, models: Path, lexicon: Lexicon, workers: int = 1) -> Recognizer:
    """An engine with its weights loaded. Raises AsrError."""
    if name not in ENGINES:
        raise AsrError(f"没有语音引擎 {name}；可选：{'、'.join(ENGINES)}")
    module, cls = ENGINES[name].split(":")
    engine: Recognizer = getattr(importlib.import_module(module), cls)(models, lexicon, workers)
    return engine
