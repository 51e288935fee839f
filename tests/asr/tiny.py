"""Real sherpa-onnx weights of a few kilobytes, set by hand: they hear loud sound as 甲乙丙丁甲乙…, silence as nothing.

They drive the adapter and the library for real; what real weights would hear they do not show.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

TOKENS = ["<blk>", "甲", "乙", "丙", "丁"]
LOUD = -8.0  # mean log-mel energy: silence lies near -16, speech above -6
NEVER = -100.0
FLOAT, INT = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64


def streaming(folder: Path) -> Path:
    """A streaming transducer: encoder.onnx, decoder.onnx, joiner.onnx, tokens.txt."""
    _tokens(folder)
    follows = np.full((5, 5), NEVER, np.float32)
    for token in range(5):
        follows[token, token % 4 + 1] = 0.0  # after each token only the next may come
    _save(
        folder / "encoder.onnx",
        [("x", FLOAT, ["N", 9, 80]), ("h", FLOAT, [1, "N", 1]), ("c", FLOAT, [1, "N", 1])],
        [("encoder_out", FLOAT, ["N", 1, 1]), ("new_h", FLOAT, [1, "N", 1]), ("new_c", FLOAT, [1, "N", 1])],
        [
            helper.make_node("ReduceMean", ["x", "axes"], ["encoder_out"], keepdims=1),
            helper.make_node("Identity", ["h"], ["new_h"]),
            helper.make_node("Identity", ["c"], ["new_c"]),
        ],
        {"axes": np.array([1, 2])},
        {
            "model_type": "lstm",
            "num_encoder_layers": 1,
            "T": 9,
            "decode_chunk_len": 4,
            "rnn_hidden_size": 1,
            "d_model": 1,
        },
    )
    _save(
        folder / "decoder.onnx",
        [("y", INT, ["N", 2])],
        [("decoder_out", FLOAT, ["N", 5])],
        [
            helper.make_node("Gather", ["y", "last"], ["token"], axis=1),
            helper.make_node("Gather", ["follows", "token"], ["decoder_out"], axis=0),
        ],
        {"last": np.array(1), "follows": follows},
        {"vocab_size": 5, "context_size": 2},
    )
    _save(
        folder / "joiner.onnx",
        [("encoder_out", FLOAT, ["N", 1]), ("decoder_out", FLOAT, ["N", 5])],
        [("logit", FLOAT, ["N", 5])],
        [
            helper.make_node("Sub", ["encoder_out", "loud"], ["above"]),
            helper.make_node("Mul", ["above", "spoken"], ["heard"]),
            helper.make_node("Mul", ["decoder_out", "spoken"], ["allowed"]),
            helper.make_node("Add", ["heard", "allowed"], ["logit"]),
        ],
        {"loud": np.array([LOUD], np.float32), "spoken": np.array([0, 1, 1, 1, 1], np.float32)},
        {"joiner_dim": 1},
    )
    return folder


def second(folder: Path) -> Path:
    """A CTC model over a whole segment, which hears loud sound as one 丁: model.onnx, tokens.txt."""
    _tokens(folder)
    _save(
        folder / "model.onnx",
        [("x", FLOAT, ["N", "T", 80]), ("x_lens", INT, ["N"])],
        [("log_probs", FLOAT, ["N", "T", 5]), ("log_probs_len", INT, ["N"])],
        [
            helper.make_node("ReduceMean", ["x", "axes"], ["energy"], keepdims=1),
            helper.make_node("Sub", ["energy", "loud"], ["above"]),
            helper.make_node("Mul", ["above", "slope"], ["heard"]),
            helper.make_node("Add", ["heard", "never"], ["scores"]),
            helper.make_node("LogSoftmax", ["scores"], ["log_probs"], axis=2),
            helper.make_node("Identity", ["x_lens"], ["log_probs_len"]),
        ],
        {
            "axes": np.array([2]),
            "loud": np.array([LOUD], np.float32),
            "slope": np.array([-1, 0, 0, 0, 1], np.float32),
            "never": np.array([0, NEVER, NEVER, NEVER, 0], np.float32),
        },
        {"model_type": "zipformer2_ctc"},
    )
    return folder


def _tokens(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "tokens.txt").write_text("".join(f"{token} {n}\n" for n, token in enumerate(TOKENS)), "utf8")


def _save(file, inputs, outputs, nodes, constants, metadata) -> None:
    graph = helper.make_graph(
        nodes,
        file.stem,
        [helper.make_tensor_value_info(name, kind, shape) for name, kind, shape in inputs],
        [helper.make_tensor_value_info(name, kind, shape) for name, kind, shape in outputs],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    helper.set_model_props(model, {key: str(value) for key, value in metadata.items()})
    onnx.checker.check_model(model)
    onnx.save(model, str(file))
