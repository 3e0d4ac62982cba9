"""Do what may block on a thread of its own, and bring the result back as a message."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from textual.message_pump import MessagePump

from qq2clone_tui.domain.errors import Qq2cloneError

from .messages import ErrandEnded

__all__ = ["PATIENCE_SECONDS", "Errands"]

PATIENCE_SECONDS = 0.5
"""What takes no longer than this is not worth a word."""

Result = TypeVar("Result")


class Errands:
    """Runs calls into the engine off the screen's thread.

    The threads are daemons: a call that hangs in the hypervisor must not keep the program from
    ending. Textual's own thread workers would, for Python waits for the threads of its pools.

    Args:
        target: gets an ``ErrandEnded`` for each errand, and hands it over by calling ``deliver``.
        failed: shown the error of an errand, on the screen's thread.
        changed: called when an errand has ended, and when one has begun to take long.
    """

    def __init__(
        self, target: MessagePump, failed: Callable[[Qq2cloneError], None], changed: Callable[[], None]
    ) -> None:
        self._target = target
        self._failed = failed
        self._changed = changed
        self.under_way: dict[int, tuple[str | Callable[[], str], float]] = {}
        self._next = 0

    @property
    def label(self) -> str:
        """Return what has been waited for longest, empty while nothing takes long enough to speak of."""
        now = time.monotonic()
        long = (label for label, began in self.under_way.values() if label and now - began >= PATIENCE_SECONDS)
        label = next(long, "")
        return label() if callable(label) else label

    def run(
        self,
        label: str | Callable[[], str],
        work: Callable[[], Result],
        then: Callable[[Result], None],
        *,
        failed: Callable[[Qq2cloneError], None] | None = None,
    ) -> None:
        """Do ``work`` on a thread and hand its result to ``then`` on the screen's thread.

        Args:
            label: what is shown while it lasts, or what tells that; empty to show nothing.
            work: may block, and may raise the errors of the domain.
            then: gets the result.
            failed: gets the error instead of the usual one.
        """
        self._next += 1
        number = self._next
        self.under_way[number] = (label, time.monotonic())
        if label:
            self._target.set_timer(PATIENCE_SECONDS * 1.1, self._changed)

        def end(act: Callable[[], None]) -> None:
            self.under_way.pop(number, None)
            self._changed()
            act()

        def run() -> None:
            act: Callable[[], None] = lambda: None  # noqa: E731 - what remains after an unexpected error
            try:
                result = work()
                act = lambda: then(result)  # noqa: E731
            except Qq2cloneError as error:
                trouble = error
                act = lambda: (failed or self._failed)(trouble)  # noqa: E731
            finally:
                self._target.post_message(ErrandEnded(lambda: end(act)))

        name = "errand" if callable(label) else f"errand {label}".strip()
        threading.Thread(target=run, name=name, daemon=True).start()
