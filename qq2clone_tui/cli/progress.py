"""Show how far a batch has got, on one line of the terminal that is written over and over."""

import contextlib
import sys
import threading
import time
from types import TracebackType
from typing import Self

from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.plan import Action

from .output import size

__all__ = ["Progress"]

_SILENT_SECONDS = 0.5
_BETWEEN_SECONDS = 0.1
_DOING = {
    Action.CLONE: "cloning",
    Action.START: "starting",
    Action.SHUTDOWN: "shutting down",
    Action.DESTROY: "forcing off",
    Action.SUSPEND: "suspending",
    Action.RESUME: "resuming",
    Action.SAVE: "saving",
    Action.SAVE_REMOVE: "deleting saved memory",
    Action.REMOVE: "removing",
    Action.WIPE: "wiping",
    Action.SHRED: "shredding",
    Action.RENAME: "renaming",
    Action.RESET: "resetting",
    Action.UPGRADE: "upgrading",
    Action.DETACH: "detaching",
    Action.CHECKPOINT: "making checkpoints",
    Action.REVERT: "going back",
    Action.CHECKPOINT_REMOVE: "deleting checkpoints",
}


class Progress:
    """Hears of every change of a ledger and draws ``cloning 34/200``; use it as a context manager.

    Args:
        shown: False to draw nothing: stderr is no terminal, or the user wants quiet.
    """

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._lock = threading.Lock()
        self._due = time.monotonic() + _SILENT_SECONDS
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._shown = False
            if self._width:
                self._draw("")

    def changed(self, ledger: Ledger) -> None:
        """Draw the line when it is due; called from the threads of a job."""
        if ledger.finished:
            return
        failed = ledger.count(EntryState.FAILED)
        done = ledger.count(EntryState.DONE) + failed + ledger.count(EntryState.SKIPPED)
        self.counted(_DOING[ledger.plan.action], done, len(ledger.entries), failed)

    def counted(self, doing: str, done: int, total: int, failed: int = 0) -> None:
        """Draw ``doing 3/5`` when that is due."""
        with self._lock:
            now = time.monotonic()
            if not self._shown or now < self._due:
                return
            self._due = now + _BETWEEN_SECONDS
            more = f", {failed} failed" if failed else ""
            self._draw(f"{doing} {done}/{total}{more}")

    def measured(self, doing: str, done: int, total: int) -> None:
        """Draw ``doing 1.2 GiB of 4.0 GiB``, for bytes, when that is due; without a total, ``doing`` alone."""
        with self._lock:
            now = time.monotonic()
            if not self._shown or now < self._due:
                return
            self._due = now + _BETWEEN_SECONDS
            self._draw(f"{doing} {size(done)} of {size(total)}" if total else doing)

    def _draw(self, text: str) -> None:
        # The threads of a job draw this: a terminal that went away must not fail the machine they are at.
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"\r{text.ljust(self._width)}" + ("" if text else "\r"))
            sys.stderr.flush()
        self._width = len(text)
