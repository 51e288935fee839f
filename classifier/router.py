"""Text -> nature, matter and the departments, the best three with the catalogue's basis."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from classifier.catalogue import Catalogue, Line, district_of
from classifier.nature import nature

TEMPLATES = ("{}", "我要反映{}", "你好我想咨询一下{}怎么办", "我们这里{}请你们处理", "{}没有人管")
TOP = 3
SURE = 0.6
HIT = 1.2
SHARPNESS = 1.6


@dataclass(frozen=True, slots=True)
class Ranked:
    """A department, its score 0-1 and the catalogue line that names it."""

    name: str
    score: float
    basis: str


@dataclass(frozen=True, slots=True)
class Routing:
    """question: what to ask when two departments are close; empty when sure."""

    nature: str
    matter: tuple[str, ...]
    departments: tuple[Ranked, ...]
    question: str


class Router:
    """A text classifier trained on the catalogue's own phrases, helped by the phrases that were said verbatim."""

    def __init__(self, catalogue: Catalogue, vectorizer: TfidfVectorizer, model: LogisticRegression) -> None:
        self._catalogue, self._vectorizer, self._model = catalogue, vectorizer, model

    @classmethod
    def train(cls, catalogue: Catalogue) -> "Router":
        """Train on every keyword in every template; the same catalogue gives the same router."""
        texts, labels = [], []
        for number, line in enumerate(catalogue.lines):
            for phrase in (*line.keywords, line.matter2):
                texts += [template.format(phrase) for template in TEMPLATES]
                labels += [number] * len(TEMPLATES)
        vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
        model = LogisticRegression(C=30, max_iter=300)
        model.fit(vectorizer.fit_transform(texts), labels)
        return cls(catalogue, vectorizer, model)

    def route(self, text: str) -> Routing:
        """Route what was said so far."""
        logits = np.log(self._model.predict_proba(self._vectorizer.transform([text]))[0] + 1e-9)
        for number, line in enumerate(self._catalogue.lines):
            logits[number] += HIT * min(4, sum(phrase in text for phrase in line.keywords))
        chances = np.exp(SHARPNESS * (logits - logits.max()))
        chances /= chances.sum()
        order = np.argsort(-chances)
        best = self._catalogue.lines[order[0]]
        ranked = self._departments(chances.tolist(), order.tolist(), district_of(text))
        question = ""
        if len(ranked) > 1 and ranked[0].score < SURE:
            second = next(self._catalogue.lines[i] for i in order if self._catalogue.lines[i] is not best)
            question = f"请确认：主要反映的是“{best.matter2}”，还是“{second.matter2}”？"
        return Routing(nature(text), (best.matter1, best.matter2), tuple(ranked), question)

    def _departments(self, chances: Sequence[float], order: Sequence[int], district: str) -> list[Ranked]:
        total: dict[str, float] = {}
        basis: dict[str, Line] = {}
        for number in order:
            line = self._catalogue.lines[number]
            name = self._catalogue.department(line, district)
            total[name] = total.get(name, 0.0) + float(chances[number])
            basis.setdefault(name, line)
        best = sorted(total, key=lambda name: -total[name])[:TOP]
        return [
            Ranked(name, min(total[name], 0.99), f"{basis[name].matter1}/{basis[name].matter2}：{basis[name].basis}")
            for name in best
        ]
