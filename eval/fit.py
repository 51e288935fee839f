"""Fits how the three scorers are weighed, and how sure a card is: writes kb_index/data/fusion.toml."""

import csv
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

import kb_index
from copilot.rooms import room_data
from eval.ablation import ALLOWED
from eval.noise import Homophones
from kb_index.article import Article, load, plain
from kb_index.encoders.registry import create
from kb_index.search import fuse
from kb_index.search.build import build
from kb_index.search.index import SCORERS, Index
from kb_index.search.query import essence

NOISE = (0.0, 0.1, 0.2)
COUNTS = {0.0: 1, 0.1: 1, 0.2: 10}  # chosen on these sets: half a point less where all is heard, less lost where not
CARDS = 3
THRESHOLD = 0.4  # of the chance that the base holds an answer: a card missed costs more than a card too many
START = np.array([0.5, 5.0, 100.0, -1.0, 1.0])  # of fuse.EVIDENCE
UNIT = np.array([1.0, 10.0, 100.0, 1.0, 1.0])  # brings the weights to one order, for the optimiser
NEAR = [(0.9, 1.0, 1.1), (0.95, 1.0, 1.05, 1.1), (1.0,), (1.0,), (1.0, 1.1, 1.2, 1.3)]  # factors
BOUNDS = [(0.01, None)] * len(SCORERS) + [(None, None)] * (len(START) - len(SCORERS))
Floats = npt.NDArray[np.float64]
Asked = list[tuple[str, frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Case:
    """One query against the documents that come into question: evidence (n, documents), relevant places among them.

    noise: the share of it that is misheard.
    """

    evidence: Floats
    relevant: list[int]
    noise: float


def run(data: Path, questions: Path, out: Console) -> int:
    """Fit on every data set at three levels of noise; weights are checked on the set that was left out."""
    sets = {name: cases(name, *found) for name, found in datasets(data, questions).items()}
    for left_out in sets:
        weights = fitted([found for name, found in sets.items() if name != left_out])
        out.print(
            f"{left_out:12} fitted on the others {weights.round(3)}: R@1 {first(sets[left_out], weights, 0.0):.3f}"
        )
    weights = settled(list(sets.values()), fitted(list(sets.values())), out)
    base, asked = own(questions)
    idle = [article.body for article in paraphrases(data / "sts")[0]]
    chances = sure(base, asked, idle, dict(zip(fuse.EVIDENCE, weights.tolist(), strict=True)), out)
    write(fuse.SHIPPED, weights, chances)
    out.print(f"{fuse.SHIPPED.name} written: {weights.round(3)}")
    return 0


def datasets(data: Path, questions: Path) -> dict[str, tuple[list[Article], Asked]]:
    """Messages and titles -> replies, sentences -> sentences that mean the same, our own questions -> articles."""
    with (data / "hotline/messages_replies_dev.csv").open(encoding="utf8") as file:
        replies = list(csv.DictReader(file))
    answers = [document(str(number), row["reply"]) for number, row in enumerate(replies)]
    base, asked = own(questions)
    return {
        "messages": (answers, [(row["message"], frozenset([str(n)])) for n, row in enumerate(replies)]),
        "titles": (answers, [(row["title"], frozenset([str(n)])) for n, row in enumerate(replies)]),
        "paraphrases": paraphrases(data / "sts"),
        "own": (base, [(text, right) for text, right in asked if right]),
    }


def paraphrases(folder: Path) -> tuple[list[Article], Asked]:
    """Second sentences of pairs, and the firsts that mean nearly the same as one (4 or 5 of 5) or are the same."""
    lines = [line for file in sorted(folder.glob("*.txt")) for line in file.read_text("utf8").splitlines() if line]
    pairs = [line.split("||") for line in lines]
    places = {text: str(n) for n, text in enumerate(dict.fromkeys(pair[2] for pair in pairs))}
    same = {text: {name} for text, name in places.items()}
    alike = [(a, b) for _, a, b, score in pairs if float(score) >= 4 and a != b]
    for one, other in [*alike, *((b, a) for a, b in alike)]:
        if other in places:
            same.setdefault(one, set()).add(places[other])
    asked = [(text, frozenset(same[text])) for text in dict.fromkeys(a for a, _ in alike)]
    return [document(name, text) for text, name in places.items()], asked


def own(questions: Path) -> tuple[list[Article], Asked]:
    """The shipped base and the citizens' questions to it; those that nothing answers have no article."""
    base = load(room_data(kb_index) / "articles")
    with questions.open(encoding="utf8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return base, [(row["question"], frozenset((row["article"] or "").split())) for row in rows]


def document(name: str, text: str) -> Article:
    """A text as an article that holds everywhere and always."""
    return plain(name, "", text)


def indexed(name: str, articles: Sequence[Article]) -> Index:
    """The product's index; vectors are kept between runs."""
    return build(articles, create(), Path("var/fit") / name, track_progress())


def track_progress() -> Callable[[int, int], None]:
    """A line that counts up in place."""
    out = Console(stderr=True)
    return lambda done, total: out.print(f"encoding {done} / {total}", end="\r") if out.is_terminal else None


def cases(name: str, articles: list[Article], asked: Asked) -> list[Case]:
    """Every query at every level of noise, scored."""
    index, swaps = indexed(name, articles), Homophones(article.body for article in articles)
    found = []
    for text, right in track(asked, f"scoring {name}"):
        for share in NOISE:
            heard = swaps.swap(text, share)
            ids, weighed = index.weigh(essence(heard) or heard)
            evidence = fuse.evidence(weighed.scores, weighed.sizes)
            rows = np.array([evidence[name] for name in fuse.EVIDENCE], np.float64)
            places = [place for place, name in enumerate(ids) if name in right]
            found.append(Case(rows, places, share))
    return found


def fitted(sets: Sequence[Sequence[Case]]) -> Floats:
    """The weights under which the right documents are likeliest (softmax over all), every set counting the same."""

    def loss(scaled: Floats) -> tuple[float, Floats]:
        mean = np.mean([_mean_surprise(cases, scaled * UNIT) for cases in sets], axis=0)
        return float(mean[0]), mean[1:] * UNIT

    best = minimize(loss, START / UNIT, jac=True, method="L-BFGS-B", bounds=BOUNDS)
    weights: Floats = best.x * UNIT
    return weights


def _mean_surprise(cases: Sequence[Case], weights: Floats) -> Floats:
    """Over a set's cases, as they count, (1 + n,)."""
    counts = [COUNTS[case.noise] for case in cases]
    mean: Floats = np.average([_surprise(case, weights) for case in cases], axis=0, weights=counts)
    return mean


def _surprise(case: Case, weights: Floats) -> Floats:
    """-log p(relevant) and its gradient, (1 + n,); nothing where no relevant document came into question."""
    if not case.relevant:
        return np.zeros(1 + len(weights))
    total = weights @ case.evidence
    chance = np.exp(total - total.max())
    chance /= chance.sum()
    right = max(float(chance[case.relevant].sum()), 1e-12)
    wanted = np.zeros_like(chance)
    wanted[case.relevant] = chance[case.relevant] / right
    return np.array([-np.log(right), *(case.evidence @ (chance - wanted))])


def settled(sets: Sequence[Sequence[Case]], weights: Floats, out: Console) -> Floats:
    """Of the weights near these, those that find most first, asked and misheard, while every set holds the bars: ahead
    of each scorer alone, within ALLOWED when misheard. These, where none hold them.

    What is likeliest is flat about its best: on it some queries fall to either side.
    """
    best, most = weights, 0.0
    alone = [_best_alone(cases) for cases in sets]
    for factors in track(list(product(*NEAR)), "settling", console=out):
        near = weights * np.array(factors)
        clear, misheard = (np.array([first(cases, near, share) for cases in sets]) for share in NOISE[:2])
        ahead = clear > alone
        mean = float(clear.mean() + misheard.mean())
        if mean > most and ahead.all() and (misheard >= clear - ALLOWED).all():
            best, most = near, mean
    out.print("bars held on every set" if most else "no weights nearby hold the bars on every set")
    return best


def _best_alone(cases: Sequence[Case]) -> float:
    """What the best of the scorers finds first by itself."""
    return max(first(cases, alone, NOISE[0]) for alone in np.eye(len(START))[: len(SCORERS)])


def first(cases: Sequence[Case], weights: Floats, share: float) -> float:
    """Of the queries with this share misheard, how many have a right document first."""
    asked = [case for case in cases if case.noise == share]
    return float(np.mean([int(np.argmax(weights @ case.evidence)) in case.relevant for case in asked]))


@dataclass(frozen=True, slots=True)
class Said:
    """Something said. matter: which question it holds, None for small talk."""

    text: str
    matter: int | None
    right: frozenset[str]


def sayings(asked: Asked, idle: Sequence[str]) -> list[Said]:
    """Questions as asked, misheard, and amid small talk; small talk alone and three at a time, so that length misleads
    nobody. idle: sentences that have nothing to do with a city's hotline.
    """
    chance = random.Random(0)
    talk = [text for text, right in asked if not right]
    other = chance.sample(list(idle), 60)
    swaps = Homophones(text for text, _ in asked)
    said = []
    for number, (text, right) in enumerate(asked):
        if right:
            amid = "。".join([*chance.sample(talk, 2), text])
            said += [Said(words, number, right) for words in (text, swaps.swap(text, NOISE[1]), amid)]
    alone = talk * 2 + other + ["。".join(chance.sample(source, 3)) for source in (talk, other) for _ in range(90)]
    return said + [Said(text, None, frozenset()) for text in alone]


def sure(
    base: list[Article], asked: Asked, idle: Sequence[str], weights: dict[str, float], out: Console
) -> dict[str, list[float]]:
    """What evidence says of the base holding an answer, with vectors and without; checked by cross-validation."""
    index = build(base, create(), Path("var/fit/own"), fusion=fuse.Fusion(weights, {}, 0.0))
    kept = [saying for saying in sayings(asked, idle) if essence(saying.text)]
    return {"+".join(names): _chances(index, kept, names, out) for names in (SCORERS, SCORERS[:2])}


def _chances(index: Index, kept: Sequence[Said], names: Sequence[str], out: Console) -> list[float]:
    found = [index.weigh(essence(saying.text), names) for saying in kept]
    x = np.array([weighed.features()[1:] for _, weighed in found])
    tops = [[ids[at] for at in np.argsort(-weighed.rank)[:CARDS]] for ids, weighed in found]
    y = np.array([bool(saying.right.intersection(top)) for saying, top in zip(kept, tops, strict=True)])
    model = LogisticRegression(C=100, max_iter=5000, class_weight="balanced")
    groups = [saying.matter if saying.matter is not None else hash(saying.text) for saying in kept]
    chance = cross_val_predict(model, x, y, groups=groups, cv=GroupKFold(5), method="predict_proba")[:, 1]
    report(kept, chance, y, out)
    model.fit(x, y)
    return [float(model.intercept_[0]), *map(float, model.coef_[0])]


def report(kept: Sequence[Said], chance: Floats, right: npt.NDArray[np.bool_], out: Console) -> None:
    """How well the chance parts questions with an answer from talk, on what was not fitted on."""
    real = np.array([saying.matter is not None for saying in kept])
    out.print(f"Brier score of an answer among three: {np.mean((chance - right) ** 2):.3f}")
    for least in (0.3, 0.4, 0.5, 0.6, 0.7):
        shown = chance >= least
        out.print(
            f"  from {least}: cards for {shown[real].mean():.3f} of questions,"
            f" with the right one {(shown & right)[real].mean():.3f}; for {shown[~real].mean():.3f} of talk"
        )


def write(file: Path, weights: Floats, chances: dict[str, list[float]]) -> None:
    """The fusion file, readable by fuse.load."""
    lines = ["# Fitted by `python -m eval search --fit`: facts about the scorers, not to be edited by hand."]
    lines += [f"threshold = {THRESHOLD}", "", "[weights]"]
    lines += [f"{name} = {value:.3f}" for name, value in zip(fuse.EVIDENCE, weights, strict=True)]
    lines += ["", "[chances]"]
    lines += [f'"{kind}" = [{", ".join(f"{value:.3f}" for value in values)}]' for kind, values in chances.items()]
    file.write_text("\n".join(lines) + "\n", "utf8")
