"""The main job in a real browser, on real speech, against the real server."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def server(tmp_path):
    """The real server on a free port, its data in a folder of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "COPILOT_PORT": str(port), "COPILOT_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-u", "-m", "copilot", "serve"]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout
        for line in process.stdout:
            if b"admin" in line:
                break
        transport = httpx2.HTTPTransport(retries=20)
        with httpx2.Client(transport=transport) as client:
            assert client.get(f"http://127.0.0.1:{port}/api/session").status_code == 401
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.mark.browser
def test_an_agent_takes_a_call_by_keyboard_and_dispatches(server):
    shots = ROOT / "screenshots"
    shots.mkdir(exist_ok=True)
    command = ["node", "ui/tests/browser/desk.mjs", server, str(shots)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
