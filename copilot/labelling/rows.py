"""Settled labels as the rows of a data set; what cannot be used is counted with the reason, not dropped in silence."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from copilot.labelling.alike import alike
from copilot.labelling.found import digest
from copilot.labelling.queues import Name, squash
from copilot.labelling.splits import Groups
from copilot.labelling.tables import LabelItem
from copilot.masking import personal
from kb_index.article import Article

SEARCH, ROUTING, SPEECH = "search", "routing", "speech"
KINDS: Mapping[str, str] = {SEARCH: "检索", ROUTING: "分派", SPEECH: "语音"}
OF: Mapping[str, tuple[str, ...]] = {
    SEARCH: (Name.SLICES, Name.QUESTIONS, Name.REFUSED),
    ROUTING: (Name.ROUTING, Name.CHANGED),
    SPEECH: (Name.SPEECH,),
}
Version = tuple[str, int]
UNSURE, PERSONAL, TWICE, APART = "无法判断或不能用", "含个人信息", "重复", "各条标注互相矛盾"


@dataclass(frozen=True, slots=True)
class Row:
    """items: that it came out of; texts: that must not stand on two sides; kinds: what is counted in the balance."""

    id: str
    items: tuple[int, ...]
    texts: tuple[str, ...]
    data: dict[str, Any]
    kinds: tuple[str, ...]
    sampling: str = ""


@dataclass(slots=True)
class Rows:
    """rows in the order of their ids; left_out: how many items for which reason."""

    rows: list[Row] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def search(items: Iterable[LabelItem], articles: Mapping[Version, Article]) -> Rows:
    """Query → slices that answer it and slices that do not. articles: the versions that labels name."""
    out, asked = Rows(), dict[str, _Query]()
    for item in items:
        told = list(_judgements(item, articles))
        out.left_out[UNSURE] += not told
        for text, relevant, docs in told:
            if personal(text):
                out.left_out[PERSONAL] += 1
                continue
            query = asked.setdefault(squash(text), _Query(text))
            query.items.append(item.id)
            (query.relevant if relevant else query.irrelevant).update(docs)
    for key, query in asked.items():
        out.left_out[APART] += len(query.relevant & query.irrelevant)
        data = {"text": query.text, "relevant": sorted(query.relevant)}
        data["irrelevant"] = sorted(query.irrelevant - query.relevant)
        kinds = tuple(name for name in ("relevant", "irrelevant") if data[name]) or ("none",)
        out.rows.append(Row(digest(key), tuple(sorted(set(query.items))), (query.text,), data, kinds))
    return _sorted(out)


def routing(items: Iterable[LabelItem]) -> Rows:
    """What a citizen told → matter and department; several that are right stand as A|B."""
    out, of = Rows(), defaultdict[str, list[tuple[LabelItem, list[Sequence[str]]]]](list)
    for item in items:
        routes = list(_routes(item))
        if item.queue == Name.CHANGED and item.origin["field"] != "route":
            continue
        if not routes:
            out.left_out[UNSURE] += 1
        elif personal(item.body["text"]):
            out.left_out[PERSONAL] += 1
        else:
            of[squash(item.body["text"])].append((item, routes))
    for key, told in of.items():
        item, routes = told[0]
        if any(_departments(other) != _departments(routes) for _, other in told[1:]):
            out.left_out[APART] += len(told)
            continue
        out.left_out[TWICE] += len(told) - 1
        matters = {(one[0], one[1]) for one in routes}
        matter1, matter2 = matters.pop() if len(matters) == 1 else ("", "")
        names = _departments(routes)
        data = {"text": item.body["text"], "department": "|".join(names), "matter1": matter1, "matter2": matter2}
        numbers = tuple(sorted(one.id for one, _ in told))
        out.rows.append(Row(digest(key), numbers, (item.body["text"],), data, tuple(names), item.sampling))
    return _sorted(out)


def speech(items: Iterable[LabelItem], before: Iterable[int]) -> Rows:
    """Utterance, what was heard, what was said, and where the sound is.

    Of utterances that say nearly the same, such as a greeting, one is kept, one that had a side before first: they
    are in every call, and would tie all calls into one group.
    """
    out, good = Rows(), dict[int, tuple[LabelItem, str]]()
    for item in items:
        text = _said(item)
        if not text:
            out.left_out[UNSURE] += 1
        elif personal(text):
            out.left_out[PERSONAL] += 1
        else:
            good[item.id] = item, text
    kept = _one_of_alike({number: text for number, (_, text) in good.items()}, set(before))
    out.left_out[TWICE] += len(good) - len(kept)
    for number in kept:
        item, text = good[number]
        clip = {"call": item.call} | item.body["clip"]
        data = {"text": text, "heard": item.body["text"], "raw": item.origin.get("raw", ""), "clip": clip}
        kind = "right" if (item.settled or {}).get("choice") == "right" else "corrected"
        out.rows.append(Row(f"u{number}", (number,), (text,), data, (kind,), item.sampling))
    return _sorted(out)


@dataclass(slots=True)
class _Query:
    text: str
    items: list[int] = field(default_factory=list)
    relevant: set[str] = field(default_factory=set)
    irrelevant: set[str] = field(default_factory=set)


def document(article: Article, number: int) -> str:
    """The id of a slice in a data set."""
    return f"{article.id}@{article.version}#{number}"


def _judgements(item: LabelItem, articles: Mapping[Version, Article]) -> Iterator[tuple[str, bool, list[str]]]:
    """Query, whether it is answered, by which slices."""
    value = item.settled or {}
    match item.queue, value.get("choice"):
        case Name.SLICES, "usable":
            for text in value["texts"]:
                yield text, True, _documents(item.origin, articles)
        case Name.QUESTIONS, "article":
            yield item.body["text"], True, _documents(value, articles)
        case Name.QUESTIONS, "none":
            yield item.body["text"], True, []
        case Name.REFUSED, ("relevant" | "irrelevant") as choice:
            yield item.body["text"], choice == "relevant", _documents(item.origin, articles)


def _documents(where: Mapping[str, Any], articles: Mapping[Version, Article]) -> list[str]:
    """The slice that is told, or that holds the text that was shown; else all of the article's."""
    article = articles.get((where["article"], where["version"]))
    if article is None:
        return []
    every = range(len(article.slices))
    if where.get("slice", -1) in every:
        return [document(article, where["slice"])]
    text = where.get("text", "")
    holding = [number for number in every if text and text in article.slices[number].text]
    return [document(article, number) for number in holding or every]


