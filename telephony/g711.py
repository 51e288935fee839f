"""G.711 A-law by table (ITU-T G.711)."""

import numpy as np
import numpy.typing as npt

from telephony.base import Pcm


def _table() -> Pcm:
    codes = np.arange(256, dtype=np.int32) ^ 0x55
    exponent, mantissa = (codes & 0x70) >> 4, codes & 0x0F
    linear = np.where(exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(codes & 0x80, linear, -linear).astype(np.int16)


DECODE = _table()
_ORDER = np.argsort(DECODE)
_SORTED = DECODE[_ORDER].astype(np.int32)


def decode(codes: bytes) -> Pcm:
    """A-law bytes to int16 samples."""
    return DECODE[np.frombuffer(codes, np.uint8)]


def encode(pcm: npt.NDArray[np.int16]) -> bytes:
    """Int16 samples to the nearest A-law codes."""
    right = np.clip(np.searchsorted(_SORTED, pcm), 1, 255)
    left = right - 1
    wide = pcm.astype(np.int32)
    nearest = np.where(wide - _SORTED[left] <= _SORTED[right] - wide, left, right)
    return bytes(_ORDER[nearest].astype(np.uint8).tobytes())
