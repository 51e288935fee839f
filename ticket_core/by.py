"""Who acts, as what, from where and when."""

from dataclasses import dataclass
from datetime import datetime

from ticket_core.vocabulary import Role


@dataclass(frozen=True, slots=True)
class By:
    """at: aware. department: of a department's staff. source: network address. seen: the ticket's version that a
    person saw when they acted; None for a machine, which never conflicts.
    """

    actor: str
    role: Role
    at: datetime
    department: str = ""
    source: str = ""
    seen: int | None = None
