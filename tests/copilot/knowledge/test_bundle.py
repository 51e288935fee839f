"""The whole base in one file: out, into an empty installation, out again, the same to the byte; bad files refused."""

import hashlib
import json
import zipfile
from dataclasses import replace

import pytest
from sqlalchemy import update

from copilot.knowledge import acts, bundle, finding, shipped, upkeep
from copilot.knowledge.acts import Given
from copilot.knowledge.tables import ArticleVersion
from copilot.parts import open_database
from copilot.settings import Settings
from kb_index.article import KnowledgeError
from kb_index.lifecycle import Action
from tests.copilot.knowledge.base import AT, WATER, annotator, do, publish, released, reviewer


def run(database, work):
    return database.submit(work).result()


def filled(session):
    """A base with a history: two versions, one superseded, one withdrawn, a draft."""
    first = released(session)
    acts.rewrite(session, first, 1, annotator(), "改标题")
    row = finding.version(session, first, 2)
    acts.edit(session, replace(WATER, id=first, version=2, title="停水怎么查"), annotator(), seen=row.seen)
    publish(session, first, 2)
    released(session, replace(WATER, supersedes=(first,)))
    gone = released(session, replace(WATER, title="供水热线"))
    do(session, gone, 1, (Action.WITHDRAW, reviewer(), Given("号码停用", wrong=True)))
    acts.write(session, replace(WATER, title="草稿"), annotator())


@pytest.fixture
def other(tmp_path):
    database = open_database(Settings(data=tmp_path / "other", database_url=f"sqlite:///{tmp_path / 'other.db'}"))
    yield database
    database.close()


@pytest.fixture
def file(base, tmp_path):
    run(base, filled)
    upkeep.export(base, tmp_path / "base.zip")
    return tmp_path / "base.zip"


def test_a_base_goes_into_an_empty_installation_and_comes_out_the_same(database, other, tmp_path, server):
    run(other, filled)
    seen = []
    rows = upkeep.export(other, tmp_path / "one.zip", lambda done, total: seen.append((done, total)))
    assert seen[-1] == (rows, rows)
    run(database, lambda session: shipped.seed(session, [replace(WATER, id="ZS-0001")], AT))
    live = server(database)
    loaded = run(database, lambda session: bundle.load(session, tmp_path / "one.zip"))
    upkeep.export(database, tmp_path / "two.zip")
    assert loaded == rows
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    live.follow()
    assert {(a.id, a.version) for a in live.index.articles.values()} == {("ZS-0002", 1)}
    assert run(database, lambda session: acts.write(session, WATER, annotator()).article) == "ZS-0005"


def test_a_base_that_somebody_works_on_is_not_replaced(base, file, other):
    with pytest.raises(KnowledgeError, match="已有人编写"):
        run(base, lambda session: bundle.load(session, file))


def changed(file, **parts):
    """The file with other contents; None: without that part."""
    with zipfile.ZipFile(file) as given:
        held = {name: given.read(name) for name in given.namelist()}
    held |= {name.replace("_", "."): content for name, content in parts.items()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in held.items():
            if content is not None:
                out.writestr(name, content)


def manifest(file):
    with zipfile.ZipFile(file) as given:
        return json.loads(given.read("manifest.json"))


def told(file, part, content):
    """The file with another part, and a manifest that says so."""
    told = manifest(file)
    told["files"][part] |= {
        "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "rows": content.count(b"\n")
    }  # fmt: skip
    changed(file, **{part.replace(".", "_"): content, "manifest_json": json.dumps(told)})


def lines(file, part):
    with zipfile.ZipFile(file) as given:
        return given.read(part).splitlines(keepends=True)


BROKEN = {
    "no zip": (lambda file: file.write_bytes(b"PK\3\4 nothing"), "读不出来"),
    "cut off": (lambda file: file.write_bytes(file.read_bytes()[:-100]), "读不出来"),
    "a part is missing": (lambda file: changed(file, journal_jsonl=None), "不是热线百科的整库导出文件"),
    "more than the parts": (lambda file: changed(file, evil_py=b"x"), "不是热线百科的整库导出文件"),
    "another hash": (
        lambda file: changed(file, articles_jsonl=b"".join(reversed(lines(file, "articles.jsonl")))),
        "SHA-256 不符",
    ),
    "another size": (lambda file: changed(file, articles_jsonl=b""), "清单与内容不符"),
    "another format": (
        lambda file: changed(file, manifest_json=json.dumps(manifest(file) | {"format": "x"})),
        "其他版本导出",
    ),
    "a manifest that is none": (lambda file: changed(file, manifest_json=b"[]"), "清单读不出来"),
    "a bomb": (lambda file: changed(file, journal_jsonl=b"0" * (64 << 20)), "大得异常"),
    "a line twice": (
        lambda file: told(file, "journal.jsonl", b"".join(lines(file, "journal.jsonl") * 2)),
        "编号重复或次序不对",
    ),
    "a live version that is not there": (
        lambda file: told(file, "versions.jsonl", b"".join(lines(file, "versions.jsonl")[:2])),
        "上线版本不在文件里",
    ),
    "a text that was altered": (
        lambda file: told(
            file,
            "versions.jsonl",
            b"".join(lines(file, "versions.jsonl")).replace("提前一天".encode(), "提前两天".encode()),
        ),
        "正文与它的摘要不符",
    ),
    "a column of another kind": (
        lambda file: told(
            file, "articles.jsonl", b"".join(lines(file, "articles.jsonl")).replace(b'"live":0', b'"live":"0"')
        ),
        "live 的类型不对",
    ),
    "no json": (lambda file: told(file, "articles.jsonl", b"{\n"), "第 1 行读不出来"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_that_is_not_whole_is_refused_and_nothing_kept(file, other, tmp_path, kind):
    spoil, said = BROKEN[kind]
    run(other, lambda session: shipped.seed(session, [replace(WATER, id="ZS-0001")], AT))
    upkeep.export(other, tmp_path / "before.zip")
    spoil(file)
    with pytest.raises(KnowledgeError, match=said):
        run(other, lambda session: bundle.load(session, file))
    upkeep.export(other, tmp_path / "after.zip")
    assert (tmp_path / "after.zip").read_bytes() == (tmp_path / "before.zip").read_bytes()


def test_the_file_holds_every_version_as_it_was_written(file):
    rows = [json.loads(line) for line in lines(file, "versions.jsonl")]
    assert [(row["article"], row["version"], row["state"]) for row in rows] == [
        ("ZS-0001", 1, "replaced"),
        ("ZS-0001", 2, "superseded"),
        ("ZS-0002", 1, "live"),
        ("ZS-0003", 1, "withdrawn"),
        ("ZS-0004", 1, "draft"),
    ]
    assert rows[1]["body"]["title"] == "停水怎么查"


def test_a_row_that_was_altered_in_the_database_is_not_taken_in_elsewhere(base, other, tmp_path):
    run(base, filled)
    run(base, lambda session: session.execute(update(ArticleVersion).values(digest="0" * 64)).rowcount)
    upkeep.export(base, tmp_path / "base.zip")
    with pytest.raises(KnowledgeError, match="正文与它的摘要不符"):
        run(other, lambda session: bundle.load(session, tmp_path / "base.zip"))
