"""A spoken answer out of the base, each sentence with its source."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from copilot import answer
from copilot.api.access import PartsIn, WhoIn

router = APIRouter(prefix="/api/knowledge")


class QuestionIn(BaseModel):
    """What the caller wants to know, and where; region: empty: wherever."""

    q: str = Field(min_length=1, max_length=500)
    region: str = Field("", max_length=50)


class CiteOut(BaseModel):
    """Where a sentence comes from. slice: from 0; text: the whole slice."""

    model_config = ConfigDict(from_attributes=True)

    article: str
    version: int
    slice: int
    clause: str
    title: str
    text: str


class SentenceOut(BaseModel):
    """A sentence to say."""

    model_config = ConfigDict(from_attributes=True)

    text: str
    cites: list[CiteOut]


class AnswerOut(BaseModel):
    """An answer. by: extract or model, empty where nothing was found; notice: what the agent should know of it."""

    model_config = ConfigDict(from_attributes=True)

    sentences: list[SentenceOut]
    by: str
    notice: str


@router.post("/answer")
async def draft(body: QuestionIn, user: WhoIn, parts: PartsIn) -> AnswerOut:
    """An answer in spoken Chinese: the base's own sentences, or a model's where all that it says stands in them."""
    drafted = await answer.draft(parts.index, parts.wording, body.q, body.region)
    return AnswerOut.model_validate(drafted)
