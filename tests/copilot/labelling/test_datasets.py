"""Data sets out of settled labels: immutable, stable from version to version, and read by `python -m eval`."""

import asyncio
import io
import json
import zipfile
from argparse import Namespace
from datetime import UTC, datetime

import numpy as np
import pytest
import soundfile
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from classifier.datafile import read as read_table
from copilot import recording
from copilot.labelling import command, datasets, work
from copilot.labelling.errors import Closed, LabelError
from copilot.labelling.found import Found, NewItem, keep
from copilot.labelling.tables import LabelDataset, LabelItem, LabelSplit
from eval import routing as eval_routing
from eval import search as eval_search
from eval import speech as eval_speech
from eval.ablation import Remembering
from kb_index.encoders.base import NoEncoder

from .conftest import Bench

ASKED = (
    "家里停水了找谁",
    "买房怎么提取公积金",
    "半夜工地还在施工",
    "路灯坏了谁来修",
    "垃圾几天没有人清运",
    "小孩上学怎么报名",
)


@pytest.fixture
def parts(make_parts, built):
    """What ships is searched; three articles are in the base."""
    return make_parts(articles=list(built.articles.values())[:3])


@pytest.fixture
def desk(parts):
    """Labelling on the database of the parts."""
    return Bench(parts.database)


def settle(desk, queue, settled, body, **fields):
    """An item on which two people agree; its number."""

    def work_on(session):
        subject = f"{queue}{session.query(LabelItem).count()}"
        keep(session, "test", Found([NewItem(queue, subject, body, **fields)], subject), desk.now)
        item = session.scalars(select(LabelItem).where(LabelItem.subject == subject)).one()
        item.state, item.settled, item.settled_at = work.SETTLED, settled, desk.now
        return item.id

    return desk.run(work_on)


def question(desk, parts, text, number=0, **fields):
    article = list(parts.articles.values())[number]
    found = {"choice": "article", "article": article.id, "version": article.version, "slice": 0}
    return settle(desk, "questions", found, {"text": text}, **fields)


def routed(desk, text, department="扬州市城市管理局", **fields):
    return settle(desk, "routing", {"choice": f"城市管理/油烟扰民|{department}"}, {"text": text}, **fields)


def uttered(desk, text, heard="", **fields):
    settled = {"choice": "corrected", "texts": [text]} if heard else {"choice": "right"}
    clip = {"leg": "citizen", "start": 1.0, "end": 2.0}
    return settle(desk, "speech", settled, {"text": heard or text, "clip": clip}, **fields)


async def write(parts, kind, note=""):
    return await datasets.write(parts, kind, "gaofeng", note, datetime.now(UTC))


def unpack(parts, row, folder):
    with zipfile.ZipFile(io.BytesIO(datasets.content(parts.settings.data, row))) as archive:
        archive.extractall(folder)
    return folder


def lines(path):
    return [json.loads(line) for line in path.read_text("utf8").splitlines()] if path.exists() else []


def table(path):
    """The recordings that `eval speech` reads, none where all are lost."""
    return eval_speech.rows(path) if path.read_text("utf8").count("\n") > 1 else []


def sides_of(desk):
    """The side of every item that has one."""
    return desk.read(lambda session: {row.item: row.split for row in session.scalars(select(LabelSplit))})


def calls_of(desk):
    """The side of every call."""
    calls = desk.read(lambda session: {one.id: one.call for one in session.scalars(select(LabelItem))})
    return {calls[item]: side for item, side in sides_of(desk).items()}


async def test_search_is_read_by_eval(parts, desk, tmp_path):
    for number, text in enumerate(ASKED * 4):
        question(
            desk, parts, f"{text}{'甲乙丙丁'[number // 6] * (number // 6 + 3)}", number % 3, call=f"call{number % 20}"
        )
    row = await write(parts, "search", "第一版")
    folder = unpack(parts, row, tmp_path / "set")
    docs = eval_search.documents(folder / "docs.jsonl")
    assert len(docs) == sum(len(one.slices) for one in parts.articles.values())
    known = {doc.id for doc in docs}
    asked = [one for side in ("train", "dev", "test") for one in eval_search.questions(folder / f"{side}.jsonl", known)]
    assert len(asked) == row.manifest["rows"] == 24
    assert all(side > 0 for side in row.manifest["splits"].values())
    figures = eval_search.measure(docs, asked[:3], Remembering(NoEncoder()), ["characters"])
    assert figures["queries"] == 3


