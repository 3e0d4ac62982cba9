"""Gather what has to be read again, from any thread, for one thread to work off."""

import threading
from dataclasses import dataclass

__all__ = ["Pending", "Work"]


@dataclass(frozen=True, slots=True)
class Work:
    """What had gathered when it was taken.

    Args:
        dirty: UUIDs of single domains to read.
        everything: True when all has to be read.
        lost: why the connection is down, None while it is up.
    """

    dirty: frozenset[str] = frozenset()
    everything: bool = False
    lost: str | None = None


class Pending:
    """A mailbox of marks: setting one never blocks, and many marks become one piece of work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._dirty: set[str] = set()
        self._everything = False
        self._lost: str | None = None

    def mark(self, uuid: str) -> None:
        """Ask for one domain to be read."""
        with self._lock:
            self._dirty.add(uuid)
        self._wake.set()

    def mark_all(self) -> None:
        """Ask for everything to be read; the connection is up."""
        with self._lock:
            self._everything = True
            self._lost = None
        self._wake.set()

    def mark_catalogue(self) -> None:
        """Ask for a look at the catalogue."""
        self._wake.set()

    def mark_lost(self, why: str) -> None:
        """Say that the connection is down."""
        with self._lock:
            self._lost = why
        self._wake.set()

    def put_back(self, work: Work) -> None:
        """Return work that could not be done; it is added to what has gathered since."""
        with self._lock:
            self._dirty |= work.dirty
            self._everything = self._everything or work.everything
        self._wake.set()

    def take(self) -> Work:
        """Return all that has gathered, and forget it; a lost connection stays lost."""
        with self._lock:
            work = Work(frozenset(self._dirty), self._everything, self._lost)
            if self._lost is None:
                self._dirty.clear()
                self._everything = False
            self._wake.clear()
        return work

    def wait(self, timeout_seconds: float, gather_seconds: float) -> bool:
        """Wait for a mark or the time-out, then gather a little longer; False once stopped."""
        if self._wake.wait(timeout_seconds):
            self._stopped.wait(gather_seconds)
        return not self._stopped.is_set()

    def pause(self, seconds: float) -> None:
        """Hold back after a failure, unless stopped."""
        self._stopped.wait(seconds)

    def stop(self) -> None:
        """Let ``wait`` return False for good."""
        self._stopped.set()
        self._wake.set()
