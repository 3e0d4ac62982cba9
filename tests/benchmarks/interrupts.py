"""Turn the first Ctrl-C, or request to end, into an orderly end, and let nothing disturb that."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["INTERRUPTED", "interruptible"]

INTERRUPTED = 130
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interruptible(farewell: str = "") -> Iterator[None]:
    """Leave the block at the first signal, through its cleaning up, and then the process.

    Later signals are passed over: the terminal and a parent process may send one each.
    """
    heard: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        heard.append(number)
        if len(heard) == 1:
            raise KeyboardInterrupt

    for number in _SIGNALS:
        signal.signal(number, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        if farewell:
            print(farewell, file=sys.stderr)
        sys.exit(INTERRUPTED)
