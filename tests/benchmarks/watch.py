"""Time things, and tell on standard error what is going on."""

import statistics
import sys
import time
from collections.abc import Callable, Sequence

__all__ = ["Seconds", "median", "say", "timed"]

Seconds = float


def timed(act: Callable[[], object]) -> Seconds:
    """Return how long ``act`` took, in seconds."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def median(values: Sequence[Seconds]) -> Seconds:
    """Return the middle one, which a hiccup of the host does not move."""
    return statistics.median(values)


def say(text: str) -> None:
    """Print a line of progress; standard output is kept for the table."""
    print(text, file=sys.stderr, flush=True)
