"""The base from the command line: an audit of whatever index there is, and import; beside a server or without."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from copilot.database import Database
from copilot.knowledge import audit, bundle, finding, follow, live
from copilot.knowledge.audit import Progress, Report
from copilot.knowledge.live import Home
from copilot.settings import Settings
from kb_index.article import KnowledgeError
from kb_index.encoders.base import Encoder, folder_name
from kb_index.search.index import Index

PATIENCE = 60.0  # seconds for a running server to follow the journal
AGAIN = 0.2


def check(settings: Settings, database: Database, encoder: Encoder, repair: bool, progress: Progress) -> list[Report]:
    """Audit the index of every server that runs here, or else the one that the next will start with; reports kept.

    A running server's index is read from its files; it repairs itself as it follows the journal.
    """
    folders = [folder / folder_name(encoder.name) for folder in live.in_use(settings)]
    reports = [_running(database, partial(_opened, folder, encoder), repair, progress) for folder in folders]
    return reports or [_resting(settings, database, encoder, repair, progress)]


def load(database: Database, path: Path, progress: Progress) -> int:
    """Fill the empty base from a file; how many rows."""
    return database.submit(lambda session: bundle.load(session, path, progress)).result()


def _running(database: Database, opened: Callable[[], Index], repair: bool, progress: Progress) -> Report:
    def settled() -> Index:
        head, until = database.read_now(finding.head), time.monotonic() + PATIENCE
        while (index := opened()).position < head:
            if time.monotonic() > until:
                raise KnowledgeError("正在运行的服务没有跟上数据库，请查看服务日志，或重新启动服务后再校验")
            time.sleep(AGAIN)
        return index

    return _done(database, settled(), repair, progress, settled)


def _resting(settings: Settings, database: Database, encoder: Encoder, repair: bool, progress: Progress) -> Report:
    home = Home(settings)
    try:
        index = Index.open(home.of(encoder), encoder)
        if index.position:
            follow.catch_up(database, index)
        else:  # nothing is kept there, or it is broken: the next server would build it anew, so it is done here
            follow.reconcile(database, index, progress)
        report = _done(database, index, repair, progress, None)
        index.close()
    finally:
        home.leave()
    return report


def _done(
    database: Database, index: Index, repair: bool, progress: Progress, settled: Callable[[], Index] | None
) -> Report:
    at = datetime.now(UTC)
    report = audit.compare(database, index, progress)
    if repair and report.faults:
        report = audit.repair(database, index, report, at, progress, settled)
    database.submit(lambda session: audit.keep(session, report, at)).result()
    return report


def _opened(folder: Path, encoder: Encoder) -> Index:
    """A running server's index as it is on the disk; while it writes, a file that was there may just be gone."""
    index = Index.open(folder, encoder)
    index.close()
    return index
