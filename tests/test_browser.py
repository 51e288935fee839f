"""The main job in a real browser, on real speech, against the real server."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
import soundfile

from copilot.api import access
from copilot.database import Database
from copilot.settings import Settings
from telephony.base import RATE
from telephony.replay import read
from telephony.samples import SAMPLES

ROOT = Path(__file__).parents[1]
SHOTS = ROOT / "screenshots"
pytestmark = pytest.mark.browser


class Server:
    """The real server on a port of its own, its data in a folder of its own; it can be killed and started again."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        folders = {"COPILOT_DATA": str(data), "COPILOT_CACHE": str(data / "cache")}
        self._env = {**os.environ, "COPILOT_PORT": str(self.port), **folders}

    def start(self) -> None:
        """Returns once it answers."""
        command = [sys.executable, "-u", "-m", "copilot", "serve"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=self._env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert self._process.stdout
        for line in self._process.stdout:
            if b"admin" in line:
                break
        with httpx2.Client(transport=httpx2.HTTPTransport(retries=20)) as client:
            assert client.get(f"{self.address}/api/session").status_code == 401

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it; SIGKILL: as a crash would."""
        self._process.send_signal(how)
        self._process.communicate()


@pytest.fixture(scope="module")
def server(
    furnish: Callable[[Path], Settings],
    open_database: Callable[[Settings], Database],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """A server that runs for the whole module; its users are there, with the passwords that cost little in tests."""
    SHOTS.mkdir(exist_ok=True)
    settings = furnish(tmp_path_factory.mktemp("browser"))
    database = open_database(settings)
    asyncio.run(access.create_samples(database, settings))
    database.close()
    running = Server(settings.data)
    running.start()
    yield running
    running.stop()


def scenario(server: Server, name: str, *more: str) -> subprocess.Popen[str]:
    """A scenario of ui/tests/browser, begun."""
    command = ["node", f"ui/tests/browser/{name}.mjs", server.address, str(SHOTS), *more]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(running: subprocess.Popen[str], seconds: float = 120) -> None:
    """It must end well within that time."""
    _, problem = running.communicate(timeout=seconds)
    assert running.returncode == 0, problem


def test_an_agent_takes_a_call_by_keyboard_answers_and_dispatches(server):
    finish(scenario(server, "desk"))


def test_whoever_speaks_into_the_microphone_reads_it_on_the_desk(server, tmp_path):
    water = next(sample for sample in SAMPLES if sample.id == "water-cut")
    citizen = read(water.wav)[:, 0]
    speech = citizen[int(6 * RATE) : int(22 * RATE)]
    recording = tmp_path / "citizen.wav"
    soundfile.write(recording, speech, RATE, subtype="PCM_16")
    finish(scenario(server, "microphone", str(recording), "水"))


def test_a_ticket_goes_from_the_agent_to_the_archive_each_person_with_the_buttons_of_their_role(server):
    finish(scenario(server, "life"))


def test_a_ticket_is_returned_settled_in_conference_extended_done_again_and_ruled_on_by_two(server):
    finish(scenario(server, "dispute"))


def test_the_work_list_is_searched_kept_as_a_view_and_moved_in_bulk_by_keyboard(server):
    finish(scenario(server, "list"))


def test_an_administrator_publishes_and_undoes_and_a_citizen_writes_and_asks_how_it_stands(server):
    finish(scenario(server, "system"))


def test_an_article_is_written_reviewed_by_two_found_changed_and_withdrawn_and_a_file_is_brought_in(server):
    finish(scenario(server, "knowledge"), 300)  # four people, two versions


def test_two_people_label_blind_by_keyboard_a_third_rules_and_a_data_set_is_built(server):
    finish(scenario(server, "labelling"))


def test_questions_in_vain_become_a_gap_that_a_department_hands_back(server):
    finish(scenario(server, "gaps"))


def test_a_server_killed_in_mid_call_costs_no_word_and_the_desk_comes_back_by_itself(server):
    running = scenario(server, "crash")
    assert running.stdout
    for line in running.stdout:
        if line.strip() == "kill":
            server.stop(signal.SIGKILL)
        if line.strip() == "start":
            server.start()
            break
    finish(running)
