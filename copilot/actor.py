"""The copilot as an actor of the journal."""

from datetime import UTC, datetime

from ticket_core.by import By
from ticket_core.vocabulary import Role


def copilot_now() -> By:
    """The copilot, now; it never conflicts with a person."""
    return By("copilot", Role.SYSTEM, datetime.now(UTC))
