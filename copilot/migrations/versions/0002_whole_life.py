"""The whole life of a ticket: its clocks, relations, timers and files; one journal chain that is only appended to."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from copilot.migrations import chain_0002, shut_0002

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
WAITING = ("dispatched", "in_progress", "return_requested")
TEXTS = {
    "state_before": 20,
    "matter3": 50,
    "coordinates": 50,
    "grid": 50,
    "party_code": 18,
    "route": 500,
    "emergency": 3,
    "result": 10,
    "first_satisfaction": 10,
    "satisfaction": 10,
    "archive_hash": 64,
    "provincial_number": 40,
    "police_number": 40,
}
COUNTS = ("returns", "redispatches", "extensions", "asked_days", "urges", "supervision", "reworks")
LISTS = ("tags", "sensitive", "assisting", "returned_by", "callbacks")
MOMENTS = (
    "sign_due_at",
    "signed_at",
    "contact_due_at",
    "contacted_at",
    "return_due_at",
    "due_amber_at",
    "paused_at",
    "review_at",
    "report_due_at",
    "report_sent_at",
    "replied_at",
    "callback_due_at",
    "closed_at",
)
# column -> its type and what the tickets of before have in it
FILLED: dict[str, tuple[sa.types.TypeEngine[Any], object]] = {
    **{name: (sa.String(length), "") for name, length in TEXTS.items()},
    **{name: (sa.Integer(), 0) for name in COUNTS},
    **{name: (sa.JSON(), []) for name in LISTS},
    "opinions": (sa.JSON(), {}),
    "citizen_kind": (sa.String(10), "个人"),
    "wants_callback": (sa.Boolean(), True),
    "locked": (sa.Boolean(), False),
    "plan": (sa.Text(), ""),
    "reply": (sa.Text(), ""),
    "step_due_at": (MOMENT, NEVER),
    "step_amber_at": (MOMENT, NEVER),
}
EMPTY: dict[str, sa.types.TypeEngine[Any]] = {
    **dict.fromkeys(MOMENTS, MOMENT),
    "quality_score": sa.Float(),
    "merged_into": sa.Integer(),
    "linked_to": sa.Integer(),
}
OF_USERS: dict[str, tuple[sa.types.TypeEngine[Any], object]] = {
    "department": (sa.String(100), ""),
    "team": (sa.String(64), ""),
    "active": (sa.Boolean(), True),
    "temporary": (sa.Boolean(), False),
}
INDEXES = {
    "ix_tickets_state_step": ["state", "step_due_at", "id"],
    "ix_tickets_state_new": ["state", "id"],
    "ix_tickets_state_updated": ["state", "updated_at", "id"],
    "ix_tickets_state_urgency": ["state", "urgency", "step_due_at", "id"],
    "ix_tickets_department_step": ["department", "state", "step_due_at", "id"],
    "ix_tickets_agent_new": ["agent", "id"],
    "ix_tickets_matter_new": ["matter2", "created_at"],
    "ix_tickets_callback_number": ["callback_number"],
    "ix_tickets_merged_into": ["merged_into"],
    "ix_tickets_linked_to": ["linked_to"],
}
OLD_INDEXES = {"ix_tickets_state": ["state"], "ix_tickets_department": ["department"], "ix_tickets_agent": ["agent"]}
RELATIONS = ("merged_into", "linked_to")
# moment of a ticket -> the old journal's entry that tells it
TOLD = {"signed_at": ("action", "sign"), "replied_at": ("action", "reply"), "closed_at": ("to_state", "closed")}


def upgrade() -> None:
    """Add what is new, fill it, and write the journal as one chain."""
    _widen_tickets()
    _date_tickets()
    _timers_and_files()
    _users_and_settings()
    chain_0002.join()
    shut_0002.shut(op.get_bind())


def downgrade() -> None:
    """Back to a chain per ticket; what the old tables cannot hold stands in the journal's `data` alone."""
    shut_0002.open_up(op.get_bind())
    chain_0002.split()
    for table in ("saved_views", "configurations", "attachments", "timers"):
        op.drop_table(table)
    _narrow_users()
    _narrow_tickets()


