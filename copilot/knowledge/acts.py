"""What is done to articles: each act changes a version by the table, writes the journal and returns its entry."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.configuration.versions import local_date
from copilot.knowledge import finding, rules
from copilot.knowledge.tables import ArticleRow, ArticleVersion, KnowledgeEntry
from copilot.usage import recalls
from kb_index import lifecycle
from kb_index.article import Article, KnowledgeError
from kb_index.lifecycle import PAST, Action, State
from ticket_core import journal
from ticket_core.errors import Conflict

REVIEW_DAYS = 180
REASON, NOTE = 500, 500
PREFIX = "ZS-"
LAST = "last article"


@dataclass(frozen=True, slots=True)
class Editor:
    """Who acts, and when. may: their permissions; department: whose articles alone they write, None: everybody's."""

    username: str
    at: datetime
    may: Collection[str] = ()
    department: str | None = None
    person: bool = True


@dataclass(frozen=True, slots=True)
class Given:
    """What goes with an act. wrong: what is withdrawn told people something false, wrong_since: from that version on.

    review_due: when to look again; without one it is after review_days.
    """

    reason: str = ""
    wrong: bool = False
    wrong_since: int = 1
    review_due: date | None = None
    review_days: int = REVIEW_DAYS


NOTHING = Given()


def by_itself(at: datetime) -> Editor:
    """The system, for what nobody has to decide."""
    return Editor(lifecycle.SYSTEM, at, person=False)


def write(session: Session, article: Article, by: Editor, note: str = "") -> KnowledgeEntry:
    """A new article as a draft; its id and version are given here. Raises KnowledgeError."""
    name = _next_name(session)
    fresh = replace(article, id=name, version=1)
    _check_author(by, fresh.issuer)
    rules.check(session, fresh)
    session.add(ArticleRow(id=name, department=fresh.issuer, live=0, newest=1, created_at=by.at))
    session.flush()
    row = _add(session, fresh, by, State.DRAFT, base=0, note=note)
    return _noted(session, row, Action.WRITE, by, live=0)


def rewrite(session: Session, name: str, base: int, by: Editor, note: str = "") -> KnowledgeEntry:
    """A new version of an article as a draft, out of one that it has. Raises KnowledgeError, Conflict."""
    return _again(session, finding.version(session, name, base), by, State.DRAFT, Action.WRITE, note)


def edit(session: Session, article: Article, by: Editor, *, seen: int, note: str = "") -> KnowledgeEntry:
    """Write on the draft that `article` names by id and version. Raises KnowledgeError; Conflict where seen is old."""
    row = finding.version(session, article.id, article.version)
    head = finding.article(session, article.id)
    _check_seen(row, seen)
    _check_author(by, head.department, article.issuer)
    _step(session, row, Action.EDIT, by)
    rules.check(session, article)
    _put(row, article, note, by)
    if not head.live:
        head.department = article.issuer
    return _noted(session, row, Action.EDIT, by, live=head.live)


def act(
    session: Session,
    name: str,
    version: int,
    action: Action,
    by: Editor,
    *,
    seen: int | None = None,
    given: Given = NOTHING,
) -> KnowledgeEntry:
    """Do to a version what the table allows. seen: what its reader saw, None: whatever it is.

    Raises KnowledgeError saying what is possible, Conflict where somebody else changed it meanwhile.
    """
    row = finding.version(session, name, version)
    head = finding.article(session, name)
    if seen is not None:
        _check_seen(row, seen)
    _check_author(by, head.department)
    if action == Action.EDIT:
        raise KnowledgeError("修改请在编辑页里保存")
    step = _step(session, row, action, by)
    reason = given.reason.strip()
    if step.reason and not reason:
        raise KnowledgeError(f"“{action.label}”要写明原因")
    if len(reason) > REASON:
        raise KnowledgeError(f"原因太长，最多 {REASON} 字")
    if action == Action.REVERT:
        return _again(session, row, by, State.REVIEW, Action.REVERT, reason)
    if change := CHANGES.get(action):
        change(session, head, row, by, given)
    row.state, row.changed_at, row.seen = step.target.value, by.at, row.seen + 1
    wrong = given.wrong and action == Action.WITHDRAW
    entry = _noted(session, row, action, by, live=head.live, reason=reason, wrong=wrong)
    if wrong:
        recalls.open_recall(session, entry, since=given.wrong_since)
    return entry


