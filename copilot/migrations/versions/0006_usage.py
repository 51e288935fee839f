"""How the knowledge base is used: questions, said citations, gaps, recalls."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def _moment(name: str, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Create the tables; calls that are over already are looked through when the product starts."""
    op.create_table(
        "kb_call_use",
        sa.Column("call", sa.String(64), sa.ForeignKey("calls.id"), primary_key=True),
        _moment("began_at"),
        _moment("looked_at"),
        sa.Column("cards", sa.Integer, nullable=False),
        sa.Column("heard", sa.Integer, nullable=False),
    )
    op.create_table(
        "kb_said",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("call", sa.String(64), sa.ForeignKey("calls.id"), nullable=False),
        sa.Column("article", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("slice", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("sentence", sa.String(1000), nullable=False),
        sa.Column("utterance", sa.String(32), nullable=False),
        sa.Column("quote", sa.String(1000), nullable=False),
        sa.Column("share", sa.Float, nullable=False),
        _moment("at"),
        sa.UniqueConstraint("call", "article", "version", "slice", "place"),
    )
    op.create_table(
        "kb_cited",
        sa.Column("ticket", sa.Integer, sa.ForeignKey("tickets.id"), primary_key=True),
        sa.Column("article", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        _moment("at"),
        sa.Index("ix_kb_cited_article", "article", "at"),
    )
    op.create_table(
        "kb_followed",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("entry", sa.Integer, nullable=False),
    )
    op.create_table(
        "kb_gaps",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("department", sa.String(100), nullable=False),
        sa.Column("basis", sa.String(500), nullable=False),
        _moment("opened_at"),
        _moment("due_at"),
        sa.Column("assigned_by", sa.String(64), nullable=False),
        _moment("assigned_at", True),
        sa.Column("article", sa.String(64), nullable=False),
        _moment("linked_at", True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("closed_by", sa.String(64), nullable=False),
        _moment("closed_at", True),
        sa.Index("ix_kb_gaps_state", "state", "due_at"),
    )
    op.create_table(
        "kb_asked",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("call", sa.String(64), sa.ForeignKey("calls.id"), unique=True),
        sa.Column("ticket", sa.Integer, sa.ForeignKey("tickets.id"), unique=True),
        _moment("at"),
        sa.Column("gap", sa.Integer, sa.ForeignKey("kb_gaps.id")),
        sa.Index("ix_kb_asked_gap", "gap", "at"),
    )
    op.create_table(
        "kb_recalls",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("article", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("entry", sa.Integer, sa.ForeignKey("kb_journal.id"), nullable=False, unique=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("opened_by", sa.String(64), nullable=False),
        _moment("opened_at"),
    )
    op.create_table(
        "kb_recall_items",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("recall", sa.Integer, sa.ForeignKey("kb_recalls.id"), nullable=False),
        sa.Column("call", sa.String(64), sa.ForeignKey("calls.id")),
        sa.Column("ticket", sa.Integer, sa.ForeignKey("tickets.id")),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("how", sa.JSON, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        _moment("told_at"),
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.JSON, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("done_by", sa.String(64), nullable=False),
        _moment("done_at", True),
        sa.Index("ix_kb_recall_items_state", "recall", "state"),
    )
    for table, columns in {
        "kb_call_use": ("began_at",),
        "kb_said": ("article", "at"),
        "kb_gaps": ("department", "article"),
        "kb_asked": ("at",),
        "kb_recalls": ("article",),
        "kb_recall_items": ("call", "ticket"),
    }.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    """Drop them."""
    for table in (
        "kb_recall_items",
        "kb_recalls",
        "kb_asked",
        "kb_gaps",
        "kb_followed",
        "kb_cited",
        "kb_said",
        "kb_call_use",
    ):
        op.drop_table(table)
