"""Audio over a WebSocket against the real server: what an exchange sends, and everything that it should not."""

import json
import random
from contextlib import contextmanager

import numpy as np
import pytest
from sqlalchemy import select
from websockets.exceptions import ConnectionClosed

from copilot.settings import Settings
from copilot.tables import CallRow, EventRow
from telephony import g711
from telephony.replay import read
from telephony.samples import SAMPLES
from telephony.websocket import LARGEST

WORDS = "楼下工地半夜还在施工噪声太大"
SCRIPT = {"citizen": [(0.5, 1.5, WORDS)]}
META = {"format": "L16", "rate": 8000, "channels": 2, "calling_number": "13852706021"}
SECOND = bytes(8000 * 2 * 2)


@pytest.fixture
def site(make_parts, serve):
    return serve(make_parts(SCRIPT))


@contextmanager
def exchange(site, meta=META, path="line/stream", agent="wangli", **options):
    """An exchange's line that rings at an agent's desk; `meta` None: it says nothing first."""
    with site.socket(f"{path}?agent={agent}" if agent else path, **options) as line:
        if meta is not None:
            line.send(meta if isinstance(meta, str) else json.dumps(meta))
        yield line


def said(line):
    """The next text from the server."""
    return json.loads(line.recv(timeout=20))


def accepted(line):
    """The id of a call that was taken in."""
    answer = said(line)
    assert answer["type"] == "accepted", answer
    return answer["call"]


def refused(line):
    """The message of a refusal, after which the line is closed."""
    answer = said(line)
    assert answer["type"] == "error", answer
    with pytest.raises(ConnectionClosed):
        line.recv(timeout=20)
    assert any("\u4e00" <= character <= "\u9fff" for character in answer["message"])
    return answer["message"]


def finish(desk):
    """All that a desk is told until its call is over."""
    events = []
    while not events or events[-1]["type"] != "ended":
        events.append(json.loads(desk.recv(timeout=30)))
    return events


def heard(events):
    return [event["text"] for event in events if event["type"] == "heard" and event["final"]]


def good_call(site, agent="wangli", meta=META, audio=SECOND * 2, path="line/stream"):
    """A whole call as it should be; what the desk was told of it."""
    client = site.client(agent)
    with site.socket("desk", client) as desk, exchange(site, meta, path, agent) as line:
        call = accepted(line)
        client.post(f"/api/calls/{call}/answer").raise_for_status()
        for start in range(0, len(audio), 3200):
            line.send(audio[start : start + 3200])
        line.close()
        return finish(desk)


@pytest.mark.parametrize(
    ("form", "seconds"),
    [
        ({"format": "L16", "rate": 8000, "channels": 1}, bytes(16_000)),
        ({"format": "L16", "sampleRate": "16000", "channels": "2"}, bytes(64_000)),
        ({"format": "PCMA", "rate": 8000, "channels": 2}, b"\xd5" * 16_000),
        ({}, bytes(16_000)),
    ],
)
def test_every_format_becomes_a_call(site, form, seconds):
    events = good_call(site, meta={"calling_number": "13852706021", **form}, audio=seconds * 2)
    assert heard(events) == [WORDS]
    assert events[-1]["seconds"] == pytest.approx(2.0, abs=0.1)


def test_the_format_may_stand_in_the_address_and_the_metadata_be_the_dialplans_own(site):
    path = "line/stream?rate=16000&channels=2&call_id=x-1&agent=wangli"
    client = site.client("wangli")
    with site.socket("desk", client) as desk, site.socket(path) as line:
        line.send(json.dumps({"queue": "hotline"}))
        assert accepted(line) == "x-1"
        client.post("/api/calls/x-1/answer").raise_for_status()
        line.send(bytes(64_000))
        line.close()
        assert finish(desk)[-1]["seconds"] == pytest.approx(1.0, abs=0.1)


def test_audio_without_metadata_is_taken_where_the_address_says_what_it_is(site):
    with site.socket("line/stream?rate=8000&channels=2&agent=wangli") as line:
        line.send(SECOND)
        accepted(line)
    with exchange(site, None) as line:
        line.send(SECOND)
        assert "第一帧" in refused(line)


WRONG_METADATA = (
    ("", "JSON 对象"),
    ("hello", "JSON 对象"),
    ("[1, 2]", "JSON 对象"),
    ("[" * 60_000, "JSON 对象"),
    ({"format": "OPUS"}, "L16 或 PCMA"),
    ({"rate": 44100}, "8000 或 16000"),
    ({"rate": [8000]}, "8000 或 16000"),
    ({"channels": 6}, "1 或 2"),
    ({"format": "PCMA", "rate": 16000}, "A 律"),
    ({"call_id": "../../etc/passwd"}, "call_id"),
    ({"calling_number": "<script>"}, "电话号码"),
)


