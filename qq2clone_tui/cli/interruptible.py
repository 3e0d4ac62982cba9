"""Wait for work on another thread, so that Ctrl-C, and being told to end, can end it in good order."""

import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

from .narration import Narrator

__all__ = ["interruptible"]

_POLL_SECONDS = 0.05

Result = TypeVar("Result")


def interruptible(work: Callable[[], Result], stop: Callable[[], object], narrator: Narrator, word: str) -> Result:
    """Return the result of ``work``, done beside this thread.

    Args:
        work: what takes its time.
        stop: asks it to end early; called again and again after Ctrl-C, SIGTERM or SIGHUP, for it may not have
            begun at first.
        narrator: says ``word`` at the first Ctrl-C.
        word: one sentence.
    """
    with _told_to_end(), ThreadPoolExecutor(1, thread_name_prefix="beside") as beside:
        running = beside.submit(work)
        stopping = False
        while not running.done():
            try:
                # Never without a time-out: the kernel may hand the signal to another thread, and
                # Python raises KeyboardInterrupt only when this one wakes.
                wait([running], timeout=_POLL_SECONDS)
            except KeyboardInterrupt:
                if not stopping:
                    narrator.note(word)
                stopping = True
            if stopping:
                stop()
        return running.result()


@contextmanager
def _told_to_end() -> Iterator[None]:
    """Take SIGTERM and SIGHUP for Ctrl-C: what was started in sessions of its own would outlive us."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        for number in numbers:
            if before[number] is signal.SIG_DFL:  # nohup ignores SIGHUP, and means it
                signal.signal(number, _interrupt)
        yield
    finally:
        for number in numbers:
            if before[number] is signal.SIG_DFL:
                signal.signal(number, signal.SIG_DFL)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
