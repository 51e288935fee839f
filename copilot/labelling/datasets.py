"""Versioned data sets out of settled labels: written once, never changed, comparable from version to version."""

import hashlib
import io
import json
import os
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.knowledge.tables import ArticleVersion
from copilot.labelling import rows as made
from copilot.labelling import splits
from copilot.labelling.errors import LabelError
from copilot.labelling.rows import KINDS, OF, ROUTING, SEARCH, SPEECH, Row, Rows, document
from copilot.labelling.splits import SHARES, Groups
from copilot.labelling.tables import LabelDataset, LabelItem, LabelSplit
from copilot.labelling.work import SETTLED
from copilot.parts import Parts
from kb_index.article import Article, parse
from ticket_core.errors import Conflict

EPOCH = (1980, 1, 1, 0, 0, 0)  # a file's time in the archive: the same content is the same file
AGAIN = "生成时标注有变化，没有生成；请再试一次"
UNANSWERED = "unanswered"  # queries without a slice that answers them: not for `eval search`


@dataclass(frozen=True, slots=True)
class Draft:
    """A data set before it is kept. seen: settled_at of every item in it; newest: the data set that was last then."""

    kind: str
    version: int
    files: dict[str, bytes]
    manifest: dict[str, Any]
    sides: dict[int, str]
    seen: dict[int, datetime | None]
    newest: int


async def write(parts: Parts, kind: str, author: str, note: str, now: datetime) -> LabelDataset:
    """Write the next version. Raises LabelError where there is nothing to write, Conflict where labels changed."""
    if kind not in KINDS:
        raise LabelError(f"没有这种数据集；可选：{'、'.join(KINDS.values())}")
    about = {"author": author, "note": note, "at": now.isoformat()}
    draft = await parts.database.read(lambda session: compose(session, parts.articles, kind, about))
    packed = pack(draft.files, draft.manifest)
    name = hashlib.sha256(packed).hexdigest()
    put(place(parts.settings.data, name), packed)

    def keep(session: Session) -> LabelDataset:
        return _keep(session, draft, LabelDataset(sha256=name, size=len(packed), author=author, note=note, at=now))

    return await parts.database.write(keep)


def compose(session: Session, live: Mapping[str, Article], kind: str, about: Mapping[str, str]) -> Draft:
    """Rows, sides and files out of what is settled now. live: the articles to search among."""
    sides = {item: side for item, side in session.execute(select(LabelSplit.item, LabelSplit.split))}
    items = list(session.scalars(select(LabelItem).where(LabelItem.state == SETTLED).order_by(LabelItem.id)))
    mine = [item for item in items if item.queue in OF[kind]]
    articles = _versions(session, mine) if kind == SEARCH else {}
    found = _rows(kind, mine, articles, sides)
    if not found.rows:
        raise LabelError(f"还没有可用于{KINDS[kind]}的定论标注；请先完成双人标注和裁定")
    groups = _groups(session, items, found.rows, sides)
    fresh = splits.assign(groups, {number for row in found.rows for number in row.items}, sides)
    files = _files(kind, found.rows, fresh, groups, {**_current(live), **articles})
    version = (session.scalar(select(func.max(LabelDataset.version)).where(LabelDataset.kind == kind)) or 0) + 1
    manifest = {"kind": kind, "version": version, **about, **_figures(found, fresh, groups, sides)}
    manifest["files"] = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    used = {number for row in found.rows for number in row.items}
    seen = {item.id: item.settled_at for item in mine if item.id in used}
    newest = session.scalar(select(func.max(LabelDataset.id))) or 0
    return Draft(kind, version, files, manifest, fresh, seen, newest)


def pack(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> bytes:
    """The archive; the same files and manifest give the same bytes."""
    out = io.BytesIO()
    told = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"manifest.json": told, **files}.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def place(data: Path, sha256: str) -> Path:
    """Where the file of a data set lies."""
    return data / "datasets" / f"{sha256}.zip"


