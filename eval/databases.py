"""Empty databases to measure on, gone afterwards: SQLite in a file, PostgreSQL on a server of our own with fsync."""

import os
import pwd
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, text

BINARIES = Path("/usr/lib/postgresql/15/bin")
CONNECTIONS = 150


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """Kind -> URL of an empty database; without PostgreSQL where it is not installed."""
    with sqlite() as file:
        if not (BINARIES / "initdb").exists():
            yield {"SQLite": file}
            return
        with postgres() as server:
            yield {"SQLite": file, "PostgreSQL": fresh(server)}


@contextmanager
def sqlite() -> Iterator[str]:
    """The URL of a file in a folder of its own."""
    with TemporaryDirectory(prefix="tickets") as folder:
        yield f"sqlite:///{folder}/copilot.db"


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a server, without the database's name; it commits to the disk as an installed one does."""
    owner = _owner()
    with TemporaryDirectory(prefix="tickets") as folder:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        given: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        given |= {"user": owner.pw_uid, "group": owner.pw_gid} if os.getuid() == 0 else {}
        data, port = f"{folder}/data", _free_port()
        make = [f"{BINARIES}/initdb", "-D", data, "-U", "copilot", "-A", "trust", "-E", "UTF8"]
        subprocess.run(make, check=True, **given)
        flags = {"port": port, "listen_addresses": "127.0.0.1", "max_connections": CONNECTIONS, "fsync": "on"}
        options = [part for name, value in flags.items() for part in ("-c", f"{name}={value}")]
        with subprocess.Popen([f"{BINARIES}/postgres", "-D", data, "-k", folder, *options], **given) as process:
            try:
                ready = [f"{BINARIES}/pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "20"]
                while process.poll() is None and subprocess.run(ready, capture_output=True).returncode:
                    pass
                yield f"postgresql+psycopg://copilot@127.0.0.1:{port}"
            finally:
                process.terminate()


def fresh(server: str) -> str:
    """The URL of a new, empty database on a server."""
    name, engine = f"t{uuid4().hex}", create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


def _owner() -> pwd.struct_passwd:
    """Who runs the server: PostgreSQL refuses root."""
    return pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
