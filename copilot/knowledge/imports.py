"""What was read out of a file, until it is taken: proposals that are looked at, edited, made drafts, or undone."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from copilot.knowledge import acts, finding, rules
from copilot.knowledge.acts import Editor
from copilot.knowledge.tables import ArticleVersion, ImportRow
from kb_index.article import Article, KnowledgeError, parse
from kb_index.lifecycle import Action
from kb_index.lifecycle import State as VersionState
from ticket_core.errors import Conflict

AT_ONCE = 500  # drafts in one transaction: the one writer has others to serve
Item = dict[str, Any]


class State(StrEnum):
    """Where an import stands."""

    READING = "reading"
    READ = "read"
    REFUSED = "refused"
    TAKEN = "taken"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        """As the screen says it."""
        return LABELS[self]


LABELS = {
    State.READING: "读取中",
    State.READ: "待收录",
    State.REFUSED: "未能导入",
    State.TAKEN: "已收录",
    State.DROPPED: "已撤销",
}
OPEN = (State.READ, State.TAKEN)


@dataclass(frozen=True, slots=True)
class Taken:
    """An item that is a draft now."""

    n: int
    article: str
    version: int
    title: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An article of an import that is no draft any more, so that undoing the import leaves it."""

    article: str
    version: int
    title: str
    state: VersionState


def begin(session: Session, name: str, file: str, sha256: str, size: int, by: Editor) -> ImportRow:
    """A file that is going to be read; when the same one was brought in before, it says so. file: where it waits."""
    query = select(ImportRow).where(ImportRow.sha256 == sha256, ImportRow.state.in_([State.READING, *OPEN]))
    before = session.scalars(query.options(defer(ImportRow.items)).order_by(ImportRow.id.desc()).limit(1)).first()
    report: dict[str, Any] = {"file": file, "stage": "排队"}
    if before is not None:
        report["same"] = {"id": before.id, "at": before.at.isoformat(), "author": before.author}
    row = ImportRow(
        name=name, sha256=sha256, size=size, state=State.READING, report=report, items=[], author=by.username, at=by.at
    )
    session.add(row)
    session.flush()
    return row


def find(session: Session, number: int, by: Editor, *, items: bool = True) -> ImportRow:
    """An import that this user may see: a department sees its own. Raises Unknown."""
    options = () if items else (defer(ImportRow.items),)
    row = session.get(ImportRow, number, options=options)
    if row is None or (by.department is not None and row.author != by.username):
        raise finding.Unknown("没有这次导入，可能编号有误或不归您查看")
    return row


def listed(session: Session, by: Editor, before: int, limit: int) -> Sequence[ImportRow]:
    """The newest first, without their items. before: only those older than this one, 0: all."""
    query = select(ImportRow).options(defer(ImportRow.items)).order_by(ImportRow.id.desc()).limit(limit)
    if by.department is not None:
        query = query.where(ImportRow.author == by.username)
    return session.scalars(query.where(ImportRow.id < before) if before else query).all()


def progressed(session: Session, number: int, stage: str, done: int, total: int) -> None:
    """How far the reading is."""
    if row := _reading(session, number):
        row.done, row.total, row.report = done, total, {**row.report, "stage": stage}


def finish(session: Session, number: int, items: list[Item], report: dict[str, Any]) -> None:
    """What came of the reading; nothing where it was given up meanwhile."""
    if row := _reading(session, number):
        row.state, row.items = State.READ, items
        kept = {name: row.report[name] for name in ("same",) if name in row.report}
        row.report = {**kept, **report, "counts": counts(items)}
        row.done = row.total = len(items)


def refuse(session: Session, number: int, why: str, report: dict[str, Any] | None = None) -> None:
    """Nothing of a file is brought in. why: with what to do."""
    if row := _reading(session, number):
        row.state = State.REFUSED
        kept = {name: row.report[name] for name in ("same",) if name in row.report}
        told = report or {}
        row.report = {**kept, **told, "refused": [{"where": "文件", "why": why}, *told.get("refused", [])]}


def is_clean(item: Item) -> bool:
    """Whether nothing speaks against taking an item."""
    return not item["findings"] and not item["article"]


def counts(items: Iterable[Item]) -> dict[str, int]:
    """What a list of imports tells of one."""
    known = list(items)
    kinds = [{found["kind"] for found in item["findings"]} for item in known]
    return {
        "items": len(known),
        "slices": sum(len(item["row"]["slices"]) for item in known),
        "taken": sum(bool(item["article"]) for item in known),
        "duplicate": sum("duplicate" in found for found in kinds),
        "contradiction": sum("contradiction" in found for found in kinds),
        "noted": sum(bool(item["notes"]) for item in known),
    }


