"""Lists of versions: what is kept, what waits for whom, whose review is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from copilot.knowledge.tables import ArticleRow, ArticleVersion
from kb_index.lifecycle import State

Sort = Literal["changed", "title", "due"]
QUEUES: dict[str, str] = {
    "draft": "我的草稿",
    "first_review": "待初审",
    "review": "待审核",
    "approved": "待上线",
    "due": "待复核",
}
SHOWN = 50  # of a queue


@dataclass(frozen=True, slots=True)
class Which:
    """Conditions of a list; empty: none. due: live ones whose review is due by then; own: whose alone are seen.

    visible: live ones alone, for who does not write or review.
    """

    state: str = ""
    author: str = ""
    department: str = ""
    line: str = ""
    due: date | None = None
    text: str = ""
    own: str | None = None
    visible: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue: how many wait, and those who wait longest."""

    name: str
    label: str
    count: int
    rows: Sequence[ArticleVersion]


def page(
    session: Session, which: Which, sort: Sort = "changed", offset: int = 0, limit: int = 50
) -> tuple[int, list[ArticleVersion]]:
    """How many versions there are in all, and some of them.

    Without a state it is one an article: the live one, else the newest.
    """
    query = _query(which)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    order = {
        "changed": (ArticleVersion.changed_at.desc(), ArticleVersion.id.desc()),
        "title": (ArticleVersion.title, ArticleVersion.id),
        "due": (ArticleVersion.review_due, ArticleVersion.id),
    }[sort]
    return total, list(session.scalars(query.order_by(*order).offset(offset).limit(limit)))


def queues(session: Session, username: str, may: Sequence[str], own: str | None, due: date) -> list[Waiting]:
    """What waits for a user, by what they may do; own: the department whose articles alone they handle."""
    state, author = ArticleVersion.state, ArticleVersion.author
    mine = author == username if own is None else ArticleRow.department == own
    wanted: dict[str, tuple[str, ColumnElement[bool]]] = {
        "draft": ("author", and_(state == State.DRAFT.value, mine)),
        "first_review": ("first_review", and_(state == State.FIRST_REVIEW.value, author != username)),
        "review": (
            "review",
            and_(state == State.REVIEW.value, author != username, ArticleVersion.first_reviewer != username),
        ),
        "approved": ("review", and_(state == State.APPROVED.value, author != username)),
        "due": ("review" if own is None else "author", _due(due)),
    }
    found = []
    for name, (permission, condition) in wanted.items():
        if permission in may:
            query = _joined().where(condition, *([ArticleRow.department == own] if own is not None else []))
            count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
            oldest = ArticleVersion.review_due if name == "due" else ArticleVersion.changed_at
            rows = session.scalars(query.order_by(oldest, ArticleVersion.id).limit(SHOWN)).all()
            found.append(Waiting(name, QUEUES[name], count, rows))
    return found


def _joined() -> Select[ArticleVersion]:
    return select(ArticleVersion).join(ArticleRow, ArticleRow.id == ArticleVersion.article)


def _query(which: Which) -> Select[ArticleVersion]:
    query = _joined()
    newest = case((ArticleRow.live > 0, ArticleRow.live), else_=ArticleRow.newest)
    chosen = ArticleVersion.version == newest
    gone = (State.DROPPED.value, State.DELETED.value)
    conditions = [
        ArticleVersion.state == which.state if which.state else and_(chosen, ArticleVersion.state.not_in(gone))
    ]
    if which.visible:
        conditions.append(ArticleRow.live == ArticleVersion.version)
    if which.own is not None:  # others' are seen as far as everybody sees them
        conditions.append(or_(ArticleRow.department == which.own, ArticleRow.live == ArticleVersion.version))
    if which.author:
        conditions.append(ArticleVersion.author == which.author)
    if which.department:
        conditions.append(ArticleRow.department == which.department)
    if which.line:
        conditions.append(ArticleVersion.line == which.line)
    if which.due is not None:
        conditions.append(_due(which.due))
    if text := which.text.strip():
        same = ArticleVersion.title.icontains(text, autoescape=True)
        conditions.append(or_(same, ArticleVersion.article.icontains(text, autoescape=True)))
    return query.where(*conditions)


def _due(day: date) -> ColumnElement[bool]:
    shown, told = ArticleRow.live == ArticleVersion.version, ArticleVersion.review_due != ""
    return and_(shown, told, ArticleVersion.review_due <= str(day))
