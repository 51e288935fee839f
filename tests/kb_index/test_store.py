"""The index against a model that holds everything in plain words, through changes, reopenings, crashes and damage."""

import math
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb_index.article import plain
from kb_index.encoders.base import NoEncoder
from kb_index.search.index import Index
from kb_index.search.passages import ALL, passages, units
from kb_index.search.postings import K1, B
from kb_index.search.synonyms import Synonyms
from kb_index.search.words import characters
from kb_index.search.writing import QUICK
from kb_index.slicing import Slice

TODAY = date(2026, 6, 1)
TEXTS = ("停水了", "停电报修", "水费怎么交", "公积金提取", "停水停电", "提取公积金水", "电费", "报修电话")


def article(name, texts, version=1):
    return replace(plain(name, texts[0][:3], texts[0]), version=version, slices=tuple(Slice(text) for text in texts))


def model(held, query, encoder):
    """Best score of each article by characters, and its nearest passage to the question."""
    texts = [(one.id, number, text) for one in held for number, text in enumerate(units(one))]
    bags = [Counter(characters([text]).keys.tolist()) for *_, text in texts]
    mean = sum(bag.total() for bag in bags) / max(1, len(bags))
    words = Counter()
    for (name, _, _), bag in zip(texts, bags, strict=True):
        score = 0.0
        for term in set(characters([query]).keys.tolist()):
            holding = sum(term in other for other in bags)
            rare = math.log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
            score += rare * bag[term] * (K1 + 1) / (bag[term] + K1 * (1 - B + B * bag.total() / max(1.0, mean)))
        words[name] = max(words[name], math.sqrt(score))
    asked = encoder.encode([query], query=True)[0]
    near = {one.id: max(float(encoder.encode([text])[0] @ asked) for _, text in passages(one)) for one in held}
    return words, near


def check(index, held, encoder):
    assert {name: index.articles[name] for name in index.articles} == {one.id: one for one in held}
    assert list(index.faults(held)) == []
    for query in ("停水怎么办", "公积金电费"):
        if not held:
            assert index.search(query, 9, TODAY, all_hits=True) == []
            continue
        words, near = model(held, query, encoder)
        for scorer, expected in (("characters", words), ("vectors", near)):
            names, weighed = index.weigh(query, (scorer,), len(held))
            assert sorted(names) == sorted(expected)
            right = [expected[name] for name in names]
            assert np.allclose(weighed.scores[scorer], right, atol=2e-3), scorer


