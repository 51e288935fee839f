"""Waiting for what a server does behind its answer: looked for a few times a second, as a page does."""

import time

AGAIN = 0.05  # seconds between two looks: they must not take the time of what is waited for


def eventually(look, seconds=60):
    """What `look` finds, once it finds something; what it found last where that never comes."""
    until = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < until:
        time.sleep(AGAIN)
    return found
