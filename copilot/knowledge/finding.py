"""Looks things up in 热线百科: an article, its versions, which of them are live, who wrote on one."""

import hashlib
import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.knowledge.tables import ArticleRow, ArticleVersion, KnowledgeEntry
from kb_index.article import Article, KnowledgeError, parse
from kb_index.lifecycle import Action, State

log = logging.getLogger(__name__)
OPEN = (State.DRAFT, State.FIRST_REVIEW, State.REVIEW, State.APPROVED)
WRITING = (Action.WRITE, Action.EDIT, Action.REVERT)
BATCH = 500  # ids in one question to the database


class Unknown(KnowledgeError):
    """There is no such article or version."""


def article(session: Session, name: str) -> ArticleRow:
    """An article. Raises Unknown where there is none."""
    found = session.get(ArticleRow, name)
    if found is None:
        raise Unknown(f"热线百科里没有 {name[:64]}，请核对编号")
    return found


def version(session: Session, name: str, number: int) -> ArticleVersion:
    """One version. Raises Unknown where there is none."""
    row = sought(session, name, number)
    if row is None:
        newest = article(session, name).newest
        raise Unknown(f"{name[:64]} 没有第 {number} 版；现有到第 {newest} 版")
    return row


def sought(session: Session, name: str, number: int) -> ArticleVersion | None:
    """One version, if there is such a one."""
    return session.scalar(
        select(ArticleVersion).where(ArticleVersion.article == name, ArticleVersion.version == number)
    )


def versions(session: Session, name: str) -> Sequence[ArticleVersion]:
    """Every version of an article, the newest first."""
    query = select(ArticleVersion).where(ArticleVersion.article == name)
    return session.scalars(query.order_by(ArticleVersion.version.desc())).all()


def under_way(session: Session, name: str) -> ArticleVersion | None:
    """The version that is being written or reviewed; an article has one at most."""
    states = [state.value for state in OPEN]
    return session.scalar(
        select(ArticleVersion).where(ArticleVersion.article == name, ArticleVersion.state.in_(states))
    )


def live(session: Session, names: Collection[str] | None = None) -> Iterable[Article]:
    """The live articles, in order of their ids; of these names alone where they are given.

    What was altered so that it cannot be read is left out; the audit tells.
    """
    for group in [None] if names is None else _groups(sorted(names)):
        query = select(ArticleVersion).join(
            ArticleRow, (ArticleRow.id == ArticleVersion.article) & (ArticleRow.live == ArticleVersion.version)
        )
        query = query if group is None else query.where(ArticleRow.id.in_(group))
        for row in session.scalars(query.order_by(ArticleRow.id).execution_options(yield_per=BATCH)):
            try:
                yield as_article(row)
            except (KeyError, TypeError, ValueError):
                log.error("article cannot be read", extra={"article": row.article, "version": row.version})


def facets(session: Session) -> Iterable[tuple[str, str, str, list[str]]]:
    """Region, line, issuer and tags of each live article."""
    body = ArticleVersion.body
    query = select(body["region"].as_string(), ArticleVersion.line, body["issuer"].as_string(), body["tags"]).join(
        ArticleRow, (ArticleRow.id == ArticleVersion.article) & (ArticleRow.live == ArticleVersion.version)
    )
    for region, line, issuer, tags in session.execute(query):
        yield region or "", line, issuer or "", tags or []


def as_article(row: ArticleVersion) -> Article:
    """A version as the article that is searched and read."""
    return parse(row.body)


def digest(body: Mapping[str, Any]) -> str:
    """SHA-256 of a body, as JSON with sorted keys."""
    line = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()


def authors(session: Session, rows: Collection[ArticleVersion]) -> Mapping[int, set[str]]:
    """Everybody who wrote on each of these versions, by the id of its row."""
    found = {(row.article, row.version): {row.author} for row in rows}
    entry = KnowledgeEntry
    query = select(entry.article, entry.version, entry.actor).where(entry.action.in_([one.value for one in WRITING]))
    for group in _groups(sorted({row.article for row in rows})):
        for name, number, actor in session.execute(query.where(entry.article.in_(group)).distinct()):
            if (name, number) in found:
                found[name, number].add(actor)
    return {row.id: found[row.article, row.version] for row in rows}


def head(session: Session) -> int:
    """The id of the last entry of the journal; 0: none."""
    return session.scalar(select(func.max(KnowledgeEntry.id))) or 0


def _groups(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + BATCH] for start in range(0, len(names), BATCH))
