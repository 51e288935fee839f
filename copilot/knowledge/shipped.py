"""An empty base is filled with the articles that ship with the product, all of them live."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from copilot.configuration.versions import local_date
from copilot.knowledge import finding
from copilot.knowledge.acts import REVIEW_DAYS
from copilot.knowledge.tables import ArticleRow, ArticleVersion, KnowledgeEntry
from kb_index.article import Article
from kb_index.lifecycle import Action, State
from ticket_core import journal

PRODUCT = "product"


def seed(session: Session, articles: Sequence[Article], at: datetime) -> int:
    """Put the articles in where nothing is kept yet; how many were."""
    journal.lock(session)
    if not articles or finding.head(session) or session.scalar(select(ArticleRow.id).limit(1)) is not None:
        return 0
    due = str(local_date(at) + timedelta(days=REVIEW_DAYS))
    session.execute(insert(ArticleRow), [_article(one, at) for one in articles])
    session.execute(insert(ArticleVersion), [_version(one, due, at) for one in articles])
    session.execute(insert(KnowledgeEntry), [_entry(one, at) for one in articles])
    return len(articles)


def _article(one: Article, at: datetime) -> dict[str, Any]:
    return {"id": one.id, "department": one.issuer, "live": one.version, "newest": one.version, "created_at": at}


def _version(one: Article, due: str, at: datetime) -> dict[str, Any]:
    body = one.row()
    return {
        "article": one.id,
        "version": one.version,
        "state": State.LIVE.value,
        "title": one.title,
        "line": one.line,
        "valid_to": str(one.valid_to or ""),
        "review_due": str(one.review_due or due),
        "body": body,
        "digest": finding.digest(body),
        "author": PRODUCT,
        "created_at": at,
        "changed_at": at,
        "published_at": at,
    }


def _entry(one: Article, at: datetime) -> dict[str, Any]:
    return {
        "article": one.id,
        "version": one.version,
        "action": Action.PUBLISH.value,
        "state": State.LIVE.value,
        "live": one.version,
        "actor": PRODUCT,
        "at": at,
    }
