"""The schema of the database: brought to what this program needs when it starts, or back by command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.orm import Session

from ticket_core import words

STEPS = Path(__file__).parent / "migrations"
FIRST = "0001"
LOCK = 12346


class SchemaError(Exception):
    """The database cannot be used as it stands; nothing was changed. The message (Chinese) says what to do."""


def upgrade(engine: Engine) -> None:
    """Bring the database up to date, whole or not at all; others that start at the same time wait.

    engine: of a Database. What was made before there were migrations is taken over. Raises SchemaError where the
    database is newer than the program or is not ours.
    """
    with _alone(engine) as connection:
        config, found = _config(connection), current(connection)
        steps = ScriptDirectory.from_config(config)
        _check_known(steps, found)
        if found is None and inspect(connection).get_table_names():
            _take_over(config, connection)
        if found != steps.get_current_head():
            command.upgrade(config, "head")
        _index(connection)


def downgrade(engine: Engine, revision: str) -> None:
    """Bring the database back to an older version; what that cannot hold is lost. Raises SchemaError."""
    with _alone(engine) as connection:
        config = _config(connection)
        steps, found = ScriptDirectory.from_config(config), current(connection)
        _check_known(steps, found)
        older = [step.revision for step in steps.iterate_revisions(found, "base")]
        if revision not in older:
            raise SchemaError(
                f"数据库现在是版本 {found or '（空）'}，不能退回 {revision}；可以退回：{'、'.join(older[1:]) or '无'}"
            )
        if inspect(connection).has_table("ticket_words"):
            words.drop(connection)
        command.downgrade(config, revision)


def current(connection: Connection) -> str | None:
    """The version that a database stands at; None: it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(STEPS).replace("%", "%%"))
    return config


def _check_known(steps: ScriptDirectory, found: str | None) -> None:
    known = [step.revision for step in steps.walk_revisions()]
    if found is not None and found not in known:
        raise SchemaError(f"数据库的版本是 {found}，比本程序（{known[0]}）新；请改用新版程序启动，数据没有改动")


def _take_over(config: Config, connection: Connection) -> None:
    tables = inspect(connection)
    if not tables.has_table("journal") or "idempotency_key" not in {
        one["name"] for one in tables.get_columns("journal")
    }:
        raise SchemaError("这个数据库里有别的数据，不是本系统建立的；请在设置 COPILOT_DATABASE_URL 中换一个空数据库")
    command.stamp(config, FIRST)


def _index(connection: Connection) -> None:
    """The index can be computed anew, so it is no step: a step that changes what it holds drops it."""
    if not inspect(connection).has_table("ticket_words"):
        words.create(connection)
        with Session(connection) as session:
            words.reindex(session)
            session.commit()


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """One transaction, while nobody else changes the schema; SQLite may rebuild tables that others point to in it."""
    with engine.execution_options(writes=True).connect() as connection:
        if engine.dialect.name == "sqlite":
            with _loose(connection), connection.begin():
                yield connection
                _check_whole(connection)
        else:
            with connection.begin():
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
                yield connection


@contextmanager
def _loose(connection: Connection) -> Iterator[None]:
    """Without foreign keys, which SQLite can switch outside a transaction alone."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _check_whole(connection: Connection) -> None:
    if broken := connection.execute(text("PRAGMA foreign_key_check")).first():
        raise SchemaError(f"数据库表 {broken[0]} 中有记录指向不存在的 {broken[2]}；请先从备份恢复，数据没有改动")
