"""Gaps of the base: questions that find nothing become tasks for the department that can answer them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.knowledge.tables import ArticleRow, KnowledgeEntry
from copilot.usage.likeness import Encode, Likeness, groups, likeness
from copilot.usage.tables import Asked, Gap
from kb_index.article import KnowledgeError
from kb_index.lifecycle import SYSTEM, Action
from ticket_core.text import visible

MOST = 2000  # questions that are compared in one run, the newest ones
SAMPLES = 5  # questions that stand for a gap that is known
TITLE = 60
REASON = 500


class State(StrEnum):
    """How far a gap is."""

    OPEN = "open"
    ASSIGNED = "assigned"
    WRITTEN = "written"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        """As the screen says it."""
        return LABELS[self]


LABELS = {State.OPEN: "待交办", State.ASSIGNED: "编写中", State.WRITTEN: "已补上", State.REJECTED: "不予补充"}
WORKED_ON = (State.OPEN, State.ASSIGNED)
TAKING = (*WORKED_ON, State.REJECTED)  # a rejected one takes in more of the same, so that it does not come up again


@dataclass(frozen=True, slots=True)
class Question:
    """A question without an answer; gap: the one that it stands for or belongs to, None: none yet."""

    id: int
    text: str
    gap: int | None


@dataclass(frozen=True, slots=True)
class Duty:
    """Whose matter a gap is; empty: nobody's that is known. basis: the line of the catalogue that says so."""

    department: str
    basis: str


@dataclass(frozen=True, slots=True)
class Made:
    """What a run of `cluster` comes to. joined: gap -> its new questions; fresh: new groups, the title's first."""

    questions: int
    joined: dict[int, list[int]]
    fresh: list[tuple[str, Duty, list[int]]]

    @property
    def waiting(self) -> int:
        """Questions that stay by themselves."""
        taken = sum(map(len, self.joined.values())) + sum(len(ids) for _, _, ids in self.fresh)
        return self.questions - taken


def waiting(session: Session) -> list[Question]:
    """Questions in no gap yet, the newest ones, and after them those that stand for the gaps that take in more."""
    free = select(Asked).where(Asked.gap.is_(None)).order_by(Asked.id.desc()).limit(MOST)
    found = [Question(row.id, row.text, None) for row in session.scalars(free)]
    for gap in session.scalars(select(Gap.id).where(Gap.state.in_(TAKING)).order_by(Gap.id)):
        of = select(Asked).where(Asked.gap == gap).order_by(Asked.id.desc()).limit(SAMPLES)
        found += [Question(row.id, row.text, gap) for row in session.scalars(of)]
    return found


def cluster(
    questions: Sequence[Question], duty: Callable[[str], Duty], least: int, encode: Encode | None = None
) -> Made:
    """Which questions belong to a known gap, and which make a new one: at least so many. Takes seconds for hundreds."""
    free = [place for place, one in enumerate(questions) if one.gap is None]
    if not free:
        return Made(0, {}, [])
    alike = likeness([one.text for one in questions], encode)
    joined: dict[int, list[int]] = {}
    left = []
    for place in free:
        gap = _nearest(questions, alike, place)
        if gap is None:
            left.append(place)
        else:
            joined.setdefault(gap, []).append(questions[place].id)
    fresh = []
    for group in groups(alike, left):
        if len(group) >= least:
            title = questions[alike.central(group)].text
            told = "。".join(questions[place].text for place in group[:SAMPLES])
            fresh.append((title, duty(told), [questions[place].id for place in group]))
    return Made(len(free), joined, fresh)


