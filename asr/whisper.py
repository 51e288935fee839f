"""Whisper by CTranslate2: the embedded default, weights out of two packages."""

import threading
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
from asr.pool import Pool
from asr.segmented import Heard, SegmentedStream
from asr.text import looped, unloop

HEARS = 16000
WINDOW = 30.0
MARGIN = 1.0
FULL_BEAM = 8
NOT_SPEECH = 0.85
UNLIKELY = -1.6
LANGUAGE = "zh"


class WhisperRecognizer:
    """Finals by the full 30 s window with beam 8; drafts, and finals when behind, by a guarded tight window."""

    name = "whisper"
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

    def stream(self, leg: Leg) -> SegmentedStream:
        """Open a leg; call it with a running loop."""
        return SegmentedStream(leg, self, self._pool, self._finisher)

    async def close(self) -> None:
        """Stop the workers."""
        self._pool.close()

    def decode(self, pcm: Pcm, quick: bool) -> Heard:
        """int16 mono 8 kHz, at most 30 s -> hypotheses, the best first; none when it was no speech."""
        samples = soxr.resample(pcm.astype(np.float32) / 32768, RATE, HEARS, quality="HQ")
        return self.decode16(samples, quick)

    def decode16(self, samples: npt.NDArray[np.float32], quick: bool) -> Heard:
        """The same for float32 at 16 kHz in -1..1."""
        seconds = min(len(samples) / HEARS, WINDOW)
        features = self._features(samples, seconds + MARGIN if quick else WINDOW)
        beam = 1 if quick else FULL_BEAM
        (result,) = self._model.generate(
            ctranslate2.StorageView.from_array(features),
            [self._prompt],
            beam_size=beam,
            num_hypotheses=beam,
            max_length=min(448, 2 * (int(10 * seconds) + 16)),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            no_repeat_ngram_size=0,
        )
        if result.no_speech_prob > NOT_SPEECH and result.scores[0] < UNLIKELY / 2 or result.scores[0] < UNLIKELY:
            return Heard(())
        texts = [self._tokenizer.decode(ids).strip() for ids in result.sequences_ids]
        whole = [text for text in texts if not looped(text)] or [unloop(texts[0])]
        return Heard(tuple(text for text in whole if text))

    def _features(self, samples: npt.NDArray[np.float32], window: float) -> npt.NDArray[np.float32]:
        length = int(min(window, WINDOW) * HEARS)
        padded = np.zeros(length, np.float32)
        padded[: len(samples)] = samples[:length]
        with self._one:  # the extractor keeps buffers between calls
            mel = self._mel(padded, padding=0)
        frames = length // self._mel.hop_length
        return np.ascontiguousarray(mel[None, :, :frames], dtype=np.float32)
