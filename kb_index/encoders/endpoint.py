"""An OpenAI-compatible embedding endpoint as encoder: what a site already serves (vLLM, TEI, Xinference, a cloud)."""

import time
from collections.abc import Sequence

import httpx
import numpy as np

from kb_index.article import KnowledgeError
from kb_index.encoders.base import ENDPOINT, Vectors, ends, unit

BATCH = 32
LONGEST = 480  # characters; models of 512 tokens take that many of Chinese
PATIENCE = 2.0  # seconds for one question: a desk does not wait longer
REST = 20.0  # seconds that questions are spared the wait, after one was not answered
PROBE = "热线"


class Service:
    """One address that takes and gives JSON. model: its name there; label: what it is called in errors (Chinese)."""

    def __init__(self, place: str, key: str, seconds: float, label: str) -> None:
        """place: URL#MODEL. Raises KnowledgeError for anything else."""
        self.url, _, self.model = place.partition("#")
        if not self.url.startswith(("http://", "https://")) or not self.model:
            raise KnowledgeError(f"{label}地址应写作 https://地址/v1#模型名")
        self._label = label
        self._seconds = seconds
        self._down = 0.0
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(headers=headers, timeout=seconds)

    def ask(self, path: str, body: dict[str, object], hurried: bool = False) -> dict[str, object]:
        """The answer to a POST. hurried: a caller waits; after a failure nobody waits again for a while.

        Raises KnowledgeError.
        """
        if hurried and time.monotonic() < self._down:
            raise KnowledgeError(f"{self._label}刚才没有应答，稍后自动再试")
        patience = min(PATIENCE, self._seconds) if hurried else self._seconds
        try:
            answer = self._client.post(self.url.rstrip("/") + path, json=body, timeout=patience)
            answer.raise_for_status()
            found = answer.json()
        except httpx.HTTPStatusError as error:
            raise self._failed(f"应答 {error.response.status_code}") from error
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise self._failed(str(error) or type(error).__name__) from error
        if not isinstance(found, dict):
            raise self._failed("应答不是 JSON 对象")
        self._down = 0.0
        return found

    def _failed(self, why: str) -> KnowledgeError:
        self._down = time.monotonic() + REST
        return KnowledgeError(f"{self._label} {self.url} 不可用（{why}）")


class EndpointEncoder:
    """The model behind POST URL/embeddings. size: learned by asking once; KnowledgeError where it does not answer.

    Questions and passages go as they are: prompts, where a model wants them, belong to the endpoint.
    """

    longest = LONGEST
    notice = ""

    def __init__(self, place: str, key: str = "", seconds: float = 20.0) -> None:
        self._service = Service(place, key, seconds, "语义编码服务")
        self.size = 0
        self.size = self._asked([PROBE], hurried=False).shape[1]
        self.name = f"{ENDPOINT}{place}@{self.size}"

    def encode(self, texts: Sequence[str], query: bool = False) -> Vectors:
        """See Encoder; in batches, without a second try."""
        parts = [self._asked(texts[at : at + BATCH], query) for at in range(0, len(texts), BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, self.size), np.float32)

    def _asked(self, texts: Sequence[str], hurried: bool) -> Vectors:
        """One batch; an empty text is sent as a space, as endpoints refuse nothing at all."""
        sent = [ends(text, LONGEST) or " " for text in texts]
        body: dict[str, object] = {"model": self._service.model, "input": sent, "encoding_format": "float"}
        answer = self._service.ask("/embeddings", body, hurried)
        try:
            vectors = np.array(_rows(answer, len(texts)), np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise KnowledgeError(f"语义编码服务的应答不合规范：{error}") from error
        if vectors.ndim != 2 or not np.isfinite(vectors).all() or (self.size and vectors.shape[1] != self.size):
            shape = "×".join(map(str, vectors.shape))
            raise KnowledgeError(f"语义编码服务的向量维度变了（{shape}，原为 {self.size}）；请重新选择编码器以重建索引")
        return unit(vectors)


def _rows(answer: dict[str, object], count: int) -> list[list[float]]:
    """The vectors in the order of the texts. Raises KeyError, TypeError or ValueError."""
    data = answer["data"]
    if not isinstance(data, list) or len(data) != count:
        raise ValueError(f"应有 {count} 个向量")
    return [one["embedding"] for one in sorted(data, key=lambda one: int(one["index"]))]