def remind(session: Session, row: ArticleVersion, by: Editor) -> KnowledgeEntry:
    """Note that a live version's review comes due on its day; who edits it notices nothing."""
    _step(session, row, Action.REMIND, by)
    return _noted(session, row, Action.REMIND, by, live=row.version, reason=row.review_due)


def reindex(session: Session, names: Iterable[str], by: Editor, reason: str = "") -> None:
    """Have every index take these articles anew, or out where they are not live; also what no article is called.

    Where the version that is said to be live is lost, the entry says so: nothing is shown of that article.
    """
    for name in names:
        head = session.get(ArticleRow, name)
        number = (head.live or head.newest) if head else 0
        row = finding.sought(session, name, number)
        why = f"{reason}；库里没有第 {number} 版".strip("；") if head and row is None else reason
        gone = ArticleVersion(article=name, version=number, state=row.state if row else State.DELETED.value)
        _noted(session, gone, Action.REINDEX, by, live=head.live if head and row else 0, reason=why)


def possible(session: Session, row: ArticleVersion, by: Editor, authors: Collection[str] | None = None) -> list[Action]:
    """What this editor may do to a version now. authors: who wrote on it, where that was asked for already."""
    if by.department is not None and finding.article(session, row.article).department != by.department:
        return []
    steps = lifecycle.possible(State(row.state), *_people(session, row, by, authors), by.person)
    return [step.action for step in steps]


def _pass(session: Session, head: ArticleRow, row: ArticleVersion, by: Editor, given: Given) -> None:
    row.first_reviewer = by.username


def _approve(session: Session, head: ArticleRow, row: ArticleVersion, by: Editor, given: Given) -> None:
    row.reviewer, row.reviewed_at = by.username, by.at


def _send_back(session: Session, head: ArticleRow, row: ArticleVersion, by: Editor, given: Given) -> None:
    row.first_reviewer = row.reviewer = ""
    row.reviewed_at = None


def _publish(session: Session, head: ArticleRow, row: ArticleVersion, by: Editor, given: Given) -> None:
    """Show this version instead of the one before it and of the articles that it supersedes."""
    article, today = finding.as_article(row), local_date(by.at)
    rules.check_publishing(session, article, head.live, today)
    alone = by_itself(by.at)
    before = finding.version(session, head.id, head.live) if head.live else None
    head.live, head.department, row.published_at = row.version, article.issuer, by.at
    row.review_due = row.review_due or str(today + timedelta(days=given.review_days))
    if before is not None:
        _take_down(session, head, before, Action.REPLACE, alone, f"第 {row.version} 版上线")
    for name in article.supersedes:
        other = finding.article(session, name)
        if other.live:
            shown = finding.version(session, name, other.live)
            other.live = 0
            _take_down(session, other, shown, Action.SUPERSEDE, alone, f"被 {head.id} 第 {row.version} 版取代")


def _withdraw(session: Session, head: ArticleRow, row: ArticleVersion, by: Editor, given: Given) -> None:
    head.live = 0


def _confirm(session: Session, head: ArticleRow, row: ArticleVersion, by: Editor, given: Given) -> None:
    today = local_date(by.at)
    due = given.review_due or today + timedelta(days=given.review_days)
    if due <= today:
        raise KnowledgeError(f"下次复核日期 {due} 要晚于今天（{today}）")
    row.review_due, row.reviewer, row.reviewed_at = str(due), by.username, by.at


CHANGES: dict[Action, Callable[[Session, ArticleRow, ArticleVersion, Editor, Given], None]] = {
    Action.PASS: _pass,
    Action.APPROVE: _approve,
    Action.SEND_BACK: _send_back,
    Action.PUBLISH: _publish,
    Action.WITHDRAW: _withdraw,
    Action.EXPIRE: _withdraw,
    Action.CONFIRM: _confirm,
}


def _take_down(
    session: Session, head: ArticleRow, row: ArticleVersion, action: Action, by: Editor, reason: str
) -> None:
    row.state = _step(session, row, action, by).target.value
    row.changed_at, row.seen = by.at, row.seen + 1
    _noted(session, row, action, by, live=head.live, reason=reason)


