"""Which desks are open: who can be rung, and which sockets a sign-out closes."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(eq=False)
class OpenDesk:
    """A desk's socket. session: key of the sign-in that it belongs to; closed: set when that is over."""

    agent: str
    role: str
    session: str
    closed: asyncio.Event = field(default_factory=asyncio.Event)


class Desks:
    """The open desks of this process, in the order in which they were opened."""

    def __init__(self) -> None:
        self._open: list[OpenDesk] = []

    @contextmanager
    def open(self, agent: str, role: str, session: str) -> Iterator[OpenDesk]:
        """Listed for as long as the socket is open."""
        desk = OpenDesk(agent, role, session)
        self._open.append(desk)
        try:
            yield desk
        finally:
            self._open.remove(desk)

    def agents(self) -> list[str]:
        """Agents with an open desk."""
        return list(dict.fromkeys(desk.agent for desk in self._open if desk.role == "agent"))

    def close(self, session: str) -> None:
        """The sign-in is over; so are its desks."""
        for desk in self._open:
            if desk.session == session:
                desk.closed.set()
