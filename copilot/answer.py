"""A spoken answer out of the base: its own sentences, or a model's where everything that it says stands in them."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from copilot import faithful
from copilot.suggest import Wording
from kb_index.quantities import NUMERALS
from kb_index.search.index import Hit, Index
from kb_index.spoken import sentences, tells

FOUND = 3
CLOSE = 0.6  # of the best hit's score: then another article has a say as well
LONGEST = 120  # characters that are listened to
RULES = (
    "你是政务热线话务员，只根据给出的百科条文，用口语回答市民的问题，不超过120字。"
    "每句话末尾用方括号标出依据的条文编号，例如[1]。"
    "条文里的条件、例外、数字、期限、名称照原样说，一个不能少，也不要补充条文里没有的内容。"
    "条文答不了这个问题的，只回答：无。"
)
MARK = re.compile(r"[ \t]*[\[【［](\d{1,2})[\]】］]")
SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")
NOTHING = "热线百科里没有找到可以回答的内容，请换个说法再查，或转相关单位答复"
SAMPLE = re.compile(rf"示例[：:]|^第[{NUMERALS}0-9]+条\s*")
REFUSED, AWAY = "模型拟的答复与百科原文不一致，没有采用，以下是百科原文", "模型没有答复，以下是百科原文"


@dataclass(frozen=True, slots=True)
class Cite:
    """Where a sentence comes from. slice: from 0; text: the whole slice."""

    article: str
    version: int
    slice: int
    clause: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence to say."""

    text: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """by: extract or model, empty where nothing was found; notice: what the agent should know of it (Chinese)."""

    sentences: tuple[Sentence, ...]
    by: str
    notice: str = ""


async def draft(index: Index, wording: Wording, question: str, region: str = "") -> Answer:
    """An answer to a question; the model's, where one is configured and it says nothing but what the base says."""
    hits = await asyncio.to_thread(index.search, question, FOUND, region=region)
    hits = [hit for hit in hits if hit.score >= CLOSE * hits[0].score]
    extract = extracted(question, hits)
    if not extract.sentences or not wording.configured:
        return extract
    cites = [cite(hit) for hit in hits]
    told = await wording.ask(RULES, _prompt(question, cites))
    if not told or told.strip("。 ") == "无":
        return Answer(extract.sentences, extract.by, AWAY if not told else "")
    made = read(told, cites)
    wrong = await asyncio.to_thread(check, made)
    return Answer(extract.sentences, extract.by, REFUSED) if wrong else Answer(made, "model")


def check(made: Sequence[Sentence]) -> list[str]:
    """What is wrong with a model's sentences (Chinese); nothing where they say what their sources say."""
    return faithful.problems([(one.text, [source.text for source in one.cites]) for one in made])


def extracted(question: str, hits: Sequence[Hit]) -> Answer:
    """The sentences of the best slices that answer, in their order, about 120 characters of them."""
    asked = set(pairwise(question))
    ranked: list[tuple[float, int, Sentence]] = []
    for hit in hits:
        source = cite(hit)
        told = [one for one in sentences(source.text) if tells(one)] or sentences(source.text)[:1]
        for place, text in enumerate(told):
            shared = len(asked.intersection(pairwise(text))) / max(1, len(asked))
            worth = hit.score * (1 + shared - place * 0.05)
            ranked.append((worth, len(ranked), Sentence(spoken(text), (source,))))
    chosen: list[tuple[int, Sentence]] = []
    length = 0
    for _, place, one in sorted(ranked, key=lambda item: -item[0]):
        if not chosen or length + len(one.text) <= LONGEST:
            chosen.append((place, one))
            length += len(one.text)
    found = tuple(one for _, one in sorted(chosen, key=lambda item: item[0]))
    return Answer(found, "extract") if found else Answer((), "", NOTHING)


def spoken(text: str) -> str:
    """A sentence as it is said: without the number of its clause and the mark of a sample; nothing is added."""
    return SAMPLE.sub("", text).rstrip("；;。") + ("" if text.endswith(("！", "？")) else "。")


def cite(hit: Hit) -> Cite:
    """A hit as a source."""
    article = hit.article
    return Cite(
        article.id,
        article.version,
        hit.slice,
        article.clause_of(hit.slice),
        article.title,
        article.slices[hit.slice].text,
    )


def read(told: str, cites: Sequence[Cite]) -> tuple[Sentence, ...]:
    """A model's text as sentences; marks may stand before or behind the end of a sentence, [1] is the first source.

    A sentence without a mark, or with one of a source that there is not, has no source.
    """
    text = re.sub(r"([。！？])((?:[ \t]*[\[【［]\d{1,2}[\]】］])+)", r"\2\1", told)
    found = []
    for part in SENTENCE.findall(text):
        numbers = [int(one) for one in MARK.findall(part)]
        clean = MARK.sub("", part).strip()
        if not clean.strip("。！？，、 "):
            continue
        known = all(0 < number <= len(cites) for number in numbers)
        sources = tuple(cites[number - 1] for number in dict.fromkeys(numbers)) if known else ()
        found.append(Sentence(clean, sources))
    return tuple(found)


def _prompt(question: str, cites: Sequence[Cite]) -> str:
    listed = "\n".join(f"[{number}]《{one.title}》{one.clause}：{one.text}" for number, one in enumerate(cites, 1))
    return f"条文：\n{listed}\n\n市民的问题：{question}"
