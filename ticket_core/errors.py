"""The family of errors of this room; every message (Chinese) says what is possible."""


class TicketError(Exception):
    """A ticket cannot be handled as asked; nothing was changed."""


class IllegalMove(TicketError):
    """A move that the workflow table does not allow."""


class Conflict(TicketError):
    """Someone else changed the ticket in between. actor: who, where it is known; whoever knows names may put one in."""

    def __init__(self, said: str, actor: str = "") -> None:
        super().__init__(said)
        self.actor = actor

    def __str__(self) -> str:
        return f"{self.actor} {self.args[0]}" if self.actor else str(self.args[0])
