"""When to speak and what to say: which words to search for, which cards to show, how the summary is worded."""

import re
from collections.abc import Sequence

from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from classifier.fields import Turn
from copilot.events import Card
from copilot.settings import Settings
from kb_index.index import Hit

CARDS = 3
RECENT = 3


def query(turns: Sequence[Turn], now: str = "") -> str:
    """The words to search for: what the citizen said of late, what was just said twice as heavy."""
    said = [turn.text for turn in turns if turn.leg == "citizen" and len(turn.text) > 3]
    if now:
        said.append(now)
    recent = said[-RECENT:]
    return "。".join([*recent, *recent[-1:]])


def card(hit: Hit) -> Card:
    """A hit as the desk shows it."""
    article = hit.article
    return Card(
        article=article.id,
        version=article.version,
        title=article.title,
        text=hit.slice_text,
        score=round(hit.score, 3),
        clause=article.clause,
        issuer=article.issuer,
        region=article.region,
        valid_to=str(article.valid_to or ""),
        source=article.source,
        why={name: round(value, 3) for name, value in hit.scores.items()},
    )


def settle(shown: Sequence[Card], found: Sequence[Card], refused: frozenset[str]) -> list[Card]:
    """Cards that stay good keep their place (nothing moves under the hand); new ones take the free places.

    The main card gives way only to one that is clearly better.
    """
    fresh = [new for new in found if new.article not in refused]
    by_id = {new.article: new for new in fresh}
    keep = [by_id[old.article] for old in shown if old.article in by_id]
    rest = [new for new in fresh if new.article not in {old.article for old in keep}]
    cards = keep + rest
    if fresh and cards and fresh[0].score > cards[0].score + 0.1:
        cards.remove(fresh[0])
        cards.insert(0, fresh[0])
    return cards[:CARDS]


class Wording:
    """Words the summary by a configured model; what the model adds that nobody said is refused."""

    def __init__(self, settings: Settings) -> None:
        self._model = (
            ChatOpenAI(
                base_url=settings.llm_url,
                model=settings.llm_model,
                api_key=SecretStr(settings.llm_key or "none"),
                timeout=10,
                max_retries=0,
            )
            if settings.llm_url
            else None
        )

    async def summary(self, turns: Sequence[Turn], extracted: str) -> str:
        """The model's wording when its every number was said, else `extracted`; never raises."""
        if self._model is None:
            return extracted
        said = "\n".join(f"{'市民' if turn.leg == 'citizen' else '坐席'}：{turn.text}" for turn in turns)
        rules = "你是政务热线话务员。用一段不超过150字的话概括市民诉求，只用对话里出现的事实，不要补充。"
        try:
            reply = await self._model.ainvoke([SystemMessage(rules), HumanMessage(said)])
        except Exception:  # noqa: BLE001 - a model that fails in whatever way must not cost the summary
            return extracted
        text = str(reply.content).strip()
        return text if text and grounded(text, said) else extracted


def grounded(text: str, said: str) -> bool:
    """Whether every number in `text` stands in `said`."""
    return all(number in said for number in re.findall(r"\d+", text))