def keep(session: Session, made: Made, now: datetime, due_at: datetime) -> list[Gap]:
    """Keep what a run came to; questions that got a gap meanwhile stay where they are. The new gaps."""
    for known, ids in made.joined.items():
        for row in _free(session, ids):
            row.gap = known
    opened = []
    for title, duty, ids in made.fresh:
        rows = _free(session, ids)
        if len(rows) < len(ids):
            continue
        gap = Gap(
            title=title[:TITLE],
            state=State.OPEN.value,
            department=duty.department,
            basis=duty.basis,
            opened_at=now,
            due_at=due_at,
        )
        session.add(gap)
        session.flush()
        for row in rows:
            row.gap = gap.id
        opened.append(gap)
    session.flush()
    return opened


def assign(row: Gap, department: str, who: str, now: datetime, due_at: datetime) -> None:
    """Give it to a department; its time runs anew. Raises KnowledgeError for one that is done."""
    _still(row, "交办")
    row.state, row.department = State.ASSIGNED.value, department
    row.assigned_by, row.assigned_at, row.due_at = who, now, due_at


def link(session: Session, row: Gap, article: str, now: datetime) -> None:
    """Name the article that is written for it, empty: none; it is done when that goes live. Raises KnowledgeError."""
    _still(row, "关联文章")
    if article and session.get(ArticleRow, article) is None:
        raise KnowledgeError(f"热线百科里没有 {article[:64]}，请先新建草稿，再关联")
    row.article, row.linked_at = article, now if article else None
    if article:
        row.state = State.ASSIGNED.value


def reject(row: Gap, reason: str, who: str, now: datetime) -> None:
    """The base is not to answer that. Raises KnowledgeError without a reason and for one that is done."""
    _still(row, "不予补充")
    clean = visible(reason)[:REASON]
    if not clean:
        raise KnowledgeError("请写明为什么不补充，例如：不属热线受理范围")
    row.state, row.reason, row.closed_by, row.closed_at = State.REJECTED.value, clean, who, now


def hand_back(row: Gap, reason: str, now: datetime, due_at: datetime) -> None:
    """The department says that it is not its matter: to be given to another. Raises KnowledgeError without a reason."""
    _still(row, "退回")
    clean = visible(reason)
    if not clean:
        raise KnowledgeError("请写明为什么退回，例如：不属本单位职责，应由市水务局编写")
    row.basis = f"{row.department}退回：{clean}"[:REASON]
    row.state, row.department, row.due_at = State.OPEN.value, "", due_at
    row.assigned_by, row.assigned_at, row.article, row.linked_at = "", None, "", None


def settle(session: Session) -> list[Gap]:
    """The gaps that are written now: their articles went live after they were linked."""
    published = select(KnowledgeEntry.at).where(
        KnowledgeEntry.article == Gap.article,
        KnowledgeEntry.action == Action.PUBLISH.value,
        KnowledgeEntry.at >= Gap.linked_at,
    )
    went = published.order_by(KnowledgeEntry.id).limit(1).scalar_subquery()
    linked = select(Gap, went).where(Gap.article != "", Gap.state.in_(WORKED_ON))
    done = []
    for row, at in session.execute(linked).all():
        if at is not None:
            row.state, row.closed_by, row.closed_at = State.WRITTEN.value, SYSTEM, at
            done.append(row)
    return done


def _nearest(questions: Sequence[Question], alike: Likeness, place: int) -> int | None:
    """The known gap that a question belongs to."""
    samples: dict[int, list[int]] = {}
    for other, one in enumerate(questions):
        if one.gap is not None:
            samples.setdefault(one.gap, []).append(other)
    scored = {gap: alike.between([place], members) for gap, members in samples.items()}
    best = max(scored, key=lambda gap: scored[gap], default=None)
    return best if best is not None and scored[best] >= alike.threshold else None


def _free(session: Session, ids: Sequence[int]) -> Sequence[Asked]:
    return session.scalars(select(Asked).where(Asked.id.in_(ids), Asked.gap.is_(None))).all()


def _still(row: Gap, act: str) -> None:
    if row.state not in WORKED_ON:
        raise KnowledgeError(f"这项缺口{State(row.state).label}，不能再“{act}”")
