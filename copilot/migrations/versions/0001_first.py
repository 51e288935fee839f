"""The tables as they were before there were migrations. There is no way down from here."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create everything."""
    _tickets()
    _calls()
    _users()


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.String(16), nullable=False, unique=True),
        sa.Column("call_id", sa.String(64), index=True),
        _text("channel", 16),
        sa.Column("state", sa.String(20), nullable=False, index=True),
        _text("called_number", 32),
        sa.Column("calling_number", sa.String(32), nullable=False, index=True),
        _text("citizen_name", 50),
        _text("sex", 4),
        sa.Column("confidential", sa.Boolean, nullable=False),
        _text("callback_number", 32),
        _text("nature", 10),
        _text("matter1", 50),
        _text("matter2", 50),
        _text("title", 100),
        sa.Column("content", sa.Text, nullable=False),
        _text("happened_at", 100),
        _text("address", 200),
        _text("district", 50),
        _text("party_concerned", 100),
        _text("request", 500),
        _text("urgency", 10),
        _text("first_department", 100),
        sa.Column("department", sa.String(100), nullable=False, index=True),
        _text("basis", 500),
        sa.Column("dispatched_at", MOMENT),
        sa.Column("due_at", MOMENT),
        _text("rule_version", 50),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("cited", sa.JSON, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("evidence", sa.JSON, nullable=False),
        sa.Column("touched", sa.JSON, nullable=False),
        sa.Column("agent", sa.String(64), nullable=False, index=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ticket_id", sa.Integer, sa.ForeignKey("tickets.id"), nullable=False, index=True),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("ticket_version", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _text("actor", 64),
        _text("role", 20),
        _text("action", 20),
        _text("from_state", 20),
        _text("to_state", 20),
        _text("reason", 500),
        _text("rule_version", 50),
        sa.Column("idempotency_key", sa.String(100), unique=True),
        sa.Column("data", sa.JSON, nullable=False),
        _text("previous_hash", 64),
        _text("hash", 64),
        sa.UniqueConstraint("ticket_id", "seq"),
    )


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("agent", sa.String(64), nullable=False, index=True),
        sa.Column("number", sa.String(32), nullable=False, index=True),
        _text("called", 32),
        _text("source", 32),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        _text("title", 100),
        sa.Column("ticket", sa.Integer, sa.ForeignKey("tickets.id")),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
    )
    op.create_table(
        "events",
        sa.Column("call", sa.String(64), sa.ForeignKey("calls.id"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        _text("type", 16),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_table(
        "card_decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("call", sa.String(64), sa.ForeignKey("calls.id"), nullable=False, index=True),
        sa.Column("article", sa.String(64), nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        _text("decision", 16),
        _text("reason", 100),
        _text("agent", 64),
        sa.Column("at", MOMENT, nullable=False),
    )


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("username", sa.String(64), primary_key=True),
        _text("name", 64),
        _text("role", 32),
        _text("password", 200),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", MOMENT),
    )
    op.create_table(
        "sessions",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("username", sa.String(64), sa.ForeignKey("users.username"), nullable=False, index=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
    )
    op.create_table(
        "done_once",
        sa.Column("user", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(100), primary_key=True),
        _text("request", 64),
        sa.Column("answer", sa.JSON, nullable=False),
    )
