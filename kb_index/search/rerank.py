"""A second look at the best: what a reranker is."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

DEPTH = 20  # articles that are looked at again


class Reranker(Protocol):
    """Reads question and text together. Thread-safe. name: as the hits' scores call it."""

    name: str

    def scores(self, query: str, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """For each text what it adds to the log-odds that it answers, (texts,). Raises KnowledgeError."""
        ...
