"""The nature of a request: what the caller declares, else what his wording and the matter make likely."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from classifier.calibration import Mixture
from classifier.examples import Example
from classifier.words import Scores

DECLARED = re.compile(
    r"(?<!不)(?<!不是)(?:要|想|来|是|打电话|打算)(举报|投诉|表扬|咨询|求助|反映|建议)(?!过|电话|人)"
    r"|(咨询一下|咨询下|问一下|问下|想问|想了解)|(提个?(?:意见|建议)|建议你们|有个建议)|(点个?赞|送锦旗|表扬一下|感谢信)"
)
DECLARATIONS = (None, "咨询", "建议", "表扬")
DECLARED_CONFIDENCE = 0.95
OPEN = "反映"
# Signs that hold for any matter, where characters alone would only know the matters of the examples.
SIGNS = tuple(
    map(
        re.compile,
        (
            r"吗|怎么(?!得了)|如何|怎样|多少|[去到在]?哪[里儿些]?|什么(?:材料|手续|时候|条件|流程|证)|几[个天点月时]|多久|能不能"
            r"|可不可以|是否|有没有|要不要|找谁|要带|请问",
            r"赶紧|赶快|尽快|快来|派人|来人|帮|麻烦|[弄修看处理]+一下|抢修|怎么得了",
            r"不[管理退给肯让赔认修来]|推[脱诿来]|拖|态度|骂|坑|骗|吵|臭|熏|呛|震|天天|一直|老是|受不了|凭什么",
            r"偷偷|私自|无证|没有?证|有人|假|赌|查|违法|私下|卖给|黑",
            r"建议|最好|应该|希望|能不能[多加建增把长放]|多放|增加",
            r"感谢|谢谢你们|表扬|真好|热心|耐心|周到|转达",
        ),
    )
)
SIGNS_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Judged:
    """confidence: 0-1; quote: the very words that speak for it."""

    name: str
    confidence: float
    quote: str


class NatureModel:
    """A linear model over characters, mixed with how each matter is usually brought forward."""

    def __init__(self, examples: Sequence[Example], lines: Sequence[tuple[str, str]]) -> None:
        """examples: at least one of two natures; lines: the matters in the order of their chances."""
        self._vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
        self._model = LogisticRegression(C=3, class_weight="balanced", max_iter=1000)
        self._vectorizer.fit([example.text for example in examples])
        self._model.fit(self._features([e.text for e in examples]), [e.nature for e in examples])
        self._names: list[str] = self._model.classes_.tolist()
        self._usual = _usual(examples, lines, self._names)
        self._mixture = Mixture.fit([np.zeros((1, 1))] * 2, [])

    def calibrate(self, examples: Sequence[Example], chances: Scores) -> None:
        """Fit the mixture on requests set aside; chances: (requests, lines)."""
        known = [number for number, example in enumerate(examples) if example.nature in self._names]
        truth = [self._names.index(examples[number].nature) for number in known]
        self._mixture = Mixture.fit(self._scores([examples[n].text for n in known], chances[known]), truth)

    def judge(self, text: str, clauses: Sequence[str], chances: Scores) -> Judged:
        """chances: (1, lines) of that text."""
        if declared := _declared(text):
            return declared
        likely = self._mixture.chances(self._scores([text], chances))[0]
        best = int(likely.argmax())
        return Judged(self._names[best], float(likely[best]), self._telling(clauses, best))

    def _scores(self, texts: Sequence[str], chances: Scores) -> list[Scores]:
        wording = self._model.predict_log_proba(self._features(texts))
        return [wording, np.log(chances @ self._usual + 1e-3)]

    def _telling(self, clauses: Sequence[str], nature: int) -> str:
        if not clauses:
            return ""
        scores = self._model.predict_log_proba(self._features(clauses))[:, nature]
        return clauses[int(scores.argmax())]

    def _features(self, texts: Sequence[str]) -> csr_matrix:
        signs = [[np.log1p(len(sign.findall(text))) * SIGNS_WEIGHT for sign in SIGNS] for text in texts]
        return hstack([self._vectorizer.transform(texts), csr_matrix(signs)]).tocsr()


def _declared(text: str) -> Judged | None:
    """What the caller calls it himself; 反映 leaves it open."""
    for found in DECLARED.finditer(text):
        name = found[1] or DECLARATIONS[found.lastindex - 1 if found.lastindex else 0]
        if name and name != OPEN:
            return Judged(name, DECLARED_CONFIDENCE, found[0])
    return None


def _usual(examples: Sequence[Example], lines: Sequence[tuple[str, str]], names: Sequence[str]) -> Scores:
    """(lines, natures): how often a matter came with a nature, smoothed by its first level and by all."""
    counts = {matter: np.zeros(len(names)) for matter in lines}
    wider = {first: np.zeros(len(names)) for first, _ in lines}
    for example in examples:
        one = np.eye(len(names))[names.index(example.nature)]
        counts[example.matter] += one
        wider[example.matter[0]] += one
    whole = np.sum(list(wider.values()), axis=0) + 1
    rows = [counts[m] + wider[m[0]] / (1 + wider[m[0]].sum()) + whole / whole.sum() for m in lines]
    return np.stack([row / row.sum() for row in rows])