def _again(
    session: Session, base: ArticleVersion, by: Editor, state: State, action: Action, note: str
) -> KnowledgeEntry:
    """A new version with an older one's content. Only one is written or reviewed at a time."""
    head, article = finding.article(session, base.article), finding.as_article(base)
    _check_author(by, head.department)
    if base.state not in (State.LIVE, *PAST):
        raise KnowledgeError(f"第 {base.version} 版{State(base.state).label}，只能从上线过的版本写新版")
    if other := finding.under_way(session, base.article):
        raise KnowledgeError(f"第 {other.version} 版正在办理（{State(other.state).label}），请在那一版上改或先作废它")
    head.newest += 1
    fresh = replace(article, version=head.newest, review_due=None)
    row = _add(session, fresh, by, state, base=base.version, note=note)
    return _noted(session, row, action, by, live=head.live, reason=note if action == Action.REVERT else "")


def _add(session: Session, article: Article, by: Editor, state: State, *, base: int, note: str) -> ArticleVersion:
    row = ArticleVersion(
        article=article.id, version=article.version, state=state.value, base=base, author=by.username,
        first_reviewer="", reviewer="", line="", valid_to="", created_at=by.at, seen=0,
    )  # fmt: skip
    _put(row, article, note, by)
    session.add(row)
    return row


def _put(row: ArticleVersion, article: Article, note: str, by: Editor) -> None:
    """The content of a version, and what of it stands outside to be listed by."""
    if len(note) > NOTE:
        raise KnowledgeError(f"说明太长，最多 {NOTE} 字")
    row.body = article.row()
    row.digest = finding.digest(row.body)
    row.title, row.line, row.note = article.title, article.line, note
    row.valid_to, row.review_due = str(article.valid_to or ""), str(article.review_due or "")
    row.changed_at, row.seen = by.at, row.seen + 1


def _noted(
    session: Session,
    row: ArticleVersion,
    action: Action,
    by: Editor,
    *,
    live: int,
    reason: str = "",
    wrong: bool = False,
) -> KnowledgeEntry:
    """Append to the journal; indexes follow it by id, so that ids must be given in the order of the commits."""
    journal.lock(session)
    entry = KnowledgeEntry(
        article=row.article, version=row.version, action=action.value, state=row.state, live=live,
        actor=by.username, at=by.at, reason=reason, wrong=wrong,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    return entry


def _step(session: Session, row: ArticleVersion, action: Action, by: Editor) -> lifecycle.Step:
    who, may, author, first = _people(session, row, by)
    return lifecycle.find(State(row.state), action, who, may, author, first, by.person)


def _people(
    session: Session, row: ArticleVersion, by: Editor, authors: Collection[str] | None = None
) -> tuple[str, Collection[str], str, str]:
    """As the table asks: whoever wrote on a version is its author, others who did so earlier as well."""
    authors = finding.authors(session, [row])[row.id] if authors is None else authors
    author = by.username if by.username in authors else row.author
    return by.username, by.may, author, row.first_reviewer


def _check_author(by: Editor, *departments: str) -> None:
    if by.department is not None and any(one != by.department for one in departments):
        own = by.department or "（没有设定）"
        raise KnowledgeError(f"您只能编写本单位 {own} 发布的文章，发布单位请填本单位")


def _check_seen(row: ArticleVersion, seen: int) -> None:
    if row.seen != seen:
        raise Conflict("这一版刚被别人改过，您的操作没有保存；请刷新后核对再办")


def _next_name(session: Session) -> str:
    """The number after the highest one; writers take turns, so that a session may count on by itself."""
    if LAST not in session.info:
        ours = select(ArticleRow.id).where(ArticleRow.id.like(f"{PREFIX}%"))
        longest = session.scalars(ours.order_by(func.length(ArticleRow.id).desc(), ArticleRow.id.desc()).limit(50))
        numbers = (name.removeprefix(PREFIX) for name in longest)
        session.info[LAST] = max((int(number) for number in numbers if number.isdecimal()), default=0)
    session.info[LAST] += 1
    return f"{PREFIX}{session.info[LAST]:04d}"
