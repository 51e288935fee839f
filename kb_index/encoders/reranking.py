"""Rerankers that a site can set: a folder of CrossEncoder weights, or an endpoint; none is the default."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb_index.article import KnowledgeError
from kb_index.encoders.base import ENDPOINT, FOLDER, SECONDS
from kb_index.encoders.endpoint import Service
from kb_index.encoders.transformers import require
from kb_index.search.rerank import Reranker

CHOICES = (f"{FOLDER}/模型文件夹", f"{ENDPOINT}https://地址/v1#模型名")
SURE = 1e-6  # a chance nearer to 0 or 1 than that counts as that
Logits = npt.NDArray[np.float32]


def create(name: str = "", key: str = "", seconds: float = SECONDS) -> Reranker | None:
    """A reranker by name: folder:PATH or endpoint:URL#MODEL; empty: none.

    Raises KnowledgeError where it is unknown or cannot be had, and says what is possible.
    """
    if not name:
        return None
    if name.startswith(FOLDER):
        return FolderReranker(Path(name.removeprefix(FOLDER)))
    if name.startswith(ENDPOINT):
        return EndpointReranker(name.removeprefix(ENDPOINT), key, seconds)
    raise KnowledgeError(f"没有重排模型 {name}；可选：{'、'.join(CHOICES)}，留空则不用")


class FolderReranker:
    """A CrossEncoder of sentence-transformers (bge-reranker …), one question at a time."""

    def __init__(self, folder: Path) -> None:
        require(folder)
        from sentence_transformers import CrossEncoder
        from torch import nn

        try:
            self._model = CrossEncoder(str(folder), local_files_only=True, num_labels=1)
        except Exception as error:  # the readers of weights raise families of their own
            raise KnowledgeError(f"{folder} 里的重排模型读不出来：{error}") from error
        self._plain = nn.Identity()
        self._one = threading.Lock()
        self.name = f"{FOLDER}{folder}"

    def scores(self, query: str, texts: Sequence[str]) -> Logits:
        """See Reranker."""
        if not texts:
            return np.zeros(0, np.float32)
        pairs = [(query, text) for text in texts]
        try:
            with self._one:
                found = self._model.predict(pairs, activation_fn=self._plain, show_progress_bar=False)
        except (RuntimeError, ValueError, IndexError) as error:
            raise KnowledgeError(f"重排模型出错：{error}") from error
        return np.asarray(found, np.float32).reshape(len(texts))


class EndpointReranker:
    """POST URL/rerank, as Jina, Cohere, vLLM, Xinference and TEI's gateways speak it."""

    def __init__(self, place: str, key: str = "", seconds: float = SECONDS) -> None:
        self._service = Service(place, key, seconds, "重排服务")
        self.name = f"{ENDPOINT}{place}"

    def scores(self, query: str, texts: Sequence[str]) -> Logits:
        """See Reranker. Chances become log-odds; figures that are none are taken as they are."""
        if not texts:
            return np.zeros(0, np.float32)
        body: dict[str, object] = {"model": self._service.model, "query": query, "documents": list(texts)}
        answer = self._service.ask("/rerank", body, hurried=True)
        try:
            found = _scores(answer, len(texts))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise KnowledgeError(f"重排服务的应答不合规范：{error}") from error
        if ((found < 0) | (found > 1)).any():
            return found
        chance = np.clip(found, SURE, 1 - SURE)
        return np.asarray(np.log(chance / (1 - chance)), np.float32)


def _scores(answer: dict[str, object], count: int) -> Logits:
    """The figures in the order of the texts. Raises KeyError, TypeError, ValueError or IndexError."""
    rows = answer["results"]
    if not isinstance(rows, list) or len(rows) != count:
        raise ValueError(f"应有 {count} 个结果")
    out = np.full(count, np.nan, np.float32)
    for row in rows:
        out[int(row["index"])] = float(row["relevance_score"])
    if not np.isfinite(out).all():
        raise ValueError("结果不全")
    return out