names = st.sampled_from([f"A{number}" for number in range(7)])
bodies = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3)
steps = st.lists(
    st.tuples(
        st.lists(st.tuples(names, bodies), max_size=4), st.lists(names, max_size=3), st.booleans(), st.booleans()
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=25)
@given(steps=steps)
def test_the_index_is_the_model_after_any_changes(tmp_path_factory, counting, steps):
    folder, held, encoder = tmp_path_factory.mktemp("index"), {}, counting()
    index = Index.open(folder, encoder, synonyms=Synonyms([]))
    for number, (put, remove, reopen, tidy) in enumerate(steps, 1):
        changed = {name: article(name, texts, number) for name, texts in put}
        for name in remove:
            held.pop(name, None)
        held |= changed
        index.apply(changed.values(), remove, number)
        if tidy:
            index.tidy()
        if reopen:
            index.close()
            index = Index.open(folder, encoder, synonyms=Synonyms([]))
        assert index.position == number
        check(index, list(held.values()), encoder)
    index.close()


def test_many_small_changes_are_merged(tmp_path):
    index = Index.open(tmp_path, NoEncoder())
    for number in range(40):
        index.apply([article(f"A{number % 30}", [TEXTS[number % 8]], number)], (), number)
    assert len(list(tmp_path.glob("*.segment"))) < 10
    assert len(index.articles) == 30
    index.close()


WRITER = """
import sys, random
from pathlib import Path
from kb_index.article import plain
from kb_index.encoders.base import NoEncoder
from kb_index.search.index import Index
index = Index.open(Path(sys.argv[1]), NoEncoder())
for number in range(index.position + 1, 100000):
    put = [plain(f"A{number}", "", f"第{number}条停水"), plain("B", "", f"当前{number}")]
    index.apply(put, [f"A{number - 3}"], number)
    print(number, flush=True)
"""


def test_killed_at_any_moment_it_opens_before_or_after(tmp_path):
    chance = random.Random(7)
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            for _ in range(chance.randint(2, 12)):
                told = int(writer.stdout.readline())
            os.kill(writer.pid, signal.SIGKILL)
        index = Index.open(tmp_path, NoEncoder())
        number = index.position
        assert number >= told
        assert index.notice == ""
        expected = [plain(f"A{n}", "", f"第{n}条停水") for n in range(max(1, number - 2), number + 1)]
        assert list(index.faults([*expected, plain("B", "", f"当前{number}")])) == []
        index.close()


@pytest.mark.parametrize("pattern", ["manifest.json", "*.segment", "*.gone"])
@pytest.mark.parametrize("damage", ["cut", "flip", "gone"])
def test_a_broken_file_is_told_and_made_good(tmp_path, pattern, damage):
    held = [article(f"A{number}", [text]) for number, text in enumerate(TEXTS)]
    index = Index.open(tmp_path, NoEncoder())
    index.apply(held[:4], (), 5)
    index.apply(held[4:], (), 6)
    index.apply((), ["A0"], 7)
    index.close()
    file = sorted(tmp_path.glob(pattern))[0]
    kept = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        middle = len(kept) // 2
        file.write_bytes(
            kept[:middle] if damage == "cut" else kept[:middle] + bytes([kept[middle] ^ 1]) + kept[middle + 1 :]
        )
    index = Index.open(tmp_path, NoEncoder())
    assert index.position == 0
    assert set(index.articles) <= {one.id for one in held[1:]}
    if (pattern, damage) != ("manifest.json", "gone"):
        assert "正从数据库重建" in index.notice
    index.apply(held[1:], (), 7)
    assert list(index.faults(held[1:])) == []
    index.close()
    assert Index.open(tmp_path, NoEncoder()).position == 7


def test_who_comes_second_reads_and_keeps_changes_to_itself(tmp_path):
    first = Index.open(tmp_path, NoEncoder())
    first.apply([article("A", ["停水了"])], (), 1)
    second = Index.open(tmp_path, NoEncoder())
    second.apply([article("B", ["停电了"])], ["A"], 2)
    assert list(second.articles) == ["B"]
    first.close()
    third = Index.open(tmp_path, NoEncoder())
    assert (list(third.articles), third.position) == (["A"], 1)


FAULTS = {
    "text": lambda part: part.segment.columns["text"].__setitem__(3, 65),
    "dates": lambda part: part.segment.columns["until"].__setitem__(1, 5),
    "region": lambda part: part.segment.columns["region"].__setitem__(1, 5),
    "line": lambda part: part.segment.columns["line"].__setitem__(1, 5),
    "issuer": lambda part: part.segment.columns["issuer"].__setitem__(1, 5),
    "tags": lambda part: part.segment.columns["tag"].__setitem__(0, 5),
    "characters": lambda part: part.segment.characters.units.__setitem__(0, part.segment.characters.units[0] ^ 1),
    "pinyin": lambda part: part.segment.pinyin.times.__setitem__(2, 9),
    "vectors": lambda part: part.segment.columns["row"].__setitem__((0, 3), 0.5),
    "extra": lambda part: part.alive.__setitem__(0, True),
    "missing": lambda part: part.alive.__setitem__(3, False),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_every_kind_of_fault_is_found_and_repaired(counting, kind):
    held = [replace(article(f"A{n}", [text]), tags=("水",)) for n, text in enumerate(TEXTS)]
    index = Index.open(None, counting())
    index.apply(held, (), 1)
    index.apply((), ["A0"], 2)
    part = index._snapshot.parts[0]
    columns = part.segment.columns
    columns |= {name: column.copy() for name, column in columns.items()}
    FAULTS[kind](part)
    if kind == "text":  # the first article is gone: what is wrong is in one that stands
        columns["text"][columns["text_first"][2] + 30] ^= 1
    if kind == "tags":
        columns["tag"][2] = 5
    if kind == "vectors":
        columns["row"][5, 3] = 0.25
    if kind == "characters":
        part.segment.characters.units[-1] ^= 1
    found = list(index.faults(held[1:]))
    assert kind in {fault.part for fault in found}
    assert all(fault.says for fault in found)
    index.apply([one for one in held[1:] if one.id in {fault.article for fault in found}], ["A0"], 3, anew=True)
    assert list(index.faults(held[1:])) == []


def test_questions_belong_to_every_slice():
    told = replace(article("A", ["停水了", "停电了"]), questions=("没水了",))
    assert [place for place, _ in passages(told)] == [ALL, 0, 1]


class Held(NoEncoder):
    """Passes no passage on before it is let go."""

    name, size = "held", 2

    def __init__(self):
        super().__init__()
        self.reached, self.go = threading.Event(), threading.Event()

    def encode(self, texts, query=False):
        """All alike."""
        if not query:
            self.reached.set()
            assert self.go.wait(60)
        return np.ones((len(texts), 2), np.float32) / np.sqrt(2)


def test_what_takes_long_to_encode_is_found_by_its_words_meanwhile(tmp_path):
    encoder = Held()
    encoder.go.set()
    index = Index.open(tmp_path, encoder)
    old = [article("long", ["电费缴纳"]), *(article(f"A{n}", [text]) for n, text in enumerate(TEXTS))]
    index.apply(old, position=1)
    assert index.search("电费缴纳", 3, TODAY, all_hits=True)
    encoder.go.clear()
    encoder.reached.clear()
    new = article("long", ["暖气不热", *TEXTS, *TEXTS], version=2)
    assert len(passages(new)) > QUICK
    with ThreadPoolExecutor(1) as pool:
        change = pool.submit(index.apply, [new], position=2)
        assert encoder.reached.wait(60)
        hit = index.search("暖气不热", 3, TODAY, all_hits=True)[0]
        assert (hit.article.id, hit.article.version) == ("long", 2)
        assert index.parts_of("long").vectors == ()
        assert index.position == 1  # a crash now would have it encoded by the next start
        assert [one.version for one in index.articles.values() if one.id == "long"] == [2]
        encoder.go.set()
        change.result()
    assert index.position == 2
    assert len(index.parts_of("long").vectors) == len(passages(new))
    assert list(index.faults([new, *old[1:]])) == []
