"""Run one check at a time off the screen's thread, and know how far it has got."""

import threading
from collections.abc import Callable

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.findings import CheckReport, CheckWish
from qq2clone_tui.engine.checking import Checking

from .errands import Errands

__all__ = ["CheckRun"]


class CheckRun:
    """A check that may be under way.

    Args:
        checking: what carries it out.
        errands: runs it on a thread of its own.
        told: called from that thread whenever it has got further.

    Attributes:
        under_way: whether there is one.
        progress: what is being done, and how many bytes of how many are done where that counts.
    """

    def __init__(self, checking: Checking, errands: Errands, told: Callable[[], object]) -> None:
        self._checking = checking
        self._errands = errands
        self._told = told
        self._stop = threading.Event()
        self.under_way = False
        self.progress = ("", 0, 0)

    def begin(
        self, wish: CheckWish, then: Callable[[CheckReport], None], failed: Callable[[Qq2cloneError], None]
    ) -> None:
        """Begin a check; ``then`` or ``failed`` is called on the screen's thread when it has ended."""
        stop = self._stop = threading.Event()
        self.under_way, self.progress = True, ("beginning", 0, 0)

        def ended(report: CheckReport) -> None:
            self.under_way = False
            then(report)

        def broken(error: Qq2cloneError) -> None:
            self.under_way = False
            failed(error)

        self._errands.run("", lambda: self._checking.run(wish, self._hear, stop.is_set), ended, failed=broken)

    def stop(self) -> None:
        """Let it end early; what it has found until then is handed over."""
        self._stop.set()

    def _hear(self, doing: str, done: int, total: int) -> None:
        self.progress = (doing, done, total)
        self._told()
