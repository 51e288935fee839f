"""How much each person has labelled, and how fast: by the seconds that the server measured, not by the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.labelling.tables import Label, LabelItem


@dataclass(frozen=True, slots=True)
class Work:
    """seconds: of work, a long pause counted as two minutes at most."""

    who: str
    queue: str
    items: int
    seconds: float

    @property
    def per_hour(self) -> float | None:
        """Items an hour of work; None where there is no time to divide by."""
        return round(self.items * 3600 / self.seconds, 1) if self.seconds else None


def since(session: Session, begin: datetime, who: str = "") -> Sequence[Work]:
    """Work since a moment, by person and queue; who: of this person alone."""
    items, seconds = func.count(), func.sum(Label.seconds)
    rows = select(Label.annotator, LabelItem.queue, items, seconds).join(LabelItem, LabelItem.id == Label.item)
    rows = rows.where(Label.at >= begin).group_by(Label.annotator, LabelItem.queue)
    if who:
        rows = rows.where(Label.annotator == who)
    found = session.execute(rows.order_by(Label.annotator, LabelItem.queue)).all()
    return [Work(name, queue, count, float(spent or 0)) for name, queue, count, spent in found]


def done(session: Session, who: str, begin: datetime) -> dict[str, int]:
    """How many somebody has labelled since a moment, by queue."""
    return {one.queue: one.items for one in since(session, begin, who)}
