"""Whisper by CTranslate2: the embedded default, weights out of two packages."""

import asyncio
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ctranslate2
import numpy as np
import numpy.typing as npt
import soxr
from faster_whisper.feature_extractor import FeatureExtractor
from faster_whisper.tokenizer import Tokenizer
from tokenizers import Tokenizer as Vocabulary

from asr import weights
from asr.base import RATE, Capabilities, Leg, Lexicon, Pcm
from asr.finish import Finisher
from asr.hypothesis import Hypothesis
from asr.pool import Pool
from asr.segmented import Heard, SegmentedStream
from asr.text import looped, unloop

HEARS = 16000
WINDOW = 30.0
MARGIN = 1.0
FULL_BEAM = 8
LENGTH_PENALTY = 0.6  # whole sentences are no longer favoured over what was said: 1.0 measured 2 % worse
FRAMES = 1500
NOT_SPEECH = 0.85
UNLIKELY = -1.6
LANGUAGE = "zh"
UNFINISHED = "\ufffd"


@dataclass(frozen=True, slots=True)
class _Way:
    """A hypothesis in tokens; score: what beams are ranked by."""

    ids: list[int]
    score: float

    @property
    def logp(self) -> float:
        """Natural log of its probability as a whole."""
        return float(self.score * (len(self.ids) + 1) ** LENGTH_PENALTY)

    @property
    def mean(self) -> float:
        """The same by token."""
        return self.logp / (len(self.ids) + 1)


class WhisperRecognizer:
    """Finals by the full 30 s window with beam 8; drafts, and finals when behind, by a guarded tight window."""

    name = "whisper"
    rates = (RATE, HEARS)
    capabilities = Capabilities(streaming=False, drafts=True, hypotheses=True)

    def __init__(self, models: Path, lexicon: Lexicon, workers: int) -> None:
        folder = weights.verify("whisper-base", models)
        self._model = ctranslate2.models.Whisper(
            str(folder), device="cpu", compute_type="int8", intra_threads=1, inter_threads=workers
        )
        self._tokenizer = Tokenizer(
            Vocabulary.from_file(str(folder / "tokenizer.json")), True, task="transcribe", language=LANGUAGE
        )
        self._prompt = [*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]
        self._mel = FeatureExtractor()
        self._one = threading.Lock()
        self._pool = Pool(workers)
        self._finisher = Finisher(lexicon)
        self._streams: weakref.WeakSet[SegmentedStream] = weakref.WeakSet()

    def stream(self, leg: Leg, rate: int = RATE) -> SegmentedStream:
        """Open a leg whose samples come at one of `rates`; call it with a running loop."""
        stream = SegmentedStream(leg, self, self._pool, self._finisher, rate)
        self._streams.add(stream)
        return stream

    async def idle(self) -> None:
        """See Recognizer."""
        await asyncio.to_thread(self._pool.drain)

    async def close(self) -> None:
        """End the legs still open, decode what waits, stop the workers."""
        for stream in tuple(self._streams):
            await stream.end()
        await asyncio.to_thread(self._pool.close)

    def decode(self, pcm: Pcm, rate: int, quick: bool) -> Heard:
        """int16 mono, at most 30 s -> hypotheses, the best first; none when it was no speech."""
        samples = soxr.resample(pcm.astype(np.float32) / 32768, rate, HEARS, quality="HQ")
        seconds = min(len(samples) / HEARS, WINDOW)
        features = ctranslate2.StorageView.from_array(self._features(samples, seconds + MARGIN if quick else WINDOW))
        sound = features if quick else self._model.encode(features)
        beam = 1 if quick else FULL_BEAM
        (result,) = self._model.generate(
            sound,
            [self._prompt],
            beam_size=beam,
            num_hypotheses=beam,
            length_penalty=LENGTH_PENALTY,
            max_length=min(448, 2 * (int(10 * seconds) + 16)),
            return_scores=True,
            return_no_speech_prob=True,
        )
        ways = list(map(_Way, result.sequences_ids, result.scores))
        if ways[0].mean < (UNLIKELY / 2 if result.no_speech_prob > NOT_SPEECH else UNLIKELY):
            return Heard(())
        return Heard(self._quick(ways[0]) if quick else self._full(sound, ways))

    def _quick(self, way: "_Way") -> tuple[Hypothesis, ...]:
        text = unloop(self._text(way.ids))
        return (Hypothesis(text),) if text else ()

    def _full(self, sound: ctranslate2.StorageView, ways: Sequence["_Way"]) -> tuple[Hypothesis, ...]:
        """All that are no loop; the first knows how sure each of its characters is."""
        whole = [way for way in ways if (text := self._text(way.ids)) and not looped(text)]
        if not whole:
            return self._quick(ways[0])
        first, *others = whole
        (aligned,) = self._model.align(sound, self._tokenizer.sot_sequence, [first.ids], FRAMES)
        text, sure = self._sure(first.ids, aligned.text_token_probs)
        return (
            Hypothesis(text, first.logp, sure),
            *(Hypothesis(self._text(way.ids), way.logp) for way in others),
        )

    def _sure(self, ids: Sequence[int], chances: Sequence[float]) -> tuple[str, tuple[float, ...]]:
        """Tokens -> text and the probability of each character: the least of the tokens that it is made of."""
        text, sure, least = "", list[float](), 1.0
        for n, chance in enumerate(chances, 1):
            least = min(least, chance)
            so_far = self._tokenizer.decode(ids[:n])
            if not so_far.endswith(UNFINISHED):
                sure += [least] * (len(so_far) - len(text))
                text, least = so_far, 1.0
        kept = text.lstrip()
        return kept, tuple(sure[len(text) - len(kept) :])

    def _text(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(ids)).strip(f" {UNFINISHED}")

    def _features(self, samples: npt.NDArray[np.float32], window: float) -> npt.NDArray[np.float32]:
        length = int(min(window, WINDOW) * HEARS)
        padded = np.zeros(length, np.float32)
        padded[: len(samples)] = samples[:length]
        with self._one:  # the extractor keeps buffers between calls
            mel = self._mel(padded, padding=0)
        frames = length // self._mel.hop_length
        return np.ascontiguousarray(mel[None, :, :frames], dtype=np.float32)
