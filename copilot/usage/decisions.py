"""What agents did with cards in the end: of each call and article the newest decision, as a query."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from copilot.tables import CardDecision

Later = aliased(CardDecision)


def final() -> ColumnElement[bool]:
    """That a decision is the last one on its card in its call."""
    later = select(Later.id).where(
        Later.call == CardDecision.call, Later.article == CardDecision.article, Later.id > CardDecision.id
    )
    return ~later.exists()
