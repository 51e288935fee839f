"""How near a request is to each catalogue line by its characters: a line is one document of all its phrases."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer

Scores = npt.NDArray[np.float64]


class WordMatcher:
    """TF-IDF over characters and pairs of characters; the cosine with a line's document is linear in the request."""

    def __init__(self, documents: Sequence[str]) -> None:
        self._vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
        self._lines = self._vectorizer.fit_transform(documents)

    def scores(self, texts: Sequence[str]) -> Scores:
        """(texts, lines), 0-1."""
        found: Scores = (self._vectorizer.transform(texts) @ self._lines.T).toarray()
        return found

    def telling(self, clauses: Sequence[str], line: int) -> str:
        """The clause that speaks most for a line; empty when none does."""
        if not clauses:
            return ""
        counts = self._vectorizer.transform(clauses)
        weight = np.sqrt([len(clause) for clause in clauses])
        told = (counts @ self._lines[line].T).toarray()[:, 0] * weight
        return clauses[int(told.argmax())] if told.max() > 0 else ""
