"""Writes an ONNX model in its wire format (protobuf), so that weights out of another format run in onnxruntime."""

import struct
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

IR_VERSION, OPSET, MICROSOFT = 9, 17, "com.microsoft"
FLOAT = 1
KINDS = {np.dtype(np.float32): FLOAT, np.dtype(np.uint8): 2}


class Graph:
    """Nodes and weights, in order; `model` gives the bytes of the file."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._weights: list[bytes] = []

    def weight(self, name: str, values: npt.NDArray[np.float32] | npt.NDArray[np.uint8]) -> str:
        """A constant of type float32 or uint8; its name."""
        dims = b"".join(_number(1, size) for size in values.shape)
        kind = _number(2, KINDS[values.dtype])
        self._weights.append(dims + kind + _text(8, name) + _bytes(9, np.ascontiguousarray(values).tobytes()))
        return name

    def node(self, kind: str, inputs: Sequence[str], output: str, domain: str = "", **settings: float) -> str:
        """One operation with one output; the output's name. settings: integers or floats."""
        body = b"".join(_text(1, name) for name in inputs) + _text(2, output) + _text(4, kind)
        self._nodes.append(body + b"".join(map(_setting, settings, settings.values())) + _text(7, domain))
        return output

    def model(self, source: str, result: str, width: int) -> bytes:
        """The whole model, float32 (1, any, width) in and out."""
        graph = _each(1, self._nodes) + _text(2, "g") + _each(5, self._weights)
        graph += _bytes(11, _shape(source, width)) + _bytes(12, _shape(result, width))
        opsets = _bytes(8, _number(2, OPSET)) + _bytes(8, _text(1, MICROSOFT) + _number(2, 1))
        return _number(1, IR_VERSION) + _bytes(7, graph) + opsets


def _setting(name: str, value: float) -> bytes:
    whole = isinstance(value, int)
    held = _number(3, int(value)) if whole else _key(2, 5) + struct.pack("<f", value)
    return _bytes(5, _text(1, name) + held + _number(20, 2 if whole else 1))


def _shape(name: str, width: int) -> bytes:
    dims = [_number(1, 1), _text(2, "tokens"), _number(1, width)]
    tensor = _number(1, FLOAT) + _bytes(2, _each(1, dims))
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


def _each(field: int, parts: Iterable[bytes]) -> bytes:
    return b"".join(_bytes(field, part) for part in parts)


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())


def _bytes(field: int, content: bytes) -> bytes:
    return _key(field, 2) + _varint(len(content)) + content


def _number(field: int, value: int) -> bytes:
    return _key(field, 0) + _varint(value)


def _key(field: int, wire: int) -> bytes:
    return _varint(field << 3 | wire)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
