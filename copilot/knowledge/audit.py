"""Whether an index holds what the database says must be found, and whether the database agrees with itself."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.database import Database
from copilot.knowledge import acts, finding, follow
from copilot.knowledge.tables import ArticleRow, ArticleVersion, AuditRow
from kb_index.article import Article, KnowledgeError, parse
from kb_index.lifecycle import State
from kb_index.search.index import Index

Progress = Callable[[int, int], None]
TRIES = 10
KEPT = 5000  # faults in a report: more of them are counted alone
BATCH = 500
UNREAD, ALTERED, STATE, LOST, AHEAD = "unread", "altered", "state", "lost", "position"
SAYS = {
    UNREAD: "数据库里这一版的正文读不出来，请回退到历史版",
    ALTERED: "数据库里这一版的正文与它的摘要不符，被直接改动过，请核对后出新版",
    STATE: "数据库里这一版的状态与“是否在线”不符，请联系管理员",
    LOST: "数据库里没有标为在线的这一版，请出新版",
    AHEAD: "索引比数据库新，数据库可能由备份恢复过",
}
INDEX, DATABASE = "index", "database"


@dataclass(frozen=True, slots=True)
class Found:
    """A fault. where: index or database; part: which part of it; says: the same in Chinese."""

    article: str
    where: str
    part: str
    says: str
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What was compared and what did not agree."""

    articles: int
    slices: int
    faults: tuple[Found, ...]
    seconds: float = 0.0

    @property
    def left(self) -> int:
        """How many faults there still are."""
        return sum(not fault.repaired for fault in self.faults)


@dataclass(slots=True)
class _Count:
    articles: int = 0
    slices: int = 0
    faults: list[Found] = field(default_factory=list)


def compare(database: Database, index: Index, progress: Progress = lambda done, total: None) -> Report:
    """Compare every live article with all that the index holds of it; nothing is changed.

    progress hears of articles done and to do. Raises KnowledgeError where the base does not keep still.
    """
    began = time.monotonic()
    for _ in range(TRIES):
        report = _compared(database, index, progress)
        if report is not None:
            return replace(report, seconds=time.monotonic() - began)
        follow.catch_up(database, index)
    raise KnowledgeError("热线百科正在大量改动，校验没有做完；请稍后再校验")


def repair(
    database: Database,
    index: Index,
    report: Report,
    at: datetime,
    progress: Progress = lambda done, total: None,
    settle: Callable[[], Index] | None = None,
) -> Report:
    """Have every index take what is wrong in this one anew, and compare again. settle: this index, once it did.

    What was altered in the database behind everybody's back is spread no further.
    """
    began = time.monotonic()
    ahead = any(fault.part == AHEAD for fault in report.faults)
    if ahead:
        follow.reconcile(database, index)
    altered = {fault.article for fault in report.faults if fault.part == ALTERED}
    names = sorted({fault.article for fault in report.faults if fault.where == INDEX and fault.article} - altered)
    if not names and not ahead:
        return report
    reason = "校验发现索引与数据库不一致"
    for start in range(0, len(names), BATCH):
        group = names[start : start + BATCH]
        database.submit(lambda session: acts.reindex(session, group, acts.by_itself(at), reason)).result()  # noqa: B023 - waited for
    if settle is None:
        follow.catch_up(database, index)
    after = compare(database, settle() if settle else index, progress)
    still = {(fault.article, fault.part) for fault in after.faults}
    told = tuple(replace(fault, repaired=(fault.article, fault.part) not in still) for fault in report.faults)
    return replace(report, faults=told, seconds=report.seconds + time.monotonic() - began)


def keep(session: Session, report: Report, at: datetime, most: int = KEPT) -> AuditRow:
    """The report, kept; of very many faults the first, and how many more of each kind."""
    faults = [asdict(fault) for fault in report.faults[:most]]
    for (where, part, says), count in Counter((one.where, one.part, one.says) for one in report.faults[most:]).items():
        faults.append(
            {"article": "", "where": where, "part": part, "says": f"{says}：另有 {count} 处", "repaired": False}
        )
    row = AuditRow(
        at=at,
        seconds=round(report.seconds, 3),
        articles=report.articles,
        slices=report.slices,
        faults=faults,
        repaired=bool(report.faults) and not report.left,
    )
    session.add(row)
    session.flush()
    return row


def _compared(database: Database, index: Index, progress: Progress) -> Report | None:
    """The comparison at one moment of both; None where the index stands elsewhere in the journal."""
    with Session(database.engine) as session:
        if session.get_bind().dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        head = finding.head(session)
        if index.position < head:
            return None
        total = session.scalar(select(func.count()).select_from(ArticleRow).where(ArticleRow.live > 0)) or 0
        count = _Count()
        if index.position > head:
            count.faults.append(_found("", INDEX, AHEAD))
        position = index.position
        found = index.faults(_live(session, count, total, progress))
        if index.position != position:
            return None
        count.faults += [Found(fault.article, INDEX, fault.part, fault.says) for fault in found]
        count.faults += _states(session)
        return Report(count.articles, count.slices, tuple(count.faults))


def _live(session: Session, count: _Count, total: int, progress: Progress) -> Iterator[Article]:
    """What must be found, as the database says; what is wrong with it there is noted."""
    shown = (ArticleVersion.article == ArticleRow.id) & (ArticleVersion.version == ArticleRow.live)
    query = select(ArticleRow.id, ArticleVersion.body, ArticleVersion.digest).outerjoin(ArticleVersion, shown)
    rows = session.execute(query.where(ArticleRow.live > 0).order_by(ArticleRow.id).execution_options(yield_per=BATCH))
    for number, row in enumerate(rows, 1):
        if number % BATCH == 0:
            progress(number, total)
        if row.body is None:
            count.faults.append(_found(row.id, DATABASE, LOST))
            continue
        try:
            article = parse(row.body)
        except (KeyError, TypeError, ValueError):
            count.faults.append(_found(row.id, DATABASE, UNREAD))
            continue
        if finding.digest(row.body) != row.digest:
            count.faults.append(_found(row.id, DATABASE, ALTERED))
        count.articles += 1
        count.slices += len(article.slices)
        yield article
    progress(total, total)


def _states(session: Session) -> Iterator[Found]:
    live, shown = State.LIVE.value, ArticleRow.live == ArticleVersion.version
    query = select(ArticleVersion.article).join(ArticleRow, ArticleRow.id == ArticleVersion.article)
    wrong = query.where(((ArticleVersion.state == live) & ~shown) | ((ArticleVersion.state != live) & shown))
    return (_found(name, DATABASE, STATE) for name in session.scalars(wrong.order_by(ArticleVersion.id)))


def _found(article: str, where: str, part: str) -> Found:
    return Found(article, where, part, SAYS[part])