def _widen_tickets() -> None:
    for name, (kind, _) in FILLED.items():
        op.add_column("tickets", sa.Column(name, kind))
    for name, kind in EMPTY.items():
        op.add_column("tickets", sa.Column(name, kind))
    columns = [sa.column(name, kind) for name, (kind, _) in FILLED.items()]
    op.execute(sa.table("tickets", *columns).update().values({name: value for name, (_, value) in FILLED.items()}))
    for index in OLD_INDEXES:
        op.drop_index(index, "tickets")
    with op.batch_alter_table("tickets") as tickets:
        for name in FILLED:
            tickets.alter_column(name, nullable=False)
        tickets.alter_column("calling_number", type_=sa.String(254), existing_type=sa.String(32))  # an e-mail address
        for name in RELATIONS:
            tickets.create_foreign_key(f"tickets_{name}_fkey", "tickets", [name], ["id"])
    for index, names in INDEXES.items():
        op.create_index(index, "tickets", names)


def _date_tickets() -> None:
    """What the old journal tells of the new columns."""
    names = [sa.column(name, MOMENT) for name in ("due_at", "step_due_at", "step_amber_at", *TOLD)]
    tickets = sa.table("tickets", sa.column("id"), sa.column("state"), sa.column("returns"), *names)
    journal = sa.table("journal", *(sa.column(name) for name in ("ticket_id", "action", "to_state", "at")))
    mine = journal.c.ticket_id == tickets.c.id
    for name, (column, value) in TOLD.items():
        moment = sa.select(sa.func.max(journal.c.at)).where(mine, journal.c[column] == value)
        op.execute(tickets.update().values({name: moment.scalar_subquery()}))
    returned = sa.select(sa.func.count()).select_from(journal).where(mine, journal.c.action == "accept_return")
    op.execute(tickets.update().values(returns=returned.scalar_subquery()))
    waiting = tickets.c.state.in_(WAITING) & tickets.c.due_at.is_not(None)
    op.execute(tickets.update().where(waiting).values(step_due_at=tickets.c.due_at, step_amber_at=tickets.c.due_at))


def _timers_and_files() -> None:
    op.create_table(
        "timers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ticket_id", sa.Integer, sa.ForeignKey("tickets.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Index("ix_timers_open", "done_at", "at"),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ticket_id", sa.Integer, sa.ForeignKey("tickets.id"), nullable=False, index=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )


def _users_and_settings() -> None:
    for name, (kind, _) in OF_USERS.items():
        op.add_column("users", sa.Column(name, kind))
    op.add_column("users", sa.Column("changes_at", MOMENT))
    columns = [sa.column(name, kind) for name, (kind, _) in OF_USERS.items()]
    op.execute(sa.table("users", *columns).update().values({name: value for name, (_, value) in OF_USERS.items()}))
    with op.batch_alter_table("users") as users:
        for name in OF_USERS:
            users.alter_column(name, nullable=False)
    for name in ("department", "team"):
        op.create_index(f"ix_users_{name}", "users", [name])
    op.create_table(
        "configurations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("effective_from", sa.Date, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("undoes", sa.Integer),
        sa.UniqueConstraint("kind", "version"),
        sa.Index("ix_configurations_effective", "kind", "effective_from", "version"),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user", sa.String(64), sa.ForeignKey("users.username"), nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("query", sa.JSON, nullable=False),
        sa.UniqueConstraint("user", "name"),
    )


def _narrow_users() -> None:
    for name in ("department", "team"):
        op.drop_index(f"ix_users_{name}", "users")
    with op.batch_alter_table("users") as users:
        for name in (*OF_USERS, "changes_at"):
            users.drop_column(name)


def _narrow_tickets() -> None:
    for index in INDEXES:
        op.drop_index(index, "tickets")
    states = sa.table("tickets", sa.column("state"))
    for state, older in chain_0002.STATES.items():
        op.execute(states.update().where(states.c.state == state).values(state=older))
    with op.batch_alter_table("tickets") as tickets:
        for name in RELATIONS:
            tickets.drop_constraint(f"tickets_{name}_fkey", type_="foreignkey")
        for name in (*FILLED, *EMPTY):
            tickets.drop_column(name)
        tickets.alter_column(
            "calling_number",
            type_=sa.String(32),
            existing_type=sa.String(254),
            postgresql_using="left(calling_number, 32)",
        )
    for index, names in OLD_INDEXES.items():
        op.create_index(index, "tickets", names)
