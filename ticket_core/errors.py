"""The family of errors of this room; every message (Chinese) says what is possible."""


class TicketError(Exception):
    """A ticket cannot be handled as asked; nothing was changed."""


class IllegalMove(TicketError):
    """A move that the workflow table does not allow."""


class Conflict(TicketError):
    """Someone else changed the ticket in between."""