def open_item(row: ImportRow, number: int, seen: int) -> Item:
    """An item that can be changed. Raises KnowledgeError, and Conflict where it was changed since it was seen."""
    item = _item(row, number)
    if item["article"]:
        raise KnowledgeError(f"第 {number} 条已收录为 {item['article']}，请在文章里修改")
    if item["seen"] != seen:
        raise Conflict("这一条刚被别人改过，请看过新内容再改")
    return item


def beside(row: ImportRow, item: Item) -> list[tuple[int, Article]]:
    """The items of the same file that an item was found to be like."""
    numbers = {found["theirs"]["item"] for found in item["findings"]} - {0}
    return [(number, as_article(row.items[number - 1]["row"])) for number in sorted(numbers)]


def edit(row: ImportRow, number: int, article: Article, findings: list[dict[str, Any]], seen: int) -> Item:
    """Put a corrected proposal in place of an item's."""
    old = open_item(row, number, seen)
    new = {**old, "row": proposal(article), "findings": findings, "notes": [], "seen": seen + 1}
    _put(row, {number: new})
    return new


def take(session: Session, row: ImportRow, numbers: Collection[int], by: Editor, *, submit: bool) -> list[Taken]:
    """Make drafts of items, all or none; submit: for first review at once. Raises KnowledgeError naming the item."""
    if row.state not in OPEN:
        raise KnowledgeError(f"这次导入{State(row.state).label}，不能收录")
    if not numbers:
        raise KnowledgeError("请先选要收录的条目")
    if len(numbers) > AT_ONCE:
        raise KnowledgeError(f"一次最多收录 {AT_ONCE} 条，请分批收录")
    changed: dict[int, Item] = {}
    for number in sorted(set(numbers)):
        item = _item(row, number)
        if item["article"]:
            raise KnowledgeError(f"第 {number} 条已收录为 {item['article']}，请去掉它再收录")
        article = as_article(item["row"])
        try:
            entry = acts.write(session, article, by, f"导入：{row.name}"[:200])
            if submit:
                acts.act(session, entry.article, entry.version, Action.SUBMIT, by)
        except KnowledgeError as error:
            raise KnowledgeError(f"第 {number} 条“{article.title[:30]}”不能收录，这一批都没有收：{error}") from error
        changed[number] = {**item, "article": entry.article, "version": entry.version}
    _put(row, changed)
    row.state = State.TAKEN
    return [Taken(n, item["article"], item["version"], item["row"]["title"]) for n, item in changed.items()]


def undo(session: Session, row: ImportRow, by: Editor) -> tuple[int, list[Kept]]:
    """Give an import up: its drafts are dropped, how many; what has gone on from there stays."""
    dropped, kept = 0, []
    for item in row.items:
        if not item["article"]:
            continue
        version: ArticleVersion = finding.version(session, item["article"], item["version"])
        if version.state == VersionState.DRAFT:
            acts.act(session, version.article, version.version, Action.DROP, by)
            dropped += 1
        elif version.state != VersionState.DROPPED:
            kept.append(Kept(version.article, version.version, version.title, VersionState(version.state)))
    row.state = State.DROPPED
    return dropped, kept


def check(session: Session, article: Article) -> str:
    """What stands against keeping a proposal (Chinese), empty: nothing."""
    try:
        rules.check(session, article)
    except KnowledgeError as error:
        return str(error)
    return ""


def as_article(row: dict[str, Any]) -> Article:
    """A proposal as an article that has no number yet."""
    return parse({"id": "", "version": 1, **row})


def proposal(article: Article) -> dict[str, Any]:
    """An article as a proposal."""
    return {name: value for name, value in article.row().items() if name not in ("id", "version")}


def abandoned(session: Session) -> list[tuple[int, str, datetime]]:
    """Imports that are being read, here or elsewhere: number, file, since when."""
    query = select(ImportRow).options(defer(ImportRow.items)).where(ImportRow.state == State.READING)
    return [(row.id, str(row.report.get("file", "")), row.at) for row in session.scalars(query)]


def _reading(session: Session, number: int) -> ImportRow | None:
    row = session.get(ImportRow, number)
    return row if row is not None and row.state == State.READING else None


def _item(row: ImportRow, number: int) -> Item:
    if not 0 < number <= len(row.items):
        raise finding.Unknown(f"这次导入没有第 {number} 条，共 {len(row.items)} 条")
    return row.items[number - 1]


def _put(row: ImportRow, changed: dict[int, Item]) -> None:
    row.items = [changed.get(item["n"], item) for item in row.items]
    row.report = {**row.report, "counts": counts(row.items)}
