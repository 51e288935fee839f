"""Holds up an address that asks too often: that guesses passwords or codes, or floods the public form."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

ADDRESSES = 10_000


class Throttle:
    """most: within so many seconds, for one address; 0: never. clock: seconds, for tests with time of their own."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = 10, within: float = 60.0) -> None:
        self._clock, self._most, self._within = clock, most, within
        self._noted: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, address: str) -> int:
        """Seconds until this address may try again; 0: now."""
        noted = self._noted.get(address, deque())
        while noted and noted[0] <= self._clock() - self._within:
            noted.popleft()
        if len(noted) < self._most:
            return 0
        return int((noted[0] if noted else self._clock()) + self._within - self._clock()) + 1

    def note(self, address: str) -> None:
        """Note what counts against an address; the addresses seen longest ago are forgotten."""
        self._noted.setdefault(address, deque(maxlen=self._most)).append(self._clock())
        self._noted.move_to_end(address)
        if len(self._noted) > ADDRESSES:
            self._noted.popitem(last=False)
