"""The rolling summary: short, and not a character of matter in it that was not said."""

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import telephony
from classifier.fields import Turn, extract
from classifier.summary import LONGEST, summarise

LABELS = set("市民先生女士姓反映咨询地点时间诉求电话待核对：；，。（）")
CALLS = tomllib.loads((Path(__file__).parent / "calls.toml").read_text("utf8"))["call"]
LEGS = {"市民": "citizen", "坐席": "agent"}


def turns(call):
    lines = [line.split("：", 1) for line in call["lines"].strip().splitlines()]
    return [Turn(f"u{at}", LEGS[who], text) for at, (who, text) in enumerate(lines)]


def told(said, summary, fields):
    words = set("".join(turn.text for turn in said)) | {c for f in fields.values() for c in f.value}
    return set(summary) <= words | LABELS


@pytest.mark.parametrize("call", CALLS, ids=[call["name"] for call in CALLS])
def test_summary_of_a_call_tells_who_what_and_how_to_reach(call):
    said = turns(call)
    summary = summarise(said)
    fields = extract(said)
    assert 0 < len(summary) <= LONGEST
    assert told(said, summary, fields)
    for field in ("citizen_name", "callback_number"):
        assert field not in fields or fields[field].value in summary
    assert ("（待核对）" in summary) == ("callback_number" in fields and fields["callback_number"].doubtful)


@pytest.mark.parametrize(
    "file", sorted((Path(telephony.__file__).parent / "data").glob("*.jsonl")), ids=lambda f: f.stem
)
def test_summary_of_a_sample_call_has_every_number_it_gives_from_the_fields(file):
    rows = [json.loads(line) for line in file.read_text("utf8").splitlines()]
    said = [Turn(f"u{i}", "citizen" if r["who"] == "caller" else "agent", r["text"]) for i, r in enumerate(rows)]
    summary, fields = summarise(said), extract(said)
    assert 20 < len(summary) <= LONGEST
    assert told(said, summary, fields)
    assert "您好" not in summary
    assert "谢谢" not in summary


def test_a_summary_reads_as_a_supervisor_writes_it():
    said = [
        Turn("a1", "agent", "您好，请讲"),
        Turn("c1", "citizen", "你好，我要投诉，我们小区的电梯坏了三天了，没有人来修。"),
        Turn("a2", "agent", "哪个小区，您贵姓，电话多少"),
        Turn("c2", "citizen", "邗江区锦绣花园小区，我姓李，电话13852706021，希望物业赶快来修。"),
    ]
    assert summarise(said) == (
        "李姓市民反映：我们小区的电梯坏了三天了，没有人来修，邗江区锦绣花园小区。诉求：希望物业赶快来修。电话13852706021。"
    )


def test_nothing_said_no_summary():
    assert summarise([]) == ""
    assert summarise([Turn("c1", "citizen", "喂你好")]) == ""


PIECES = sorted({turn.text for call in CALLS for turn in turns(call)})


@given(st.lists(st.tuples(st.sampled_from(["citizen", "agent"]), st.sampled_from(PIECES)), max_size=60))
@example([("agent", "诉求是什么"), ("citizen", "好的 已经记录")])
def test_any_conversation_gives_a_short_summary_of_its_own_words(lines):
    said = [Turn(f"u{at}", leg, text) for at, (leg, text) in enumerate(lines)]
    fields = extract(said)
    summary = summarise(said, fields)
    assert len(summary) <= LONGEST
    assert told(said, summary, fields)
