"""The command, where what it starts with is wrong."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import copilot


def test_a_broken_roles_file_is_told_before_anything_is_built(tmp_path, free_port):
    package = tmp_path / "copilot"
    shutil.copytree(Path(copilot.__file__).parent, package, ignore=shutil.ignore_patterns("static", "__pycache__"))
    roles = package / "data" / "roles.toml"
    roles.write_text(roles.read_text("utf8").replace('scope = "team"', 'scope = "all"'), "utf8")
    given = {"COPILOT_DATA": str(tmp_path / "data"), "COPILOT_ENGINE": "scripted", "COPILOT_PORT": str(free_port)}
    command = [sys.executable, "-m", "copilot", "serve"]
    ended = subprocess.run(command, cwd=tmp_path, env={**os.environ, **given}, capture_output=True, text=True)
    assert (ended.returncode, "Traceback" in ended.stderr) == (2, False)
    assert "team_leader.scope 不能是 'all'" in ended.stderr
    assert not (tmp_path / "data").exists()
