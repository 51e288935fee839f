"""The journal is only appended to: the database itself refuses to change or delete an entry."""

from sqlalchemy import Connection

REFUSED = "办理记录只能追加，不能修改或删除"
SQLITE = (
    f"CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    f"CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
)
POSTGRESQL = (
    f"CREATE FUNCTION journal_shut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$",
    "CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON journal"
    " FOR EACH STATEMENT EXECUTE FUNCTION journal_shut()",
)
SQLITE_OPEN = ("DROP TRIGGER journal_no_update", "DROP TRIGGER journal_no_delete")
POSTGRESQL_OPEN = ("DROP TRIGGER journal_no_change ON journal", "DROP FUNCTION journal_shut()")


def shut(connection: Connection) -> None:
    """Refuse from now on."""
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)


def open_up(connection: Connection) -> None:
    """Refuse no longer."""
    for statement in SQLITE_OPEN if connection.dialect.name == "sqlite" else POSTGRESQL_OPEN:
        connection.exec_driver_sql(statement)
