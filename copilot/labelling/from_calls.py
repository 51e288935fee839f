"""Out of calls that are over: cards that were refused, and utterances of which the recogniser was not sure."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from copilot import events, recording
from copilot.calls import decided
from copilot.labelling import heard, sampling
from copilot.labelling.found import Found, NewItem
from copilot.labelling.heard import Heard
from copilot.labelling.queues import Name
from copilot.labelling.sampling import Candidate
from copilot.masking import mask as masked
from copilot.masking import personal
from copilot.parts import Parts
from copilot.tables import CallRow

CALLS = 200
OVER = ("ended", "lost")
BEFORE, ASKED = 6, 3  # turns shown before a card; turns of the citizen that it was searched by
SHORTEST, LONGEST = 0.6, 20.0  # seconds of an utterance that is worth correcting
LEAST = 4  # characters
SHARE, AT_LEAST, AT_MOST = 20, 10, 200  # of so many utterances one is looked at, within these


def read(session: Session, parts: Parts, mark: str) -> Found:
    """Follows calls by their beginning; mark: of the last one read. None is passed over that still goes on."""
    rows = list(session.scalars(_over(session, mark)))
    talks = [one for one in heard.load(session, rows).values() if not one.confidential]
    items = [item for talk in talks for item in _refused(session, talk)]
    items += _doubtful(parts, talks)
    last = f"{rows[-1].started_at.isoformat()}|{rows[-1].id}" if rows else mark
    return Found(items, last)


def _over(session: Session, mark: str) -> Select[CallRow]:
    oldest = session.scalar(select(func.min(CallRow.started_at)).where(CallRow.state.not_in(OVER)))
    over = select(CallRow).where(CallRow.state.in_(OVER))
    if oldest is not None:
        over = over.where(CallRow.started_at < oldest)
    if mark:
        moment, _, call = mark.partition("|")
        at = datetime.fromisoformat(moment)
        later = or_(CallRow.started_at > at, and_(CallRow.started_at == at, CallRow.id > call))
        over = over.where(later)
    return over.order_by(CallRow.started_at, CallRow.id).limit(CALLS)


def _refused(session: Session, talk: Heard) -> Iterator[NewItem]:
    for decision in decided(session, talk.row.id):
        shown = [event for event in talk.suggested if any(one.article == decision.article for one in event.cards)]
        if decision.decision != "refused" or not shown:
            continue
        event = shown[-1]
        card = next(one for one in event.cards if one.article == decision.article)
        before = [turn for turn in talk.heard if turn.seq < event.seq]
        asked = "。".join([turn.text for turn in before if turn.leg == "citizen"][-ASKED:])
        if not asked:
            continue
        yield NewItem(
            queue=Name.REFUSED,
            subject=f"{talk.row.id}:{card.article}:{card.version}",
            body={
                "text": masked(asked, talk.names),
                "context": {
                    "before": talk.shown(before[-BEFORE:]),
                    "card": card.model_dump(include={"article", "version", "title", "text", "clause", "issuer"}),
                    "reason": masked(decision.reason, talk.names),
                },
            },
            origin={"article": card.article, "version": card.version, "text": card.text},
            call=talk.row.id,
            ticket=talk.row.ticket,
            citizen=talk.citizen,
            article=card.article,
        )


def _doubtful(parts: Parts, talks: list[Heard]) -> Iterator[NewItem]:
    """What must be masked cannot be corrected by ear, so such utterances are left out, and so is what has no sound."""
    data = parts.settings.data
    pool = [(talk, turn) for talk in talks for turn in talk.heard if _worth(talk, turn)]
    pool = [one for one in pool if recording.path(data, one[0].row.id, one[1].leg).exists()]
    count = min(AT_MOST, max(AT_LEAST, len(pool) // SHARE))
    chosen = sampling.choose([Candidate(turn.text, doubt(turn)) for _, turn in pool], count)
    for place, why in chosen.items():
        talk, turn = pool[place]
        at = talk.heard.index(turn)
        yield NewItem(
            queue=Name.SPEECH,
            subject=f"{talk.row.id}:{turn.utterance}",
            body={
                "text": turn.text,
                "context": {"before": talk.shown(talk.heard[max(0, at - 2) : at])},
                "clip": {"leg": turn.leg, "start": turn.start, "end": turn.end},
            },
            origin={"raw": turn.raw},
            priority=round(doubt(turn), 4),
            call=talk.row.id,
            ticket=talk.row.ticket,
            citizen=talk.citizen,
            sampling=why,
        )


def doubt(turn: events.Heard) -> float:
    """The share of characters that were repaired or, twice as heavy, are doubtful; 0 to 1."""
    weight = {"doubtful": 2, "repaired": 1}
    marked = sum(weight[one.kind] * (one.end - one.start) for one in turn.marks)
    return min(1.0, marked / max(1, len(turn.text)))


def _worth(talk: Heard, turn: events.Heard) -> bool:
    long_enough = len(turn.text) >= LEAST and SHORTEST <= turn.end - turn.start <= LONGEST
    return long_enough and not personal(turn.text, talk.names) and not personal(turn.raw, talk.names)
