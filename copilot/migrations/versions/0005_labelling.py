"""Labelling: items, labels, data sets that the database refuses to change."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

REFUSED = "数据集只能新增版本，不能修改或删除"
SHUT = {
    "sqlite": (
        f"CREATE TRIGGER label_datasets_no_update BEFORE UPDATE ON label_datasets"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
        f"CREATE TRIGGER label_datasets_no_delete BEFORE DELETE ON label_datasets"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    ),
    "postgresql": (
        f"CREATE FUNCTION label_datasets_shut() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$",
        "CREATE TRIGGER label_datasets_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON label_datasets"
        " FOR EACH STATEMENT EXECUTE FUNCTION label_datasets_shut()",
    ),
}
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "label_items",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("queue", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("priority", sa.Float, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("origin", sa.JSON, nullable=False),
        sa.Column("call", sa.String(64), nullable=False),
        sa.Column("ticket", sa.Integer),
        sa.Column("citizen", sa.String(64), nullable=False),
        sa.Column("article", sa.String(64), nullable=False),
        sa.Column("sampling", sa.String(16), nullable=False),
        sa.Column("settled", sa.JSON),
        sa.Column("settled_by", sa.String(64), nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.UniqueConstraint("queue", "subject"),
        sa.Index("ix_label_items_open", "queue", "state", "priority", "id"),
        sa.Index("ix_label_items_article", "article"),
    )
    op.create_table(
        "labels",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("item", sa.Integer, sa.ForeignKey("label_items.id"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("annotator", sa.String(64), nullable=False),
        sa.Column("assigned", sa.Boolean, nullable=False),
        sa.Column("leased_at", MOMENT),
        sa.Column("leased_until", MOMENT),
        sa.Column("at", MOMENT),
        sa.Column("judged", sa.String(200), nullable=False),
        sa.Column("value", sa.JSON),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.UniqueConstraint("item", "annotator"),
        sa.UniqueConstraint("item", "place"),
        sa.Index("ix_labels_annotator", "annotator", "at"),
    )
    op.create_table(
        "label_datasets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("manifest", sa.JSON, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.UniqueConstraint("kind", "version"),
    )
    op.create_table(
        "label_splits",
        sa.Column("item", sa.Integer, sa.ForeignKey("label_items.id"), primary_key=True),
        sa.Column("split", sa.String(8), nullable=False),
    )
    op.create_table(
        "label_marks",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.String(200), nullable=False),
    )
    for statement in SHUT[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    for table in ("label_marks", "label_splits", "label_datasets", "labels", "label_items"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION label_datasets_shut()")
