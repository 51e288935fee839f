"""When to speak and what to say: which words to search for, which cards to show, how the summary is worded."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from classifier.fields import Turn
from copilot.events import Card
from copilot.grounding import ungrounded
from copilot.settings import Settings
from kb_index.search.index import Hit

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

log = logging.getLogger(__name__)
CARDS = 3
RECENT = 3
SHORTEST = 6
QUIET = 0.3
LONGEST = 1.0
CLEARLY = 0.1
PATIENCE = 2
FADE = 0.8
RULES = "你是政务热线话务员。用一段不超过150字的话概括市民诉求，只用对话里出现的事实、名称和数字，不要补充。"


def query(turns: Sequence[Turn], now: str = "") -> str:
    """The words to search for: what the citizen said of late, what was just said twice as heavy; empty when little."""
    said = [turn.text for turn in turns if turn.leg == "citizen" and len(turn.text) > 3]
    if now:
        said.append(now)
    recent = said[-RECENT:]
    words = "。".join([*recent, *recent[-1:]])
    return words if len(words) >= SHORTEST else ""


class Pause:
    """When a draft is worth a search: 0.3 s after it was last rewritten, and at most 1 s after it first asked.

    A draft that only grows at its end is stable and does not put the search off.
    """

    def __init__(self) -> None:
        self._text = ""
        self._asked: float | None = None
        self._due = 0.0

    def draft(self, text: str, now: float) -> float:
        """When to search, in the clock of `now` (seconds)."""
        if self._asked is None:
            self._asked, self._due = now, now + QUIET
        elif not text.startswith(self._text):
            self._due = min(now + QUIET, self._asked + LONGEST)
        self._text = text
        return self._due

    def searched(self) -> None:
        """What was asked for is looked up; the next draft asks anew."""
        self._asked = None


def card(hit: Hit) -> Card:
    """A hit as the desk shows it."""
    article = hit.article
    return Card(
        article=article.id,
        version=article.version,
        title=article.title,
        text=hit.slice_text,
        score=round(hit.score, 3),
        clause=article.clause_of(hit.slice),
        issuer=article.issuer,
        region=article.region,
        valid_to=str(article.valid_to or ""),
        source=article.source,
        why={name: round(value, 3) for name, value in hit.scores.items()},
    )


@dataclass
class Panel:
    """The cards on the desk: nothing moves under the hand, yet a clearly better card comes up."""

    cards: list[Card] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    missed: dict[str, int] = field(default_factory=dict)
    gone: dict[str, tuple[int, Card]] = field(default_factory=dict)

    def refuse(self, article: str) -> list[Card]:
        """The cards without one that the agent does not want to see again."""
        self.refused.add(article)
        self.gone |= {one.article: (place, one) for place, one in enumerate(self.cards) if one.article == article}
        return [one for one in self.cards if one.article != article]

    def readmit(self, article: str) -> list[Card]:
        """The cards with a refused one where it was; one that was refused before a restart must be found anew."""
        self.refused.discard(article)
        place, back = self.gone.pop(article, (0, None))
        return [*self.cards[:place], back, *self.cards[place:]][:CARDS] if back else self.cards

    def settle(self, found: Sequence[Card], final: bool) -> list[Card]:
        """The cards to show after a search, the best found first.

        A card keeps its place while searches find it, and through one final that does not; then its topic is over.
        What was good is not bad at once: a score falls by steps of a fifth with each final.
        """
        fresh = {new.article: new for new in found if new.article not in self.refused}
        for old in self.cards:
            if new := fresh.get(old.article):
                least = round(old.score * (FADE if final else 1), 3)
                fresh[old.article] = new.model_copy(update={"score": max(new.score, least)})
            self.missed[old.article] = 0 if old.article in fresh else self.missed.get(old.article, 0) + final
        stay = [
            fresh.get(old.article, old)
            for old in self.cards
            if old.article not in self.refused and self.missed[old.article] < PATIENCE
        ]
        known = {old.article for old in stay}
        return self._place(stay, [new for article, new in fresh.items() if article not in known], fresh)

    def _place(self, stay: list[Card], new: list[Card], fresh: dict[str, Card]) -> list[Card]:
        def worth(shown: Card) -> float:
            return shown.score if shown.article in fresh else 0.0

        for one in new:
            if len(stay) < CARDS:
                stay.append(one)
                continue
            weakest = min(stay, key=worth)
            if one.score > worth(weakest) + CLEARLY:
                stay[stay.index(weakest)] = one
        best = max(stay, key=worth, default=None)
        if best and worth(best) > worth(stay[0]) + CLEARLY:
            stay.remove(best)
            stay.insert(0, best)
        return stay


class Wording:
    """The configured model, where there is one: words the summary; what it adds that nobody said is refused."""

    def __init__(self, settings: Settings) -> None:
        self._model = _model(settings) if settings.llm_url else None

    async def summary(self, turns: Sequence[Turn], extracted: str) -> str:
        """The model's wording when all its numbers and names were said, else `extracted`; never raises."""
        if self._model is None or not extracted:
            return extracted
        said = "\n".join(f"{'市民' if turn.leg == 'citizen' else '坐席'}：{turn.text}" for turn in turns)
        text = await self.ask(RULES, said)
        added = await asyncio.to_thread(ungrounded, text, said)
        return text if text and not added else extracted

    @property
    def configured(self) -> bool:
        """Whether there is a model to ask."""
        return self._model is not None

    async def ask(self, rules: str, text: str) -> str:
        """What the model answers; empty where none is configured or it fails in whatever way. Never raises."""
        if self._model is None:
            return ""
        try:
            reply = await self._model.ainvoke([("system", rules), ("human", text)])
        except Exception as error:  # noqa: BLE001 - a model that fails in whatever way must not cost the answer
            log.warning("wording failed", extra={"kind": type(error).__name__})
            return ""
        return str(reply.content).strip()


def _model(settings: Settings) -> "ChatOpenAI":
    from langchain_openai import ChatOpenAI  # a second and 70 MB, for those alone who configured a model
    from pydantic import SecretStr

    return ChatOpenAI(
        base_url=settings.llm_url,
        model=settings.llm_model,
        api_key=SecretStr(settings.llm_key or "none"),
        timeout=settings.llm_seconds,
        max_retries=0,
    )
