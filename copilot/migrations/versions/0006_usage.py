"""How the knowledge base is used: questions, said citations, gaps, recalls."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables."""


def downgrade() -> None:
    """Drop them."""
