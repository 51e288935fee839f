"""The real parts, built once; databases and brokers that are started for the tests and gone afterwards."""

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx2
import hypothesis
import pytest
import uvicorn
from argon2 import PasswordHasher
from sqlalchemy import create_engine, make_url, text
from websockets.sync.client import connect

from asr.scripted import ScriptedRecognizer
from copilot import parts as parts_module
from copilot.api import access
from copilot.api.access import SAMPLE_PASSWORD
from copilot.app import create_app
from copilot.bus import MemoryBus
from copilot.database import Database
from copilot.knowledge import shipped
from copilot.knowledge.live import Home, Live
from copilot.settings import Settings
from kb_index.encoders.registry import create as create_encoder
from kb_index.search.index import Index

SEEDED = datetime(2026, 11, 2, 8, tzinfo=UTC)
POSTGRES = Path("/usr/lib/postgresql/15/bin")
LONG = ("browser", "speech")
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_collection_modifyitems(items):
    """Files of browsers and of real speech go first, as they take longest: the last file leaves a worker idle."""
    long = {mark: {item.path for item in items if item.get_closest_marker(mark)} for mark in LONG}
    items.sort(key=lambda item: [item.path not in long[mark] for mark in LONG])


@pytest.fixture(scope="session", autouse=True)
def full_cost():
    """Passwords cost next to nothing in the tests, which sign in hundreds of times; gives back what they cost else.

    What is patched is the hasher and what stands for an unknown user, by name.
    """
    real = {"_hasher": access._hasher, "NOBODY": access.NOBODY}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(access, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        patch.setattr(access, "NOBODY", access.hash_password("nobody's"))
        yield real


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(command, **options):
    """A server of ours, stopped at the end."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options) as process:
        try:
            yield process
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL of our own; the URL of a server without the database's name."""
    if not (POSTGRES / "initdb").exists():
        pytest.skip("PostgreSQL is missing: apt-get install postgresql")
    root = os.getuid() == 0
    owner = pwd.getpwnam("postgres") if root else pwd.getpwuid(os.getuid())
    as_owner = {"user": owner.pw_uid, "group": owner.pw_gid} if root else {}
    with TemporaryDirectory(prefix="pg") as folder:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        data, port = f"{folder}/data", free_port()
        make = [POSTGRES / "initdb", "-D", data, "-U", "copilot", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(make, check=True, capture_output=True, cwd=folder, **as_owner)
        flags = ["-c", "fsync=off", "-c", f"port={port}", "-c", "listen_addresses=127.0.0.1", "-k", folder]
        with running([POSTGRES / "postgres", "-D", data, *flags], cwd=folder, **as_owner):
            ready = [POSTGRES / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "20"]
            while subprocess.run(ready, capture_output=True).returncode:
                pass
            yield f"postgresql+psycopg://copilot@127.0.0.1:{port}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """An empty database of each kind that a site may choose."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'copilot.db'}"
    server, name = request.getfixturevalue("postgres"), f"t{uuid4().hex}"
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


@contextmanager
def redis_server(folder, port):
    """A Redis of our own that keeps nothing; yields when it answers."""
    if shutil.which("redis-server") is None:
        pytest.skip("Redis is missing: apt-get install redis-server")
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with running(command) as process:
        while subprocess.run(["redis-cli", "-p", str(port), "ping"], capture_output=True).stdout.strip() != b"PONG":
            assert process.poll() is None, "redis-server did not start"
        yield process


def parts_in(folder):
    """Every part with the shipped data and an engine that hears nothing, all that it keeps in a folder."""
    return parts_module.build(Settings(data=folder, cache=folder / "cache", engine="scripted"))


@pytest.fixture(scope="session")
def kept(request, testrun_uid):
    """The folder of the shipped index, which takes a minute: kept from run to run, the first that asks updates it."""
    folder = Path(request.config.cache.mkdir("shipped")).resolve()
    done, data = folder / "run", folder / "data"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists() or done.read_text("utf8") != testrun_uid:
            for file in data.glob("copilot.db*"):
                file.unlink()  # one that is filled keeps the articles that shipped when it was
            parts = parts_in(data)
            parts.live.shut()
            parts.database.close()
            done.write_text(testrun_uid, "utf8")
        home = Home(Settings(data=data, cache=data / "cache"))
        home.leave()
    return home.folder


@pytest.fixture(scope="session")
def furnish(kept):
    """Puts a copy of what is kept where parts with their data in a given folder look for their own; their settings."""

    def put(folder):
        settings = Settings(data=folder, cache=folder / "cache")
        home = Home(settings)
        shutil.copytree(kept, home.folder, ignore=shutil.ignore_patterns("lock"), dirs_exist_ok=True)
        home.leave()
        for file in kept.parents[2].glob("routing-*"):
            shutil.copy(file, settings.cache)
        return settings

    return put


@pytest.fixture(scope="session")
def built(furnish, tmp_path_factory):
    """Every part with the shipped data and an engine that hears nothing."""
    folder = tmp_path_factory.mktemp("built")
    furnish(folder)
    return parts_in(folder)


@pytest.fixture(scope="session")
def encoder():
    """The packaged encoder."""
    return create_encoder()


@pytest.fixture(scope="session")
def blank(tmp_path_factory):
    """A SQLite database without rows, to begin others with: the steps of the schema take half a second each time."""
    folder = tmp_path_factory.mktemp("blank")
    parts_module.open_database(Settings(data=folder)).close()
    return folder / "copilot.db"


@pytest.fixture(scope="session")
def open_database(blank):
    """Opens the database of given settings, up to date; a SQLite file that is not there begins as a copy."""

    def start(settings):
        url = make_url(settings.sqlalchemy_url)
        if url.get_backend_name() == "sqlite" and not Path(url.database).exists():
            settings.data.mkdir(parents=True, exist_ok=True)
            shutil.copy(blank, url.database)
            return Database(settings.sqlalchemy_url)
        return parts_module.open_database(settings)

    return start


@pytest.fixture
def make_parts(request, built, open_database, tmp_path):
    """Parts with a database and a bus of their own. script: what the engine hears; else the fields of Parts.

    articles: the knowledge base; None: what ships. The index is each test's own to change: what is opened beside the
    one that writes the folder keeps its changes in memory.
    """
    opened, indexes = [], []

    def make(script=None, database_url="", articles=None, index=None, **changes):
        settings = changes.pop("settings", Settings(data=tmp_path, database_url=database_url))
        database = open_database(settings)
        opened.append(database)
        kept = list(built.articles.values()) if articles is None else articles
        database.submit(lambda session: shipped.seed(session, kept, SEEDED)).result()
        if index is None:
            home = built.live.home.of(built.index.encoder) if articles is None else None
            index = Index.open(home, built.index.encoder)
            indexes.append(index)
        live = Live(database, index)
        if indexes:
            live.follow()
        fresh = {
            "settings": settings,
            "database": database,
            "bus": MemoryBus(),
            "recognizer": ScriptedRecognizer(script or {}),
            "live": live,
        }
        return replace(built, **{**fresh, **changes})

    yield make
    for index in indexes:
        index.close()
    for database in opened:
        database.close()


class Site:
    """A real server on a port of its own, and clients that are signed in to it."""

    def __init__(self, parts, app):
        self.parts, self._clients = parts, []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(app, log_level="critical", ws_max_size=1 << 20, lifespan="on")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})
        self._thread.start()

    def client(self, username="", password=SAMPLE_PASSWORD):
        """An HTTP client; signed in where a user is named."""
        # plain HTTP: reading whom to trust would take longer than signing in
        client = httpx2.Client(base_url=f"http://{self.address}", timeout=30, verify=False)
        self._clients.append(client)
        if username:
            client.post("/api/session", json={"username": username, "password": password}).raise_for_status()
        return client

    def socket(self, path, client=None, **options):
        """A WebSocket, with the client's cookies."""
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items()) if client else ""
        headers = {"Cookie": cookies} if cookies else {}
        return connect(f"ws://{self.address}/api/{path}", additional_headers=headers, proxy=None, **options)

    def close(self):
        """Stop it; calls under way are finished."""
        for client in self._clients:
            client.close()
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture
def serve():
    """Starts the application on given parts."""
    sites = []

    def start(parts):
        sites.append(Site(parts, create_app(parts.settings, parts)))
        return sites[-1]

    yield start
    for site in sites:
        site.close()


@pytest.fixture(name="free_port")
def a_free_port():
    """A port that nobody listens on."""
    return free_port()


@pytest.fixture
def start_redis(tmp_path):
    """Starts a Redis on a port; what is still running at the end is stopped."""
    with ExitStack() as stack:
        yield lambda port: stack.enter_context(redis_server(tmp_path, port))
