"""Recall: an article was withdrawn as wrong, so whoever was told it is called back; no ticket opens again by itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from copilot.knowledge import finding
from copilot.knowledge.tables import ArticleRow, ArticleVersion, KnowledgeEntry
from copilot.tables import CallRow, CardDecision
from copilot.usage import citations
from copilot.usage.tables import Cited, Recall, RecallItem, Said
from kb_index.article import Article, KnowledgeError
from ticket_core.deadline import Limits, local_day
from ticket_core.inputs import UNREACHED
from ticket_core.tables import Ticket
from ticket_core.text import visible

TOLD = 1000
NOTE = 500


class State(StrEnum):
    """How far a callback is."""

    TO_CALL = "to_call"
    REACHED = "reached"
    UNREACHED = "unreached"
    NOT_NEEDED = "not_needed"

    @property
    def label(self) -> str:
        """As the screen says it."""
        return STATES[self]


class How(StrEnum):
    """In what way an article reached someone."""

    INSERTED = "inserted"
    SAID = "said"
    TICKET = "ticket"
    MERGED = "merged"

    @property
    def label(self) -> str:
        """As the screen says it."""
        return {"inserted": "采用建议", "said": "坐席说过", "ticket": "工单引用", "merged": "并入引用的工单"}[
            self.value
        ]


STATES = {
    State.TO_CALL: "待回访",
    State.REACHED: "已告知",
    State.UNREACHED: "未联系上",
    State.NOT_NEEDED: "无需回访",
}
HOWS = {How.INSERTED: "采用建议", How.SAID: "坐席说过", How.TICKET: "工单引用", How.MERGED: "并入引用的工单"}
OUTCOMES: dict[str, str] = {
    State.REACHED: State.REACHED.label,
    **{outcome: outcome for outcome in UNREACHED},
    State.NOT_NEEDED: State.NOT_NEEDED.label,
}


@dataclass
class Told:
    """Someone who was told what an article says."""

    call: str | None
    ticket: int | None
    version: int
    at: datetime
    agent: str
    how: list[How] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def open_recall(session: Session, entry: KnowledgeEntry, since: int = 1) -> Recall:
    """The recall of what an entry of the journal withdrew as wrong, with everyone who was told it to be called back.

    since: the first version that was wrong; what cites an earlier one alone is left out.
    """
    version = finding.version(session, entry.article, entry.version)
    recall = Recall(
        article=entry.article,
        version=entry.version,
        since=since,
        entry=entry.id,
        title=version.title,
        reason=entry.reason,
        opened_by=entry.actor,
        opened_at=entry.at,
    )
    session.add(recall)
    session.flush()
    _add(session, recall, _gathered(session, recall))
    return recall


def said_late(session: Session, call: str) -> None:
    """Put a call on the list whose words were matched only after the article had been withdrawn."""
    cited = select(Recall).join(Said, (Said.article == Recall.article) & (Said.version >= Recall.since))
    for recall in session.scalars(cited.where(Said.call == call).distinct()):
        ticket = session.get_one(CallRow, call).ticket
        same = RecallItem.call == call if ticket is None else (RecallItem.call == call) | (RecallItem.ticket == ticket)
        if session.scalar(select(RecallItem.id).where(RecallItem.recall == recall.id, same).limit(1)) is None:
            _add(session, recall, _gathered(session, recall, call))


def record(
    session: Session, recall: int, item: int, outcome: str, note: str, who: str, at: datetime, limits: Limits
) -> RecallItem:
    """Keep how a callback went; unreached for good after the attempts that tickets have, too. Raises KnowledgeError."""
    row = session.get(RecallItem, item)
    if row is None or row.recall != recall:
        raise KnowledgeError("召回清单里没有这一条，请刷新后再办")
    if outcome not in OUTCOMES:
        raise KnowledgeError(f"没有“{outcome[:20]}”这个结果；可选：{'、'.join(OUTCOMES.values())}")
    state, clean = State(row.state), visible(note)[:NOTE]
    if state in (State.REACHED, State.NOT_NEEDED):
        raise KnowledgeError(f"这一条{state.label}，已办完；请刷新")
    if outcome == State.NOT_NEEDED and not clean:
        raise KnowledgeError("无需回访的，请写明原因")
    if outcome != State.NOT_NEEDED:
        tried = {"at": at.isoformat(), "day": local_day(at), "actor": who, "outcome": OUTCOMES[outcome], "note": clean}
        row.attempts = [*row.attempts, tried]
    row.state, row.reason = _after(outcome, row, limits).value, clean
    row.done_by, row.done_at = (who, at) if row.state != State.TO_CALL else ("", None)
    return row


def counts(session: Session, recalls: Sequence[int]) -> dict[int, dict[State, int]]:
    """How many items of each recall are in each state."""
    found: dict[int, dict[State, int]] = {recall: dict.fromkeys(State, 0) for recall in recalls}
    grouped = select(RecallItem.recall, RecallItem.state, func.count()).group_by(RecallItem.recall, RecallItem.state)
    for recall, state, count in session.execute(grouped.where(RecallItem.recall.in_(recalls))):
        found[recall][State(state)] = count
    return found


def right_now(session: Session, article: str) -> Article | None:
    """What is right instead: a live version of the article, or the live article that takes its place; None: nothing."""
    head = session.get(ArticleRow, article)
    if head is not None and head.live:
        return finding.as_article(finding.version(session, article, head.live))
    live = select(ArticleVersion).join(
        ArticleRow, (ArticleRow.id == ArticleVersion.article) & (ArticleRow.live == ArticleVersion.version)
    )
    naming = live.where(cast(ArticleVersion.body, String).contains(f'"{article}"', autoescape=True))
    candidates = (finding.as_article(row) for row in session.scalars(naming.order_by(ArticleVersion.id.desc())))
    return next((one for one in candidates if article in one.supersedes), None)


def _after(outcome: str, row: RecallItem, limits: Limits) -> State:
    if outcome in (State.REACHED, State.NOT_NEEDED):
        return State(outcome)
    days = {attempt["day"] for attempt in row.attempts}
    enough = len(row.attempts) >= limits.callback_attempts and len(days) >= limits.callback_days
    return State.UNREACHED if enough else State.TO_CALL


def _add(session: Session, recall: Recall, found: dict[str, Told]) -> None:
    body = finding.as_article(finding.version(session, recall.article, recall.version)).body
    for told in found.values():
        session.add(
            RecallItem(
                recall=recall.id,
                call=told.call,
                ticket=told.ticket,
                version=told.version,
                how=[one.value for one in dict.fromkeys(told.how)],
                told="\n".join(dict.fromkeys(filter(None, told.words)))[:TOLD] or body[:TOLD],
                told_at=told.at,
                agent=told.agent,
                state=State.TO_CALL.value,
                attempts=[],
            )
        )
    session.flush()


def _gathered(session: Session, recall: Recall, call: str = "") -> dict[str, Told]:
    """Everyone once, by ticket where there is one, else by call. call: that one alone."""
    found: dict[str, Told] = {}
    for one in (*_in_calls(session, recall, call), *(() if call else _in_tickets(session, recall))):
        known = found.setdefault(f"ticket {one.ticket}" if one.ticket else f"call {one.call}", one)
        if known is not one:
            known.how += one.how
            known.words += one.words
            known.call = known.call or one.call
    return found


def _in_calls(session: Session, recall: Recall, call: str) -> Iterator[Told]:
    """Calls in which it was said, then those in which its card was taken and stayed so."""
    said = select(Said, CallRow).join(CallRow, CallRow.id == Said.call)
    said = said.where(Said.article == recall.article, Said.version >= recall.since).order_by(Said.id)
    for row, held in session.execute(said.where(CallRow.id == call) if call else said):
        yield Told(held.id, held.ticket, row.version, row.at, held.agent, [How.SAID], [row.quote])
    newest = select(func.max(CardDecision.id)).where(CardDecision.article == recall.article).group_by(CardDecision.call)
    taken = select(CardDecision, CallRow).join(CallRow, CallRow.id == CardDecision.call)
    taken = taken.where(CardDecision.id.in_(newest), CardDecision.decision == "taken")
    taken = taken.where(CardDecision.version >= recall.since).order_by(CardDecision.id)
    for decision, held in session.execute(taken.where(CallRow.id == call) if call else taken):
        yield Told(held.id, held.ticket, decision.version, decision.at, held.agent, [How.INSERTED])


def _in_tickets(session: Session, recall: Recall) -> Iterator[Told]:
    """Tickets that cite it, and those that were merged into one of them: their citizens were told the same."""
    citations.follow(session)
    citing = select(Ticket, Cited.version).join(Cited, Cited.ticket == Ticket.id)
    citing = citing.where(Cited.article == recall.article, Cited.version >= recall.since)
    for row, version in session.execute(citing.order_by(Ticket.id)).all():
        yield _of_ticket(row, version, How.TICKET, row.answer)
        for child in session.scalars(select(Ticket).where(Ticket.merged_into == row.id).order_by(Ticket.id)):
            yield _of_ticket(child, version, How.MERGED, row.answer)


def _of_ticket(row: Ticket, version: int, how: How, told: str) -> Told:
    return Told(row.call_id, row.id, version, row.closed_at or row.updated_at, row.agent, [how], [told])
