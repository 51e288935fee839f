"""sherpa-onnx: a streaming transducer, CTC or paraformer, and a second pass for the finals where one is named."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import sherpa_onnx
import soxr

from asr import weights
from asr.base import RATE, AsrError, Capabilities, Leg, Lexicon, Pcm
from asr.streaming import Said, StreamingEngine, StreamingStream

WEIGHTS = "sherpa-onnx-streaming-zipformer-multi-zh-hans-2023-12-12"
HEARS = 16000
PAUSE = 0.5
LONGEST = 20.0
TAIL = 0.6
TOKEN = 0.2
ENDPOINTS = {
    "enable_endpoint_detection": True,
    "rule1_min_trailing_silence": 2.4,
    "rule2_min_trailing_silence": PAUSE,
    "rule3_min_utterance_length": LONGEST,
}


class SherpaEar:
    """One leg's stream; sound since the last final is kept when a second pass will word it."""

    def __init__(self, first: Any, second: Any) -> None:
        self._first, self._second = first, second
        self._stream = first.create_stream()
        self._upwards = soxr.ResampleStream(RATE, HEARS, 1, dtype="float32")
        self._heard = 0
        self._kept: list[npt.NDArray[np.float32]] = []

    def hear(self, pcm: Pcm, draft: bool) -> Said | None:
        """See Ear."""
        self._heard += len(pcm)
        self._accept(self._upwards.resample_chunk(pcm.astype(np.float32) / 32768))
        said = self._said(final=False)
        if self._first.is_endpoint(self._stream):
            return self._final()
        return said if draft else None

    def rest(self) -> Said | None:
        """See Ear."""
        self._accept(self._upwards.resample_chunk(np.zeros(int(TAIL * RATE), np.float32), last=True))
        self._stream.input_finished()
        self._decode()
        return self._final()

    def _accept(self, samples: npt.NDArray[np.float32]) -> None:
        """float32 at 16 kHz."""
        if self._second:
            self._kept.append(samples)
        self._stream.accept_waveform(HEARS, samples)
        self._decode()

    def _decode(self) -> None:
        while self._first.is_ready(self._stream):
            self._first.decode_stream(self._stream)

    def _said(self, final: bool) -> Said | None:
        text = self._first.get_result(self._stream)
        if not text:
            return None
        now, begun = self._heard / RATE, self._first.start_time(self._stream)
        tokens = self._first.timestamps(self._stream) or [0.0, now - begun]  # not every model tells its times
        return Said((text,), begun + tokens[0], min(begun + tokens[-1] + TOKEN, now), final)

    def _final(self) -> Said | None:
        said = self._said(final=True)
        if said and self._second:
            said = Said((self._reworded(said),), said.start, said.end, True)
        self._first.reset(self._stream)
        self._kept = []
        return said

    def _reworded(self, said: Said) -> str:
        """What the second pass hears in the same sound; the first pass's words where it hears none."""
        stream = self._second.create_stream()
        stream.accept_waveform(HEARS, np.concatenate(self._kept))
        self._second.decode_stream(stream)
        return str(stream.result.text).strip() or said.hypotheses[0]


class SherpaRecognizer(StreamingEngine):
    """Drafts and finals of one hypothesis; one model for all legs."""

    name = "sherpa"
    capabilities = Capabilities(streaming=True, drafts=True, hypotheses=False)

    def __init__(self, models: Path, lexicon: Lexicon, workers: int, weight: str = WEIGHTS) -> None:
        first, _, second = weight.partition("+")
        self._first = load_streaming(weights.verify(first, models))
        self._second = load_second(weights.verify(second, models)) if second else None
        super().__init__(lexicon, workers)

    def stream(self, leg: Leg) -> StreamingStream:
        """Open a leg; call it with a running loop."""
        return self.open(leg, SherpaEar(self._first, self._second))


def load_streaming(folder: Path) -> Any:
    """A streaming recogniser by what a folder holds: encoder, decoder and joiner; encoder and decoder; or model."""
    parts = {
        "encoder": _file(folder, "encoder"),
        "decoder": _file(folder, "decoder"),
        "joiner": _file(folder, "joiner"),
    }
    found = {name: file for name, file in parts.items() if file}
    if len(found) == 3:
        return _load(folder, sherpa_onnx.OnlineRecognizer.from_transducer, {**found, **ENDPOINTS})
    if set(found) == {"encoder", "decoder"}:
        return _load(folder, sherpa_onnx.OnlineRecognizer.from_paraformer, {**found, **ENDPOINTS})
    if model := _file(folder, "model") or _file(folder, "ctc"):
        return _load(folder, sherpa_onnx.OnlineRecognizer.from_zipformer2_ctc, {"model": model, **ENDPOINTS})
    raise AsrError(_unusable(folder, "encoder*.onnx、decoder*.onnx、joiner*.onnx（或 model*.onnx）"))


def load_second(folder: Path) -> Any:
    """A whole-segment recogniser: SenseVoice, or zipformer CTC where the folder's name says so."""
    model = _file(folder, "model")
    if not model:
        raise AsrError(_unusable(folder, "model*.onnx"))
    make = sherpa_onnx.OfflineRecognizer
    if "zipformer" in folder.name:
        return _load(folder, make.from_zipformer_ctc, {"model": model})
    return _load(folder, make.from_sense_voice, {"model": model, "language": "zh", "use_itn": False})


def _load(folder: Path, make: Any, options: dict[str, Any]) -> Any:
    tokens = folder / "tokens.txt"
    if not tokens.is_file():
        raise AsrError(_unusable(folder, "tokens.txt"))
    try:
        return make(tokens=str(tokens), num_threads=1, **options)
    except Exception as error:  # the library raises bare RuntimeError and ValueError
        raise AsrError(f"sherpa 载入不了 {folder}：{error}；请重新安装该模型") from error


def _file(folder: Path, part: str) -> str:
    """The int8 file of a part, else any; empty when there is none."""
    files = sorted(folder.glob(f"{part}*.onnx"), key=lambda file: (".int8." not in file.name, file.name))
    return str(files[0]) if files else ""


def _unusable(folder: Path, missing: str) -> str:
    return f"{folder} 里没有 {missing}，不是 sherpa 能用的模型；sherpa 默认用 {WEIGHTS}"