def _routes(item: LabelItem) -> Iterator[Sequence[str]]:
    """Matter 1, matter 2 and department, as they were settled."""
    value = item.settled or {}
    choice = value.get("choice")
    if choice in ("other", "neither") and value.get("department"):
        yield value["matter1"], value["matter2"], value["department"]
    elif item.queue == Name.ROUTING and "|" in str(choice):
        matter, _, department = str(choice).partition("|")
        first, _, second = matter.partition("/")
        yield first, second, department
    elif item.queue == Name.CHANGED and choice in ("a", "b", "both"):
        for whose in item.origin["meaning"].values() if choice == "both" else [item.origin["meaning"][choice]]:
            if whose in item.origin["routes"]:
                yield item.origin["routes"][whose]


def _departments(routes: Iterable[Sequence[str]]) -> list[str]:
    return sorted({one[2] for one in routes})


def _said(item: LabelItem) -> str:
    value = item.settled or {}
    match value.get("choice"):
        case "right":
            return str(item.body["text"])
        case "corrected":
            return str(value["texts"][0])
    return ""


def _one_of_alike(texts: Mapping[int, str], before: set[int]) -> list[int]:
    groups = Groups(texts)
    for one, other in alike(texts):
        groups.join(one, other)
    return sorted(min(held, key=lambda item: (item not in before, item)) for held in groups.members().values())


def _sorted(out: Rows) -> Rows:
    out.rows.sort(key=lambda row: row.id)
    out.left_out = +out.left_out
    return out
