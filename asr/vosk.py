"""Vosk: Kaldi's decoder over weights that a small machine can carry."""

import json
from pathlib import Path
from typing import Any

import vosk

from asr import weights
from asr.base import RATE, AsrError, Capabilities, Leg, Lexicon, Pcm
from asr.streaming import Said, StreamingEngine, StreamingStream

WEIGHTS = "vosk-model-small-cn-0.22"
HYPOTHESES = 8


class VoskEar:
    """One leg's Kaldi recogniser: it ends an utterance at half a second of silence (the weights' own rules)."""

    def __init__(self, model: vosk.Model) -> None:
        self._kaldi = vosk.KaldiRecognizer(model, RATE)
        self._kaldi.SetWords(True)
        self._kaldi.SetMaxAlternatives(HYPOTHESES)
        self._heard = 0
        self._begun: float | None = None

    def hear(self, pcm: Pcm, draft: bool) -> Said | None:
        """See Ear."""
        before = self._heard / RATE
        self._heard += len(pcm)
        if self._kaldi.AcceptWaveform(pcm.tobytes()):
            return self._final(self._kaldi.Result())
        return self._partial(before) if draft else None

    def rest(self) -> Said | None:
        """See Ear."""
        return self._final(self._kaldi.FinalResult())

    def _partial(self, before: float) -> Said | None:
        text = json.loads(self._kaldi.PartialResult())["partial"]
        if not text:
            return None
        self._begun = before if self._begun is None else self._begun
        return Said((text,), self._begun, self._heard / RATE, False)

    def _final(self, answer: str) -> Said | None:
        self._begun = None
        heard: list[dict[str, Any]] = [way for way in json.loads(answer)["alternatives"] if way["text"].strip()]
        if not heard:
            return None
        words = heard[0]["result"]
        return Said(tuple(way["text"].strip() for way in heard), words[0]["start"], words[-1]["end"], True)


class VoskRecognizer(StreamingEngine):
    """Drafts and finals with hypotheses; one model for all legs."""

    name = "vosk"
    capabilities = Capabilities(streaming=True, drafts=True, hypotheses=True)

    def __init__(self, models: Path, lexicon: Lexicon, workers: int, weight: str = WEIGHTS) -> None:
        folder = weights.verify(weight, models)
        vosk.SetLogLevel(-1)
        try:
            self._model = vosk.Model(str(folder))
        except Exception as error:  # vosk knows no narrower one
            raise AsrError(f"{folder} 里不是 vosk 的语音模型；vosk 默认用 {WEIGHTS}") from error
        super().__init__(lexicon, workers)

    def stream(self, leg: Leg) -> StreamingStream:
        """Open a leg; call it with a running loop."""
        return self.open(leg, VoskEar(self._model))
