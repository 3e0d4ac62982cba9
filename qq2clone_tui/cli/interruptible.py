"""Wait for work on another thread, so that Ctrl-C can end it in good order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from .narration import Narrator

__all__ = ["interruptible"]

_POLL_SECONDS = 0.05

Result = TypeVar("Result")


def interruptible(work: Callable[[], Result], stop: Callable[[], object], narrator: Narrator, word: str) -> Result:
    """Return the result of ``work``, done beside this thread.

    Args:
        work: what takes its time.
        stop: asks it to end early; called again and again after Ctrl-C, for it may not have begun at first.
        narrator: says ``word`` at the first Ctrl-C.
        word: one sentence.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="beside") as beside:
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
