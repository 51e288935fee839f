"""What is done to the live index while the product runs: settings in force, audits, another encoder, whole bases."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.orm import Session

from copilot.configuration import Configured
from copilot.configuration.versions import local_date
from copilot.database import Database
from copilot.knowledge import audit, bundle, swap
from copilot.knowledge.jobs import Jobs, Progress
from copilot.knowledge.live import Live
from copilot.settings import Settings
from kb_index.encoders import registry, reranking
from kb_index.encoders.base import Encoder

AGAIN = 60.0  # seconds until a model that could not be had is tried once more


class Place(Protocol):
    """Of the parts, those that the index is looked after with."""

    @property
    def settings(self) -> Settings: ...

    @property
    def database(self) -> Database: ...

    @property
    def live(self) -> Live: ...

    @property
    def configured(self) -> Configured: ...


class Upkeep:
    """Puts into force what is published for one server's index. clock: seconds, for tests with time of their own."""

    def __init__(self, parts: Place, jobs: Jobs, clock: Callable[[], float] = time.monotonic) -> None:
        self._parts, self._jobs, self._clock = parts, jobs, clock
        self._tried: dict[str, tuple[str, float]] = {}

    async def look(self) -> None:
        """Hand new synonyms over; begin to use the models that are configured, where they are others."""
        wanted = await asyncio.to_thread(self._tune)
        for kind, change in CHANGES.items():
            name = wanted.get(kind)
            last, at = self._tried.get(kind, (None, 0.0))
            if name is None or self._jobs.running or (name == last and self._clock() < at + AGAIN):
                continue
            self._tried[kind] = name, self._clock()
            self._jobs.start(kind, partial(change, self._parts, name))

    def _tune(self) -> dict[str, str]:
        """The models that are to be used from now on and are not yet, by kind of work."""
        now, live = datetime.now(UTC), self._parts.live
        synonyms = self._parts.configured.synonyms(now)
        if live.index.synonyms is not synonyms:
            live.index.synonyms = synonyms
        others = {}
        encoder = chosen(self._parts.settings, self._parts.configured, now)
        if encoder != live.encoder or live.index.encoder.notice:
            others["encoder"] = encoder
        reranker = second(self._parts.settings, self._parts.configured, now)
        if reranker != live.reranker:
            others["reranker"] = reranker
        return others


def change_encoder(parts: Place, name: str, progress: Progress) -> dict[str, Any]:
    """Rebuild beside the live index with another encoder, and swap. Raises KnowledgeError."""
    changed = swap.change(parts.live, parts.database, made(parts.settings, name), progress)
    parts.live.encoder = name
    return asdict(changed)


def change_reranker(parts: Place, name: str, progress: Progress) -> dict[str, Any]:
    """Look at the best hits with another model from now on, or with none. Raises KnowledgeError."""
    settings, live = parts.settings, parts.live
    live.index.reranker = reranking.create(name, settings.encoder_key, settings.encoder_seconds)
    live.reranker = name
    return {"reranker": name}


CHANGES: dict[str, Callable[[Place, str, Progress], dict[str, Any]]] = {
    "encoder": change_encoder,
    "reranker": change_reranker,
}


def audit_live(parts: Place, repair: bool, progress: Progress) -> dict[str, Any]:
    """Compare the live index with the database, repair where asked to, keep the report, and tidy up."""
    database, live, at = parts.database, parts.live, datetime.now(UTC)
    live.follow()
    report = audit.compare(database, live.index, progress)
    if repair and report.faults:
        report = audit.repair(database, live.index, report, at, progress, live.settled)
    row = database.submit(lambda session: audit.keep(session, report, at)).result()
    live.index.tidy()
    return {"audit": row.id, "faults": len(report.faults), "left": report.left}


def night(parts: Place, at: datetime) -> date:
    """The day whose audit was to be done last: until the hour of the audit it is yesterday's."""
    hour = parts.configured.search(at).audit_hour
    return local_date(at - timedelta(hours=hour))


def load(parts: Place, path: Path, progress: Progress) -> dict[str, Any]:
    """Fill the empty base from a file, which is removed, and let the index follow."""
    try:
        rows = parts.database.submit(lambda session: bundle.load(session, path, progress)).result()
    finally:
        path.unlink(missing_ok=True)
    parts.live.follow()
    return {"rows": rows}


def chosen(settings: Settings, configured: Configured, at: datetime) -> str:
    """The name of the encoder to use: what was published, else what the settings say."""
    return configured.search(at).encoder or settings.encoder


def second(settings: Settings, configured: Configured, at: datetime) -> str:
    """The name of the reranker to use, as `chosen`; empty: none."""
    return configured.search(at).reranker or settings.reranker


def made(settings: Settings, name: str) -> Encoder:
    """An encoder by its name, with the key of the settings."""
    return registry.create(name, settings.encoder_key, settings.encoder_seconds)


def export(database: Database, path: Path, progress: Progress = lambda done, total: None) -> int:
    """Write the whole base, as it stands at one moment; how many rows."""
    with Session(database.engine) as session:
        if session.get_bind().dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return bundle.export(session, path, progress)
