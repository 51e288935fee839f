"""The work on gaps that needs the parts: routing, the encoder, the calendar."""

import asyncio
from datetime import UTC, datetime

from copilot.parts import Parts
from copilot.usage import gaps
from copilot.usage.gaps import Duty, Made
from copilot.usage.tables import Gap


async def run(parts: Parts, now: datetime) -> tuple[Made, list[Gap]]:
    """Put the questions without a gap into gaps; what came of it, and the new gaps. Raises TicketError like `due`."""
    questions = await parts.database.read(gaps.waiting)
    if all(one.gap is not None for one in questions):
        return Made(0, {}, []), []
    encoder = parts.index.encoder
    encode = (lambda texts: encoder.encode(texts, query=True)) if encoder.size else None

    def duty(text: str) -> Duty:
        routed = parts.router.route(text).departments
        return Duty(routed[0].name, routed[0].basis) if routed else Duty("", "")

    made = await asyncio.to_thread(gaps.cluster, questions, duty, parts.settings.gap_least, encode)
    if not made.joined and not made.fresh:
        return made, []
    due_at = await asyncio.to_thread(due, parts, now)
    return made, await parts.database.write(lambda session: gaps.keep(session, made, now, due_at))


def due(parts: Parts, now: datetime) -> datetime:
    """By when a gap that is given out now is to be filled. Raises TicketError past the known holiday years."""
    return parts.rules().at(now).worktime.later(now, parts.settings.gap_days).astimezone(UTC)