def put(path: Path, content: bytes) -> None:
    """Keep a file whole or not at all, not to be written again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(file.name, 0o444)
    os.replace(file.name, path)


def content(data: Path, row: LabelDataset) -> bytes:
    """The file of a data set. Raises LabelError where it is gone or is not what was written."""
    try:
        found = place(data, row.sha256).read_bytes()
    except OSError as error:
        raise LabelError("数据集的文件不在了，请联系管理员从备份恢复") from error
    if hashlib.sha256(found).hexdigest() != row.sha256:
        raise LabelError("数据集的文件被改动过，不能使用；请联系管理员从备份恢复")
    return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ids of rows by what became of them from an older version to a newer one; moved: to another side."""

    added: list[str]
    removed: list[str]
    changed: list[str]
    moved: list[str]
    same: int


def compare(old: bytes, new: bytes) -> Comparison:
    """What changed between two archives of one kind."""
    before, after = _read(old), _read(new)
    both = sorted(before.keys() & after.keys())
    changed = [name for name in both if before[name][1] != after[name][1]]
    moved = [name for name in both if before[name][0] != after[name][0]]
    same = len(both) - len(set(changed) | set(moved))
    added, removed = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    return Comparison(added, removed, changed, moved, same)


def _keep(session: Session, draft: Draft, row: LabelDataset) -> LabelDataset:
    if (session.scalar(select(func.max(LabelDataset.id))) or 0) != draft.newest:
        raise Conflict("刚刚有人生成了一个数据集，您的没有生成；请刷新后再试")
    for item in _each(session, draft.seen):
        if item.state != SETTLED or item.settled_at != draft.seen[item.id]:
            raise Conflict(AGAIN)
        item.closed = True
    for number, side in draft.sides.items():
        session.merge(LabelSplit(item=number, split=side))
    row.kind, row.version, row.manifest = draft.kind, draft.version, draft.manifest
    session.add(row)
    session.flush()
    return row


def _each(session: Session, numbers: Iterable[int], chunk: int = 500) -> Iterator[LabelItem]:
    wanted = sorted(numbers)
    for start in range(0, len(wanted), chunk):
        yield from session.scalars(select(LabelItem).where(LabelItem.id.in_(wanted[start : start + chunk])))


def _rows(
    kind: str, items: Sequence[LabelItem], articles: Mapping[tuple[str, int], Article], sides: Mapping[int, str]
) -> Rows:
    match kind:
        case made.SEARCH:
            return made.search(items, articles)
        case made.ROUTING:
            return made.routing(items)
    return made.speech(items, sides)


def _versions(session: Session, items: Iterable[LabelItem]) -> dict[tuple[str, int], Article]:
    """The versions of articles that labels name."""
    named = set()
    for item in items:
        where = item.settled if item.settled and "article" in item.settled else item.origin
        if "article" in where:
            named.add((where["article"], where["version"]))
    versions = select(ArticleVersion).where(ArticleVersion.article.in_({name for name, _ in named}))
    rows = session.scalars(versions) if named else ()
    return {(row.article, row.version): parse(row.body) for row in rows if (row.article, row.version) in named}


def _current(live: Mapping[str, Article]) -> dict[tuple[str, int], Article]:
    return {(one.id, one.version): one for one in live.values()}


def _groups(session: Session, items: Iterable[LabelItem], rows: Iterable[Row], sides: Mapping[int, str]) -> Groups:
    """What hangs together among all that is settled or has a side, whatever the kind of data set."""
    every = {item.id: item for item in (*items, *_each(session, sides))}
    keys: dict[int, list[str]] = {number: _keys(item) for number, item in every.items()}
    texts: dict[int, tuple[str, ...]] = {}
    for row in rows:
        for number in row.items:
            keys[number].append(f"row:{row.id}")
        texts[row.items[0]] = texts.get(row.items[0], ()) + row.texts
    return splits.group(keys, texts)