def test_wrong_metadata_says_what_is_possible(site, subtests):
    for meta, says in WRONG_METADATA:
        with subtests.test(meta=str(meta)[:60]), exchange(site, meta) as line:
            assert says in refused(line)


def test_odd_bytes_lose_nothing(site):
    assert heard(good_call(site, audio=SECOND * 2 + b"\x01")) == [WORDS]
    client = site.client("wangli")
    with site.socket("desk", client) as desk, exchange(site) as line:
        client.post(f"/api/calls/{accepted(line)}/answer").raise_for_status()
        for start in range(0, 2 * len(SECOND), 333):
            line.send((SECOND * 2)[start : start + 333])
        line.close()
        assert finish(desk)[-1]["seconds"] == pytest.approx(2.0, abs=0.01)


@pytest.mark.parametrize(
    ("bad", "says"),
    [(bytes(LARGEST + 2), "64 KiB"), ("not audio", "这里应当是音频"), ("[1]", "这里应当是音频")],
)
def test_a_bad_frame_ends_its_call_alone_and_loses_nothing(site, bad, says):
    client, other = site.client("wangli"), site.client("zhaomin")
    with (
        site.socket("desk", client) as desk,
        site.socket("desk", other) as beside,
        exchange(site) as line,
        exchange(site, agent="zhaomin") as good,
    ):
        for who, where in ((client, line), (other, good)):
            who.post(f"/api/calls/{accepted(where)}/answer").raise_for_status()
            where.send(SECOND)
        line.send(SECOND[: len(SECOND) // 4 * 4])
        line.send(bad)
        assert says in refused(line)
        assert heard(finish(desk)) == [WORDS]
        good.send(SECOND)
        good.close()
        assert heard(finish(beside)) == [WORDS]


def test_a_pressed_key_in_mid_call_is_no_harm(site):
    client = site.client("wangli")
    with site.socket("desk", client) as desk, exchange(site) as line:
        client.post(f"/api/calls/{accepted(line)}/answer").raise_for_status()
        line.send(SECOND)
        line.send(json.dumps({"event": "dtmf", "digit": "5"}))
        line.send(SECOND)
        line.close()
        assert heard(finish(desk)) == [WORDS]


def test_a_second_stream_of_a_call_is_refused_and_the_first_goes_on(site):
    client = site.client("wangli")
    meta = {**META, "call_id": "one"}
    with site.socket("desk", client) as desk, exchange(site, meta) as line:
        accepted(line)
        with exchange(site, meta, agent="zhaomin") as second:
            assert "只能接入一路音频" in refused(second)
        client.post("/api/calls/one/answer").raise_for_status()
        line.send(SECOND)
        with exchange(site, meta, agent="zhaomin") as second:
            assert "只能接入一路音频" in refused(second)
        line.send(SECOND)
        line.close()
        assert heard(finish(desk)) == [WORDS]


def test_a_call_goes_to_a_free_agent_or_says_that_there_is_none(site):
    with exchange(site, agent="") as line:
        assert "没有空闲的坐席" in refused(line)
    first, second = site.client("wangli"), site.client("zhaomin")
    with site.socket("desk", site.client("chenjie")), site.socket("desk", first) as one:
        with exchange(site, agent="") as line:
            call = accepted(line)
            assert json.loads(one.recv(timeout=20))["call"] == call
            with site.socket("desk", second) as two, exchange(site, agent="") as another:
                assert json.loads(two.recv(timeout=20))["call"] == accepted(another) != call
                with exchange(site, agent="") as third:
                    assert "没有空闲的坐席" in refused(third)


def test_a_caller_who_gives_up_stops_ringing(site):
    with site.socket("desk", site.client("wangli")) as desk:
        with exchange(site) as line:
            accepted(line)
        assert [event["type"] for event in finish(desk)] == ["ringing", "ended"]


def test_a_line_that_stalls_is_closed(make_parts, serve, tmp_path):
    site = serve(make_parts(SCRIPT, settings=Settings(data=tmp_path, line_idle_seconds=0.3)))
    client = site.client("wangli")
    with site.socket("desk", client) as desk, exchange(site) as line:
        client.post(f"/api/calls/{accepted(line)}/answer").raise_for_status()
        line.send(SECOND * 1)
        line.send(SECOND[:3200])
        assert "没有收到音频" in refused(line)
        finish(desk)


def test_hanging_up_and_transferring_reach_the_exchange(site):
    client = site.client("wangli")
    with exchange(site) as line:
        call = accepted(line)
        client.post(f"/api/calls/{call}/answer").raise_for_status()
        assert client.post(f"/api/calls/{call}/transfer", json={"to": "alert(1)"}).status_code == 422
        assert client.post(f"/api/calls/{call}/transfer", json={"to": "119"}).status_code == 204
        assert said(line) == {"type": "transfer", "to": "119"}
        assert client.post(f"/api/calls/{call}/hangup").status_code == 204
        assert said(line) == {"type": "disconnect"}
        with pytest.raises(ConnectionClosed):
            line.recv(timeout=20)


def test_what_is_said_while_it_rings_is_heard_and_a_fast_sender_held_up(site):
    client = site.client("wangli")
    with site.socket("desk", client) as desk, exchange(site) as line:
        call = accepted(line)
        for _ in range(90):
            line.send(SECOND)
        client.post(f"/api/calls/{call}/answer").raise_for_status()
        for _ in range(200):
            line.send(SECOND)
        line.close()
        assert finish(desk)[-1]["seconds"] == pytest.approx(290, abs=0.1)


def test_a_minute_of_silence_and_music_are_heard_as_nothing(site):
    notes = np.concatenate([np.sin(np.arange(4000) * 2 * np.pi * pitch / 8000) for pitch in (262, 330, 392, 523) * 6])
    music = (9000 * notes).astype("<i2").tobytes()
    assert heard(good_call(site, meta={**META, "channels": 1}, audio=bytes(60 * 16_000) + music)) == [WORDS]


def test_ten_thousand_random_frames_crash_nothing(site):
    chance = random.Random(5)
    client = site.client("wangli")
    with site.socket("desk", client) as desk, exchange(site, {**META, "channels": 1}) as line:
        client.post(f"/api/calls/{accepted(line)}/answer").raise_for_status()
        for _ in range(9_500):
            line.send(chance.randbytes(chance.randrange(200)))
        line.close()
        finish(desk)
    for _ in range(500):
        with site.socket("line/stream") as line:
            junk = chance.randbytes(chance.randrange(300))
            line.send(junk if chance.random() < 0.5 else junk.decode("latin1"))
            refused(line)
    assert heard(good_call(site, agent="zhaomin")) == [WORDS]


def test_a_browser_speaks_on_its_own_desk(site):
    client = site.client("wangli")
    with site.socket("desk", client) as desk, site.socket("line/browser", client) as line:
        line.send(json.dumps({"format": "L16", "rate": 16000, "channels": 1}))
        call = accepted(line)
        refusal = client.post(f"/api/calls/{call}/transfer", json={"to": "119"})
        assert (refusal.status_code, refusal.headers["content-type"]) == (409, "application/problem+json")
        assert "请用话机转接 119" in refusal.json()["detail"]
        line.send(bytes(64_000))
        line.close()
        assert heard(finish(desk)) == [WORDS]
    with site.socket("line/browser") as line:
        with pytest.raises(ConnectionClosed) as closed:
            line.recv(timeout=20)
        assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize(("token", "path", "good"), [("s3", "", False), ("s3", "&token=s3", True), ("", "", True)])
def test_an_exchange_shows_its_token(make_parts, serve, tmp_path, token, path, good):
    site = serve(make_parts(SCRIPT, settings=Settings(data=tmp_path, line_token=token)))
    with site.socket(f"line/stream?agent=wangli{path}") as line:
        if good:
            line.send(json.dumps(META))
            accepted(line)
        else:
            assert "令牌" in refused(line)


def test_a_page_of_another_site_is_no_exchange(site):
    with site.socket("line/stream?agent=wangli", origin="https://elsewhere.example") as line:
        assert "令牌" in refused(line)


def test_alaw_of_a_real_call_is_kept_sample_by_sample(site, tmp_path):
    legs = read(SAMPLES[0].wav)[: 5 * 8000]
    audio = g711.encode(legs.reshape(-1))
    events = good_call(site, meta={**META, "format": "PCMA"}, audio=audio)
    wav = site.client("wangli").get(f"/api/calls/{events[0]['call']}/audio", params={"start": 1, "end": 2}).content
    assert np.array_equal(np.frombuffer(wav[44:], "<i2"), legs[8000:16000, 0])
    rows = site.parts.database.read_now(lambda session: session.scalars(select(CallRow.state)).all())
    assert rows == ["ended"]
    assert site.parts.database.read_now(lambda session: len(session.scalars(select(EventRow.seq)).all())) == len(events)
