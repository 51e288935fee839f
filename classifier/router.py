"""Text -> nature, matter and the departments, the best three with the catalogue's basis and the words that decided."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from classifier.calibration import Mixture
from classifier.catalogue import Catalogue, Line
from classifier.clauses import clauses
from classifier.examples import Example
from classifier.meaning import Encode, MeaningMatcher
from classifier.nature import NatureModel
from classifier.words import Scores, WordMatcher

Phrase = tuple[tuple[str, str], str]
TOP = 3
SURE = 0.6
GUESS = 0.08
MOST = 0.99


@dataclass(frozen=True, slots=True)
class Ranked:
    """A department, its score 0-1 and the catalogue line that names it."""

    name: str
    score: float
    basis: str


@dataclass(frozen=True, slots=True)
class Routing:
    """question: what to ask when two departments are close or the district decides; empty when sure.

    confidence: of nature and matter, 0-1; quotes: the caller's very words for nature, matter, department, district.
    """

    nature: str
    matter: tuple[str, ...]
    departments: tuple[Ranked, ...]
    question: str
    confidence: dict[str, float] = field(default_factory=dict)
    quotes: dict[str, str] = field(default_factory=dict)


NOTHING = Routing("", (), (), "")


class Router:
    """Words and, where an encoder is given, meaning; mixed and calibrated on requests set aside."""

    def __init__(self, catalogue: Catalogue, encode: Encode | None, cache: Path | None, more: Sequence[Phrase]) -> None:
        self._catalogue = catalogue
        self._matters = [(line.matter1, line.matter2) for line in catalogue.lines]
        phrases = _phrases(catalogue, more)
        self._words = WordMatcher(["，".join(own) for own in phrases])
        self._meaning: MeaningMatcher | None = None
        if encode is not None:
            owners = [number for number, own in enumerate(phrases) for _ in own]
            flat = [phrase for own in phrases for phrase in own]
            set_aside = [text for example in catalogue.set_aside for text in (_heard(example), example.text)]
            self._meaning = MeaningMatcher(encode, flat, owners, cache, set_aside)
        self._mixture = self._calibrated(catalogue.set_aside)
        self._nature = NatureModel(catalogue.examples, self._matters) if _learnable(catalogue.examples) else None
        if self._nature and catalogue.set_aside:
            self._nature.calibrate(catalogue.set_aside, self._chances([e.text for e in catalogue.set_aside]))

    @classmethod
    def train(
        cls,
        catalogue: Catalogue,
        encode: Encode | None = None,
        cache: Path | None = None,
        more: Sequence[Phrase] = (),
    ) -> "Router":
        """Train; the same catalogue gives the same router.

        encode: texts -> unit vectors; cache: a folder where the vectors of the phrases are kept; more: (matter, phrase)
        from elsewhere, such as the questions of articles; those of matters that the catalogue lacks are left out.
        """
        return cls(catalogue, encode, cache, more)

    def route(self, text: str) -> Routing:
        """Route what was said so far; empty while nothing that can be routed was said."""
        said = clauses(text)
        if not said:
            return NOTHING
        chances = self._chances(["，".join(said)])
        order = (-chances[0]).argsort().tolist()
        if chances[0, order[0]] < GUESS:
            return NOTHING
        best, place = self._catalogue.lines[order[0]], self._catalogue.places.find(text)
        ranked, leading = self._departments(chances[0].tolist(), order, place.district)
        matter = self._words.telling(said, order[0])
        quotes = {"matter": matter, "department": matter, "district": place.quote}
        confidence = {"matter": float(chances[0, order[0]])}
        nature = ""
        if self._nature:
            judged = self._nature.judge(text, said, chances)
            nature, quotes["nature"], confidence["nature"] = judged.name, judged.quote, judged.confidence
        return Routing(
            nature,
            (best.matter1, best.matter2),
            tuple(ranked),
            self._question(ranked, leading, place.district),
            confidence,
            {name: quote for name, quote in quotes.items() if quote},
        )

    def _chances(self, texts: Sequence[str]) -> Scores:
        return self._mixture.chances(self._scores(texts))

    def _scores(self, texts: Sequence[str]) -> list[Scores]:
        scores = [self._words.scores(texts)]
        if self._meaning:
            scores.append(self._meaning.scores(texts))
        return scores

    def _calibrated(self, set_aside: Sequence[Example]) -> Mixture:
        known = {matter: number for number, matter in enumerate(self._matters)}
        texts = [_heard(example) for example in set_aside]
        truth = [known[example.matter] for example in set_aside]
        return Mixture.fit(self._scores(texts or [""]), truth).cautious()

    def _departments(
        self, chances: Sequence[float], order: Sequence[int], district: str
    ) -> tuple[list[Ranked], list[Line]]:
        """The best three, and the line that leads to each."""
        total: dict[str, float] = {}
        leading: dict[str, Line] = {}
        for number in order:
            line = self._catalogue.lines[number]
            name = self._catalogue.department(line, district)
            total[name] = total.get(name, 0.0) + chances[number]
            leading.setdefault(name, line)
        best = sorted(total, key=lambda name: -total[name])[:TOP]
        ranked = [Ranked(name, min(total[name], MOST), _basis(leading[name])) for name in best]
        return ranked, [leading[name] for name in best]

    def _question(self, ranked: Sequence[Ranked], leading: Sequence[Line], district: str) -> str:
        """The one question that decides most: between two matters while unsure, else for the district if it decides."""
        if len(ranked) > 1 and ranked[0].score < SURE:
            return f"请确认：主要反映的是“{leading[0].matter2}”，还是“{leading[1].matter2}”？"
        if not district and self._catalogue.depends_on_district(leading[0]):
            return "请问事情发生在哪个区（县、市）？由当地部门办理。"
        return ""


def _heard(example: Example) -> str:
    """A request as `route` reads it."""
    return "，".join(clauses(example.text))


def _phrases(catalogue: Catalogue, more: Sequence[Phrase]) -> list[list[str]]:
    """Per line: its name, its keywords and what was filed under it."""
    own = {(line.matter1, line.matter2): [line.matter2, *line.keywords] for line in catalogue.lines}
    for matter, phrase in (*((example.matter, example.text) for example in catalogue.examples), *more):
        if matter in own:
            own[matter].append(phrase)
    return list(own.values())


def _learnable(examples: Sequence[Example]) -> bool:
    return len({example.nature for example in examples}) > 1


def _basis(line: Line) -> str:
    return f"{line.matter1}/{line.matter2}：{line.basis}"