async def test_routing_is_read_by_eval(parts, desk, tmp_path):
    for number, text in enumerate(ASKED):
        routed(desk, text, ticket=number)
    settle(
        desk,
        "changed",
        {"choice": "both"},
        {"text": "楼下烧烤店的烟飘进来"},
        origin={
            "field": "route",
            "meaning": {"a": "machine", "b": "person"},
            "routes": {"machine": ["城市管理", "油烟扰民", "甲局"], "person": ["城市管理", "油烟扰民", "乙局"]},
        },
    )
    row = await write(parts, "routing")
    folder = unpack(parts, row, tmp_path / "set")
    found = [
        one for side in ("train", "dev", "test") for one in read_table(folder / f"{side}.tsv", ("text", "department"))
    ]
    assert sorted(one["text"] for one in found) == sorted([*ASKED, "楼下烧烤店的烟飘进来"])
    both = next(one for one in found if one["text"].startswith("楼下"))
    assert eval_routing.right(both) == ["乙局", "甲局"]
    rows = eval_routing.requests(folder / "train.tsv")
    routings, _ = eval_routing.measure(parts.router, rows)
    assert eval_routing.figures(rows, routings)["requests"] == len(rows)


async def test_speech_keeps_one_of_what_everybody_says_and_names_its_clips(parts, desk, tmp_path):
    """A greeting stands in every call; it must not tie all calls into one group."""
    for number, text in enumerate(ASKED):
        uttered(desk, text, heard=f"{text}啊" if number % 2 else "", call=f"c{number}")
        uttered(desk, "您好，扬州12345，请问有什么可以帮您", call=f"c{number}")
    uttered(desk, "我的电话是13852706021", call="c1")
    row = await write(parts, "speech")
    assert row.manifest["left_out"] == {"含个人信息": 1, "重复": len(ASKED) - 1}
    assert (row.manifest["rows"], row.manifest["groups"]) == (len(ASKED) + 1, len(ASKED))
    folder = unpack(parts, row, tmp_path / "set")
    told = [one for side in ("train", "dev", "test") for one in lines(folder / f"{side}.jsonl")]
    corrected = next(one for one in told if one["text"] == ASKED[1])
    assert corrected["heard"] == f"{ASKED[1]}啊"
    assert corrected["clip"] == {"call": "c1", "leg": "citizen", "start": 1.0, "end": 2.0}
    with recording.Recording(parts.settings.data, "c1") as sound:
        sound.write("citizen", 0.0, np.ones(3 * recording.RATE, np.int16))
    laid = tmp_path / "laid"
    asked = Namespace(dataset=row.id, folder=laid)
    assert await asyncio.to_thread(command.unpack, parts.settings, asked) == 0
    clips = [one.path for side in ("train", "dev", "test") for one in table(laid / f"{side}.tsv")]
    heard = [one["id"] for one in told if one["clip"]["call"] == "c1"]
    assert sorted(clip.stem for clip in clips) == sorted(heard)
    assert {len(soundfile.read(clip)[0]) for clip in clips} == {recording.RATE}
    with pytest.raises(LabelError, match="不是空文件夹"):
        command.unpack(parts.settings, asked)


async def test_sides_hold_from_version_to_version_and_over_kinds(parts, desk):
    for number, text in enumerate(ASKED):
        question(desk, parts, text, call=f"call{number}")
    first = await write(parts, "search")
    before = sides_of(desk)
    for number, text in enumerate(ASKED):
        question(desk, parts, f"{text}，急", call=f"more{number}")
        routed(desk, f"请问{text}，在邗江", call=f"call{number}")
    second = await write(parts, "search")
    await write(parts, "routing")
    after = sides_of(desk)
    assert {item: after[item] for item in before} == before
    calls = desk.read(lambda session: session.execute(select(LabelItem.call, LabelItem.id)).all())
    sides = {}
    for call, item in calls:
        sides.setdefault(call, set()).add(after[item])
    assert all(len(found) == 1 for found in sides.values())
    data = parts.settings.data
    compared = datasets.compare(datasets.content(data, first), datasets.content(data, second))
    assert (len(compared.added), compared.removed, compared.changed, compared.moved) == (6, [], [], [])
    assert (first.version, second.version, compared.same) == (1, 2, 6)


async def test_what_joins_train_and_test_goes_to_test_and_is_told(parts, desk):
    for number, text in enumerate(ASKED * 3):
        question(desk, parts, f"{text}{'甲乙丙'[number // 6] * 6}", call=f"call{number}")
    await write(parts, "search")
    before = calls_of(desk)
    train, test = (next(call for call, side in before.items() if side == name) for name in ("train", "test"))

    def join(session):
        """One citizen turns out to have made both calls."""
        for item in session.scalars(select(LabelItem).where(LabelItem.call.in_((train, test)))):
            item.citizen = "same"

    desk.run(join)
    second = await write(parts, "search")
    assert len(second.manifest["moved"]) == 1
    assert calls_of(desk) == before | {train: "test"}


