"""How far two people agree, by queue, by class and by pair of people, over what both have labelled."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.labelling.kappa import Kappa, by_class, cohen
from copilot.labelling.queues import Name, classified, squash
from copilot.labelling.tables import Label, LabelItem

ENOUGH = 20  # pairs: with fewer, a figure would tell somebody about single labels
CLASSES = 30


@dataclass(frozen=True, slots=True)
class Twice:
    """An item as two people labelled it, the people in the order of their names."""

    queue: str
    people: tuple[str, str]
    said: tuple[str, str]
    texts: tuple[str, str]
    second: datetime


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one queue. distance: the mean share of characters that differ between two corrections, 0-1; None: of none."""

    queue: str
    whole: Kappa
    classes: dict[str, Kappa]
    distance: float | None = None
    people: dict[tuple[str, str], Kappa] = field(default_factory=dict)


def twice(session: Session, before: datetime | None = None) -> list[Twice]:
    """Every item that has two labels; before: those alone whose second label is older."""
    given = select(LabelItem.queue, LabelItem.body["text"].as_string(), Label)
    given = given.join(Label, Label.item == LabelItem.id).where(Label.at.is_not(None))
    found: dict[int, list[Label]] = defaultdict(list)
    about: dict[int, tuple[str, str]] = {}
    for queue, text, label in session.execute(given.order_by(Label.item, Label.annotator)):
        found[label.item].append(label)
        about[label.item] = queue, text
    pairs = [_pair(*about[item], one, other) for item, (one, other) in _doubled(found)]
    return [pair for pair in pairs if before is None or pair.second < before]


def agreements(pairs: Iterable[Twice]) -> list[Agreement]:
    """The agreement of every queue, empty ones included."""
    mine: dict[str, list[Twice]] = {name.value: [] for name in Name}
    for pair in pairs:
        mine[pair.queue].append(pair)
    return [_of(name, twos) for name, twos in mine.items()]


def _of(name: str, twos: list[Twice]) -> Agreement:
    by_people: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for two in twos:
        by_people[two.people].append(two.said)
    said = [two.said for two in twos]
    classes = dict(list(by_class(said).items())[:CLASSES])
    apart = [_apart(*two.texts) for two in twos if all(two.texts)] if name == Name.SPEECH else []
    distance = sum(apart) / len(apart) if apart else None
    return Agreement(name, cohen(said), classes, distance, {who: cohen(own) for who, own in sorted(by_people.items())})


def _doubled(found: dict[int, list[Label]]) -> Iterable[tuple[int, list[Label]]]:
    return ((item, labels) for item, labels in found.items() if len(labels) == 2)


def _pair(queue: str, text: str, one: Label, other: Label) -> Twice:
    assert one.at is not None and other.at is not None  # noqa: PT018 - asked for
    return Twice(
        queue,
        (one.annotator, other.annotator),
        (classified(queue, one.judged), classified(queue, other.judged)),
        (_text(text, one), _text(text, other)),
        max(one.at, other.at),
    )


def _text(heard: str, label: Label) -> str:
    """What was written down: the correction, or what was heard where that is right; else empty."""
    value = label.value or {}
    return str(value.get("text", "")) or (heard if value.get("choice") == "right" else "")


def _apart(one: str, other: str) -> float:
    """The share of characters of two corrections that are not common to both."""
    a, b = squash(one), squash(other)
    return 1 - SequenceMatcher(None, a, b, autojunk=False).ratio()
