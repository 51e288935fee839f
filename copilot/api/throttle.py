"""Holds up an address that keeps guessing passwords."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

FAILURES, WITHIN = 10, 60.0
ADDRESSES = 10_000


class Throttle:
    """Ten wrong sign-ins a minute for one address. clock: seconds, for tests with time of their own."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, address: str) -> int:
        """Seconds until this address may try again; 0: now."""
        failures = self._failures.get(address, deque())
        while failures and failures[0] <= self._clock() - WITHIN:
            failures.popleft()
        return int(failures[0] + WITHIN - self._clock()) + 1 if len(failures) >= FAILURES else 0

    def failed(self, address: str) -> None:
        """Note a wrong sign-in; the addresses seen longest ago are forgotten."""
        self._failures.setdefault(address, deque(maxlen=FAILURES)).append(self._clock())
        self._failures.move_to_end(address)
        if len(self._failures) > ADDRESSES:
            self._failures.popitem(last=False)
