"""kill −9 of the real server in mid-call: what was told or acknowledged is there after the restart."""

import json
import os
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from copilot.api.access import SAMPLE_PASSWORD
from telephony import g711
from telephony.base import RATE
from telephony.replay import read
from telephony.samples import SAMPLES

ROOT = Path(__file__).parents[2]
CALL = "exchange-1"
META = {"call_id": CALL, "calling_number": "13852706021", "format": "PCMA", "channels": 2}


@contextmanager
def server(data, port):
    """The server as `make run` starts it, with the speech engine that is the default; yields when it listens."""
    env = {**os.environ, "COPILOT_PORT": str(port), "COPILOT_DATA": str(data), "COPILOT_CACHE": str(data / "cache")}
    command = [sys.executable, "-u", "-m", "copilot", "serve"]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            assert process.stdout
            assert any(b"zhaomin" in line for line in process.stdout), "the server did not start"
            yield process
        finally:
            process.kill()


class Agent:
    """An agent's page: its requests and its socket."""

    def __init__(self, port):
        self.address = f"127.0.0.1:{port}"
        self.http = httpx2.Client(base_url=f"http://{self.address}/api", transport=httpx2.HTTPTransport(retries=20))
        self.http.post("/session", json={"username": "wangli", "password": SAMPLE_PASSWORD}).raise_for_status()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()

    def desk(self, after=0):
        """Every event behind a number."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        path = f"ws://{self.address}/api/desk?call={CALL}&after={after}"
        return connect(path, additional_headers={"Cookie": cookies}, proxy=None)

    @contextmanager
    def line(self):
        """The exchange's line of the call."""
        with connect(f"ws://{self.address}/api/line/stream?agent=wangli", proxy=None) as line:
            line.send(json.dumps(META))
            assert json.loads(line.recv(timeout=30))["type"] == "accepted"
            yield line

    def get(self, path):
        """A page's request."""
        return self.http.get(path).raise_for_status().json()


def until(desk, done):
    """Kept events until `done` holds of them."""
    events = []
    while not done(events):
        event = json.loads(desk.recv(timeout=60))
        events += [event] if event["seq"] else []
    return events


def of(kind, events):
    return [event for event in events if event["type"] == kind]


def rest(desk):
    """What still comes before the socket breaks."""
    events = []
    try:
        while True:
            events.append(json.loads(desk.recv(timeout=10)))
    except ConnectionClosed:
        return [event for event in events if event["seq"]]


@pytest.fixture
def keep():
    """Closes at the end of the test what outlives a server."""
    with ExitStack() as stack:
        yield stack


@pytest.mark.speech
def test_nothing_told_or_acknowledged_is_lost(furnish, tmp_path, free_port, keep):
    furnish(tmp_path)
    legs = read(next(sample for sample in SAMPLES if sample.id == "night-noise").wav)
    audio = g711.encode(legs.reshape(-1))
    half = int(18.5 * 2 * RATE)  # behind the complaint
    with server(tmp_path, free_port) as process:
        agent = keep.enter_context(Agent(free_port))
        with agent.line() as line, agent.desk() as desk:
            agent.http.post(f"/calls/{CALL}/answer").raise_for_status()
            send(line, audio[:half])
            told = until(desk, lambda events: of("suggested", events) and len(of("heard", events)) > 1)
            ticket = agent.get(f"/calls/{CALL}/ticket")
            change = {"version": ticket["version"], "changes": {"title": "我改过的标题", "citizen_name": "王先生"}}
            edited = agent.http.patch(f"/tickets/{ticket['id']}", json=change).raise_for_status().json()
            refused = of("suggested", told)[-1]["cards"][0]
            decision = {"decision": "refused", "version": refused["version"], "reason": "内容不相关"}
            agent.http.post(f"/calls/{CALL}/cards/{refused['article']}", json=decision).raise_for_status()
            agent.http.post(f"/calls/{CALL}/mute", json={"on": True}).raise_for_status()
            agent.http.post(f"/calls/{CALL}/mute", json={"on": False}).raise_for_status()
            process.send_signal(signal.SIGKILL)
            told += rest(desk)
    with server(tmp_path, free_port):
        with agent.desk() as desk:
            again = until(desk, lambda events: of("ended", events))
            assert again[: len(told)] == told
            found = agent.get(f"/calls/{CALL}/ticket")
            assert found["id"] == edited["id"]
            assert {name: found[name] for name in change["changes"]} == change["changes"]
            assert set(found["touched"]) == set(edited["touched"])
            drafted = {field["name"]: field["value"] for field in of("drafted", again)[-1]["fields"]}
            filled = {name: value for name, value in drafted.items() if name not in (*found["touched"], "department")}
            assert filled
            assert {name: found[name] for name in filled} == filled
            assert agent.get(f"/calls/{CALL}/utterances") == sorted(
                of("heard", again), key=lambda event: (event["start"], event["seq"])
            )
            assert [one["article"] for one in agent.get(f"/calls/{CALL}/decisions")] == [refused["article"]]
            assert agent.get("/calls/current") == {"call": CALL, "state": "lost", "muted": False, "held": False}
            with agent.line() as line:
                assert agent.get("/calls/current")["state"] == "live"
                send(line, audio[half : half + 6 * 2 * RATE])
            more = until(desk, lambda events: of("ended", events))
    everything = again + more
    assert [event["seq"] for event in everything] == list(range(1, len(everything) + 1))
    heard = of("heard", everything)
    assert len({event["utterance"] for event in heard}) == len(heard)
    assert of("heard", more)
    assert min(event["start"] for event in of("heard", more)) >= of("ended", again)[0]["seconds"] - 1
    assert refused["article"] not in {card["article"] for event in of("suggested", more) for card in event["cards"]}


def send(line, audio):
    """A stretch of the call's audio, faster than it was spoken."""
    for start in range(0, len(audio), 1600):
        line.send(audio[start : start + 1600])