async def test_what_contradicts_or_is_unsure_is_counted(parts, desk):
    article = next(iter(parts.articles.values()))
    card = {"article": article.id, "version": article.version, "text": article.slices[0].text[:20]}
    question(desk, parts, ASKED[0])
    settle(desk, "refused", {"choice": "irrelevant"}, {"text": ASKED[0]}, origin=card)
    settle(desk, "refused", {"choice": "outdated"}, {"text": ASKED[1]}, origin=card)
    settle(desk, "questions", {"choice": "none"}, {"text": ASKED[2]})
    settle(desk, "slices", {"choice": "usable", "texts": ["停水找谁呀", "我是13852706021"]}, {"text": "x"}, origin=card)
    row = await write(parts, "search")
    assert row.manifest["left_out"] == {"含个人信息": 1, "各条标注互相矛盾": 1, "无法判断或不能用": 1}
    assert row.manifest["rows"] == 3
    assert set(row.manifest["classes"]) == {"relevant", "none"}


async def test_written_it_never_changes(parts, desk):
    item = routed(desk, ASKED[0])
    row = await write(parts, "routing")
    content = datasets.content(parts.settings.data, row)
    for change in (update(LabelDataset).values(note="x"), delete(LabelDataset)):
        with pytest.raises(DBAPIError, match="只能新增版本"):
            desk.run(lambda session, change=change: session.execute(change))
    with pytest.raises(Closed):
        desk.run(lambda session: work._still_open(session.get_one(LabelItem, item)))
    routed(desk, ASKED[1])
    await write(parts, "routing")
    assert datasets.content(parts.settings.data, row) == content
    path = datasets.place(parts.settings.data, row.sha256)
    path.chmod(0o644)
    path.write_bytes(content[:-1])
    with pytest.raises(LabelError, match="被改动过"):
        datasets.content(parts.settings.data, row)


async def test_the_same_labels_give_the_same_files(parts, desk):
    for text in ASKED:
        routed(desk, text)
    first, second = await write(parts, "routing"), await write(parts, "routing")
    assert first.manifest["files"] == second.manifest["files"]
    assert (first.version, second.version) == (1, 2)


async def test_without_anything_settled_nothing_is_written(parts, desk):
    settle(desk, "routing", {"choice": "unsure"}, {"text": ASKED[0]})
    for kind in ("search", "routing", "speech"):
        with pytest.raises(LabelError, match="还没有可用"):
            await write(parts, kind)
    with pytest.raises(LabelError, match="没有这种数据集"):
        await write(parts, "nonsense")


@pytest.fixture
def either_parts(make_parts, built, database_url):
    return make_parts(database_url=database_url, articles=[])


async def test_either_database_shuts_the_door(either_parts):
    desk = Bench(either_parts.database)
    routed(desk, ASKED[0])
    await write(either_parts, "routing")
    with pytest.raises(DBAPIError, match="只能新增版本"):
        desk.run(lambda session: session.execute(update(LabelDataset).values(note="x")))


async def test_over_http(parts, desk, serve):
    routed(desk, ASKED[0])
    site = serve(parts)
    reviewer, annotator = site.client("gaofeng"), site.client("xuting")
    made = reviewer.post("/api/labelling/datasets", json={"kind": "routing", "note": "首版"})
    assert (made.status_code, made.json()["version"], made.json()["kind_label"]) == (201, 1, "分派")
    assert annotator.post("/api/labelling/datasets", json={"kind": "routing"}).status_code == 403
    routed(desk, ASKED[1])
    reviewer.post("/api/labelling/datasets", json={"kind": "routing"}).raise_for_status()
    newest, oldest = annotator.get("/api/labelling/datasets").json()
    compared = annotator.get(f"/api/labelling/datasets/{newest['id']}/compare?other={oldest['id']}").json()
    assert (compared["added"], compared["same"], len(compared["examples"]["added"])) == (1, 1, 1)
    packed = reviewer.get(f"/api/labelling/datasets/{newest['id']}/download")
    assert packed.headers["content-disposition"] == 'attachment; filename="routing-v2.zip"'
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert json.loads(archive.read("manifest.json"))["note"] == ""
        assert set(archive.namelist()) >= {"train.jsonl", "dev.jsonl", "test.jsonl", "train.tsv"}
    assert annotator.get("/api/labelling/datasets/99/compare?other=1").status_code == 404
