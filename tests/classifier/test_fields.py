"""Ticket fields from whole calls: exact values, doubt, and never a word that was not said."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import telephony
from classifier.fields import Turn, extract

LEGS = {"市民": "citizen", "caller": "citizen", "坐席": "agent", "agent": "agent"}
CALLS = tomllib.loads((Path(__file__).parent / "calls.toml").read_text("utf8"))["call"]
SAMPLES = sorted((Path(telephony.__file__).parent / "data").glob("*.jsonl"))
HAN = {
    "一": "1",
    "二": "2",
    "三": "3",
    "四": "4",
    "五": "5",
    "六": "6",
    "七": "7",
    "八": "8",
    "九": "9",
    "零": "0",
    "幺": "1",
}


def turns(lines):
    return [Turn(f"u{at}", LEGS[who], text) for at, (who, text) in enumerate(lines)]


def written(call):
    return turns([line.split("：", 1) for line in call["lines"].strip().splitlines()])


def sample(file):
    rows = map(json.loads, file.read_text("utf8").splitlines())
    return turns([(row["who"], row["text"]) for row in rows])


def talk(*lines):
    return turns([line.split("：", 1) for line in lines])


@pytest.mark.parametrize("call", CALLS, ids=[call["name"] for call in CALLS])
def test_fields_of_a_call(call):
    found = extract(written(call), calling_number=call.get("calling_number", ""))
    assert {name: found[name].value for name in call["expected"]} == call["expected"]
    assert [name for name in call.get("absent", []) if name in found] == []
    for name, words in call.get("within", {}).items():
        assert [word for word in words if word not in found[name].value] == []
    doubtful = {name for name in call["expected"] if found[name].doubtful}
    assert doubtful == set(call.get("doubtful", [])) & set(call["expected"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fire-lane", {"citizen_name": "陈", "callback_number": "15952789632", "district": "广陵区"}),
        ("gas-smell", {"citizen_name": "吴", "callback_number": "18952578866", "urgency": "紧急"}),
        ("housing-fund", {"citizen_name": "张", "sex": "男"}),
        ("market-dispute", {"citizen_name": "周", "callback_number": "18761234509", "happened_at": "上个星期六"}),
        ("medical-insurance", {"citizen_name": "王", "sex": "女", "district": "广陵区"}),
        ("night-noise", {"citizen_name": "李", "callback_number": "13852706021", "district": "邗江区"}),
        ("school-enrolment", {"citizen_name": "孙", "district": "广陵区"}),
        ("water-cut", {"citizen_name": "赵", "callback_number": "13625201177", "happened_at": "今天早上六点停到现在"}),
    ],
)
@pytest.mark.parametrize("punctuated", [True, False])
def test_fields_of_the_sample_calls(name, expected, punctuated):
    said = sample(next(file for file in SAMPLES if file.stem == name))
    if not punctuated:
        said = [Turn(turn.id, turn.leg, re.sub(r"[，。？]", "", turn.text)) for turn in said]
    found = extract(said)
    assert {field: found[field].value for field in expected} == expected
    assert ("urgency" in found) == (name == "gas-smell")
    assert len(found["title"].value) <= 30


@pytest.mark.parametrize(
    "line",
    [
        "市民：我打了物业电话83451234没人接",
        "市民：订单号是13812345678901",
        "市民：身份证号码是321002198805061234",
        "市民：我的工单编号13852706021一直没人处理",
        "市民：他的电话是13852706021你们去找他",
        "市民：一共欠我八百六十万块钱",
        "市民：二零二四年十月买的",
    ],
)
def test_other_numbers_are_no_callback_number(line):
    assert "callback_number" not in extract(talk(line))


def test_calling_number_is_used_only_when_the_caller_says_so_and_it_is_known():
    said = talk("坐席：您的电话是多少", "市民：就是这个来电号码")
    assert "callback_number" not in extract(said)
    found = extract(said, calling_number="051487654321")["callback_number"]
    assert (found.value, found.utterance) == ("051487654321", "u1")
    assert found.quote in said[1].text
    asking = talk("坐席：请讲", "市民：我打这个电话就是想问一下公交卡怎么办")
    assert "callback_number" not in extract(asking, calling_number="051487654321")


def test_doubt_is_raised_by_recognition_and_lifted_by_a_confirmed_reading_back():
    told = Turn("c1", "citizen", "我的电话是13852706021", ((5, 16),))
    back = Turn("a1", "agent", "您的电话是13852706021对吗")
    assert extract([told])["callback_number"].doubtful
    assert not extract([told, back, Turn("c2", "citizen", "对的")])["callback_number"].doubtful
    assert extract([told, back, Turn("c2", "citizen", "不对")])["callback_number"].doubtful


def test_a_number_agreed_to_that_differs_from_what_was_heard_is_to_be_asked_again():
    said = talk("市民：电话13852706021", "坐席：13852706012对吗", "市民：对")
    found = extract(said)["callback_number"]
    assert (found.value, found.utterance, found.doubtful) == ("13852706012", "u1", True)


def test_an_address_is_put_together_only_from_parts_that_were_said():
    said = talk("市民：我住在邗江区", "坐席：哪个小区", "市民：锦绣花园小区", "坐席：几号楼", "市民：五号楼302室")
    found = extract(said)["address"]
    assert found.value == "邗江区锦绣花园小区五号楼302室"
    assert found.quote == "锦绣花园小区"


def test_a_name_of_somebody_else_is_not_the_caller_s():
    assert "citizen_name" not in extract(talk("市民：他们经理姓王态度很差"))
    assert "citizen_name" not in extract(talk("坐席：李先生您好", "市民：喂你好"))


@pytest.mark.parametrize("text", ["喂你好", "嗯", "", "好的谢谢再见"])
def test_nothing_said_fills_nothing(text):
    assert extract([Turn("c1", "citizen", text)]) == {}


@pytest.mark.parametrize(("text", "urgent"), [("我家着火了快来", True), ("万一着火了怎么办啊没人管", False)])
def test_urgency_follows_the_watch(text, urgent):
    assert ("urgency" in extract([Turn("c1", "citizen", text)])) is urgent


CLAUSES = sorted(
    {piece for call in CALLS for turn in written(call) for piece in re.findall(r"[^，、 ]{1,12}", turn.text)}
)
TEXT = st.lists(
    st.one_of(st.sampled_from(CLAUSES), st.text("一二三零138姓李张电话号楼路区市在是对不嗯，。 哈5270", max_size=14)),
    max_size=4,
).map("".join)
CONVERSATION = st.lists(st.tuples(st.sampled_from(["citizen", "agent"]), TEXT), max_size=12)


@given(CONVERSATION)
def test_every_value_has_a_verbatim_quote_and_its_own_words(lines):
    said = {f"u{at}": Turn(f"u{at}", leg, text) for at, (leg, text) in enumerate(lines)}
    everything = "".join(turn.text for turn in said.values())
    digits = "".join(HAN.get(c, c) for c in everything if c in HAN or c.isdigit())
    for name, field in extract(list(said.values())).items():
        assert field.quote
        assert field.quote in said[field.utterance].text
        if name == "callback_number":
            assert set(field.value) <= set(digits)
        if name in ("citizen_name", "happened_at", "party_concerned", "request"):
            assert set(field.value) <= set(everything)
        if name in ("citizen_name", "callback_number", "address") and said[field.utterance].leg == "agent":
            assert any(turn.leg == "citizen" for turn in said.values())


@given(CONVERSATION)
def test_title_and_content_are_made_of_what_the_citizen_said(lines):
    said = [Turn(f"u{at}", leg, text) for at, (leg, text) in enumerate(lines)]
    found = extract(said)
    told = "".join(turn.text for turn in said if turn.leg == "citizen")
    if "content" in found:
        assert set(found["content"].value) <= set(told) | set("，。")
        assert len(found["content"].value) <= 2000
        assert 0 < len(found["title"].value) <= 30


def test_a_number_with_a_word_in_it_is_shown_as_doubtful():
    turns = [Turn("a1", "agent", "请问您的电话是多少？"), Turn("c1", "citizen", "电话1895案578866，请你们派人来")]
    number = extract(turns)["callback_number"]
    assert (number.value, number.quote, number.doubtful) == ("1895578866", "1895案578866", True)


@pytest.mark.parametrize(
    ("answer", "then", "value", "doubtful"),
    [
        ("我写五，电话13852706021", "好的", "吴", True),
        ("我信盯，电话13852706021", "好的丁女士", "丁", False),
        ("我姓程，耳东城", "好的", "陈", False),
        ("我不说了，就这样", "好的", None, None),
    ],
)
def test_a_family_name_is_known_by_its_sound_and_by_how_the_agent_says_it(answer, then, value, doubtful):
    turns = [Turn("a1", "agent", "请问您贵姓？"), Turn("c1", "citizen", answer), Turn("a2", "agent", then)]
    name = extract(turns).get("citizen_name")
    assert (name and name.value, name and name.doubtful) == (value, doubtful)