def _keys(item: LabelItem) -> list[str]:
    own = [f"call:{item.call}" if item.call else "", f"ticket:{item.ticket}" if item.ticket else ""]
    return [key for key in (*own, *(f"citizen:{one}" for one in item.citizen.split())) if key]


def _files(
    kind: str,
    rows: Sequence[Row],
    sides: Mapping[int, str],
    groups: Groups,
    articles: Mapping[tuple[str, int], Article],
) -> dict[str, bytes]:
    """JSON lines for each side, and beside them the form that `python -m eval` reads."""
    lines: dict[str, list[str]] = {f"{side}.jsonl": [] for side in SHARES}
    tables: dict[str, list[list[str]]] = {f"{side}.tsv": [] for side in SHARES} if kind != SEARCH else {}
    for row in rows:
        side = sides[row.items[0]]
        told = {"id": row.id, **row.data, "group": f"g{groups.of(row.items[0])}"}
        name = f"{side}.jsonl" if kind != SEARCH or row.data["relevant"] else f"{side}.{UNANSWERED}.jsonl"
        lines.setdefault(name, []).append(json.dumps(told, ensure_ascii=False))
        if kind != SEARCH:
            tables[f"{side}.tsv"].append(_cells(kind, row))
    if kind == SEARCH:
        lines["docs.jsonl"] = list(_documents(articles))
    files = {name: "".join(f"{line}\n" for line in held).encode() for name, held in sorted(lines.items())}
    return files | {name: _tsv(kind, held) for name, held in sorted(tables.items())}


COLUMNS: Mapping[str, tuple[str, ...]] = {
    ROUTING: ("text", "department", "matter1", "matter2"),
    SPEECH: ("file", "text"),
}


def _cells(kind: str, row: Row) -> list[str]:
    data = row.data | {"file": f"clips/{row.id}.wav"}
    return [" ".join(str(data[name]).split()) for name in COLUMNS[kind]]


def _tsv(kind: str, cells: Iterable[Sequence[str]]) -> bytes:
    return "".join("\t".join(line) + "\n" for line in (COLUMNS[kind], *cells)).encode()


def _documents(articles: Mapping[tuple[str, int], Article]) -> Iterator[str]:
    """Every slice as a document: those that can be found now and those that labels name."""
    for _, article in sorted(articles.items()):
        for number, part in enumerate(article.slices):
            told = {"id": document(article, number), "title": article.title, "text": part.text}
            yield json.dumps(told, ensure_ascii=False)


def _figures(found: Rows, fresh: Mapping[int, str], groups: Groups, before: Mapping[int, str]) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    classes: dict[str, Counter[str]] = defaultdict(Counter)
    for row in found.rows:
        side = fresh[row.items[0]]
        counts[side] += 1
        for name in row.kinds:
            classes[name][side] += 1
    moved = [row.id for row in found.rows if any(before.get(one, fresh[one]) != fresh[one] for one in row.items)]
    return {
        "rows": len(found.rows),
        "splits": {side: counts[side] for side in SHARES},
        "classes": {name: {side: own[side] for side in SHARES} for name, own in sorted(classes.items())},
        "groups": len({groups.of(row.items[0]) for row in found.rows}),
        "moved": moved,
        "left_out": dict(sorted(found.left_out.items())),
        "sampling": dict(sorted(Counter(row.sampling or "other" for row in found.rows).items())),
    }


def _read(packed: bytes) -> dict[str, tuple[str, dict[str, Any]]]:
    """Side and row by id."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for name in archive.namelist():
            side = name.split(".")[0]
            if side in SHARES and name.endswith(".jsonl"):
                for line in archive.read(name).decode().splitlines():
                    row = json.loads(line)
                    del row["group"]
                    found[row["id"]] = (side, row)
    return found
