"""Several scores a line -> one probability a line: a softmax whose weights are fitted on requests set aside."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from classifier.words import Scores

UNFITTED = 1.2
RESTRAINT = 0.01
# Requests set aside come from the same hand as the examples, callers do not: at 0.8 of the fitted sharpness the
# scores measured nearest to the truth over both ours and others' requests.
CAUTION = 0.8


@dataclass(frozen=True, slots=True)
class Mixture:
    """weights: how much each matcher's score counts; their size is also the temperature."""

    weights: npt.NDArray[np.float64]

    @classmethod
    def fit(cls, scores: Sequence[Scores], truth: Sequence[int]) -> "Mixture":
        """Maximum likelihood of the right lines; even weights where there is nothing to fit on.

        scores: one (texts, lines) a matcher.
        """
        start = np.full(len(scores), UNFITTED / len(scores))
        if not truth:
            return cls(start)
        features, right = _features(scores), np.asarray(truth)
        bounds = [(0.0, None)] * len(scores)
        found = minimize(_loss, start, args=(features, right), jac=True, bounds=bounds, method="L-BFGS-B")
        return cls(np.asarray(found.x))

    def cautious(self) -> "Mixture":
        """The same order of lines, less sure of it."""
        return Mixture(self.weights * CAUTION)

    def chances(self, scores: Sequence[Scores]) -> Scores:
        """(texts, lines), each row sums to 1."""
        return _softmax(_features(scores) @ self.weights)


def expected_calibration_error(confidence: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """How far confidence and accuracy lie apart, weighted over equal bins of confidence; 0 is perfect."""
    sure, hit = np.asarray(confidence), np.asarray(right, dtype=float)
    where = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [abs(sure[where == b].mean() - hit[where == b].mean()) * (where == b).mean() for b in np.unique(where)]
    return float(sum(gaps))


def _features(scores: Sequence[Scores]) -> npt.NDArray[np.float64]:
    """(texts, lines, matchers): each matcher's scores of a text in standard deviations from their mean."""
    parts = [(s - s.mean(axis=1, keepdims=True)) / (s.std(axis=1, keepdims=True) + 1e-9) for s in scores]
    return np.stack(parts, axis=-1)


def _softmax(logits: Scores) -> Scores:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances: Scores = raised / raised.sum(axis=1, keepdims=True)
    return chances


def _loss(
    weights: npt.NDArray[np.float64], features: npt.NDArray[np.float64], right: npt.NDArray[np.int_]
) -> tuple[float, npt.NDArray[np.float64]]:
    """Mean negative log likelihood and its slope."""
    chances, rows = _softmax(features @ weights), np.arange(len(right))
    loss = -np.log(chances[rows, right] + 1e-12).mean() + RESTRAINT * weights @ weights
    slope = (np.einsum("nl,nlm->nm", chances, features) - features[rows, right]).mean(axis=0)
    return float(loss), slope + 2 * RESTRAINT * weights
