"""When to speak and what to say: drafts that settle, cards that stay, wording that adds nothing."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis.strategies import booleans, dictionaries, floats, lists, sampled_from, tuples

from classifier.fields import Turn
from copilot.events import Card
from copilot.grounding import ungrounded
from copilot.settings import Settings
from copilot.suggest import CARDS, LONGEST, PATIENCE, QUIET, Panel, Pause, Wording, query


def card(article, score):
    blank = dict.fromkeys(("title", "text", "clause", "issuer", "region", "valid_to", "source"), "")
    return Card(article=article, version=1, score=score, **blank)


def shown(panel, found, final=True):
    panel.cards = panel.settle([card(article, score) for article, score in found], final)
    return [one.article for one in panel.cards]


def test_what_was_just_said_weighs_twice_and_little_is_not_looked_up():
    turns = [
        Turn("c1", "citizen", "我想问公积金"),
        Turn("a1", "agent", "请讲"),
        Turn("c2", "citizen", "提取要什么材料"),
    ]
    assert query(turns) == "我想问公积金。提取要什么材料。提取要什么材料"
    assert query(turns, "买房").endswith("提取要什么材料。买房。买房")
    assert query([Turn("c1", "citizen", "你好")]) == ""


def test_a_draft_that_grows_is_looked_up_in_time_and_a_rewritten_one_put_off():
    pause = Pause()
    assert pause.draft("公积", 10.0) == pytest.approx(10.0 + QUIET)
    assert pause.draft("公积金", 10.2) == pytest.approx(10.0 + QUIET)
    assert pause.draft("攻击金", 10.25) == pytest.approx(10.25 + QUIET)
    pause.searched()
    assert pause.draft("攻击金提取", 11.0) == pytest.approx(11.0 + QUIET)


@given(lists(tuples(floats(0.01, 0.29), sampled_from(["甲", "乙", "甲乙", "丙丁"])), min_size=20))
def test_no_stream_of_drafts_starves_the_search(drafts):
    pause, now, asked = Pause(), 0.0, 0.0
    for wait, text in drafts:
        due = pause.draft(text, now)
        assert due <= asked + LONGEST
        now += wait
        if now >= due:
            pause.searched()
            asked = now


def test_a_card_keeps_its_place_while_it_is_found():
    panel = Panel()
    assert shown(panel, [("a", 0.7), ("b", 0.65)]) == ["a", "b"]
    assert shown(panel, [("b", 0.72), ("a", 0.7), ("c", 0.6)]) == ["a", "b", "c"]


def test_a_clearly_better_card_comes_up_even_where_all_places_are_taken():
    panel = Panel()
    shown(panel, [("a", 0.6), ("b", 0.58), ("c", 0.55)])
    assert shown(panel, [("d", 0.95), ("a", 0.6), ("b", 0.58), ("c", 0.55)]) == ["d", "a", "b"]


def test_one_poor_search_moves_nothing_and_an_abandoned_topic_goes():
    panel = Panel()
    shown(panel, [("a", 0.8)])
    for _ in range(5):
        assert shown(panel, [], final=False) == ["a"]
    for _ in range(PATIENCE - 1):
        assert shown(panel, []) == ["a"]
    assert shown(panel, []) == []


def test_a_new_topic_takes_the_first_place_at_once():
    panel = Panel()
    shown(panel, [("a", 0.9)])
    assert shown(panel, [("x", 0.6)]) == ["x", "a"]


@given(
    lists(tuples(dictionaries(sampled_from("abcdefg"), floats(0.5, 1), max_size=5), booleans())),
    sampled_from("abcdefg"),
)
def test_never_more_than_three_never_twice_never_a_refused_one(searches, refused):
    panel = Panel(refused={refused})
    for found, final in searches:
        order = shown(panel, sorted(found.items(), key=lambda pair: -pair[1]), final)
        assert len(order) == len(set(order)) <= CARDS
        assert refused not in order


TURNS = [
    Turn("c1", "citizen", "我姓李，住在邗江区文昌西路京华城旁边，楼下工地从昨天晚上11点施工到凌晨3点。"),
    Turn("a1", "agent", "李女士，电话是13852706021吗？"),
]
SAID = "\n".join(turn.text for turn in TURNS)


@pytest.mark.parametrize(
    ("text", "false"),
    [
        ("李女士反映邗江区文昌西路京华城旁边工地晚上11点施工到凌晨3点，电话13852706021。", []),
        ("市民反映工地夜间施工，希望处理。", []),
        ("王女士反映工地施工。", ["王"]),
        ("广陵区工地施工。", ["广陵区"]),
        ("电话1385270602。", ["1385270602"]),
        ("已有15户居民反映。", ["15"]),
        ("已有三十户居民反映。", ["三十"]),
        ("工地每晚1点施工。", ["1"]),
    ],
)
def test_every_number_name_and_place_must_have_been_said(text, false):
    found = ungrounded(text, SAID)
    assert found == [] if not false else set(false) <= set(found)


EXTRACT = "李姓市民反映：楼下工地从昨天晚上11点施工到凌晨3点。"
WORDED = "李女士反映邗江区文昌西路旁工地晚上11点至凌晨3点施工，请核实处理。"


@asynccontextmanager
async def model(answer):
    """A server that speaks the chat-completions protocol; `answer`: bytes of the HTTP body, None: it never answers."""
    asked = []

    async def serve(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(line for line in head.splitlines() if line.lower().startswith("content-length"))
        asked.append((head.split()[1], json.loads(await reader.readexactly(int(length.split(":")[1])))))
        if answer is None:
            await reader.read()
        else:
            lines = ["HTTP/1.1 200 OK", "Content-Type: application/json", f"Content-Length: {len(answer)}"]
            writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode() + answer)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", asked


def completion(text):
    """A reply as the protocol has it."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return json.dumps(
        {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    ).encode()


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (completion(WORDED), WORDED),
        (completion("王先生反映广陵区工地施工，电话13900000000。"), EXTRACT),
        (completion(""), EXTRACT),
        (b"<html>502</html>", EXTRACT),
        (b'{"choices": []}', EXTRACT),
        (None, EXTRACT),
    ],
    ids=["true", "lie", "empty", "garbage", "nothing", "silent"],
)
async def test_a_models_wording_is_kept_only_where_all_of_it_was_said(answer, kept):
    async with model(answer) as (url, asked):
        settings = Settings(llm_url=url, llm_model="m", llm_seconds=20 if answer else 0.3)
        assert await Wording(settings).summary(TURNS, EXTRACT) == kept
    assert asked[0][0] == "/v1/chat/completions"
    assert "文昌西路" in asked[0][1]["messages"][1]["content"]


async def test_without_a_model_or_with_one_that_is_away_the_extract_stays(free_port):
    assert await Wording(Settings()).summary(TURNS, EXTRACT) == EXTRACT
    away = Settings(llm_url=f"http://127.0.0.1:{free_port}/v1", llm_model="m")
    assert await Wording(away).summary(TURNS, EXTRACT) == EXTRACT


def test_a_card_that_answered_well_is_not_pushed_aside_by_a_weaker_one_after_one_sentence():
    panel = Panel()
    panel.cards = panel.settle([card("停水", 0.84)], True)
    panel.cards = panel.settle([card("停电", 0.47), card("停水", 0.2)], True)
    assert [one.article for one in panel.cards] == ["停水", "停电"]
    for _ in range(3):
        panel.cards = panel.settle([card("停电", 0.6), card("停水", 0.2)], True)
    assert panel.cards[0].article == "停电"
