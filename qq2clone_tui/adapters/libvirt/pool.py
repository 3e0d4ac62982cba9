"""Share a few connections among many threads.

libvirtd serves five calls at a time for each connection, and some calls take seconds. Batches
are spread over several connections; the first one is kept light, for reading and for events.

Source: ``max_client_requests`` in libvirtd.conf(5)
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from qq2clone_tui.domain.errors import ConnectionFailed, Qq2cloneError

from .binding import libvirt
from .connection import is_alive

__all__ = ["ConnectionPool"]

BUSY = 2
"""Calls under way on the least busy connection at which another one is worth opening."""

RESERVED = 3
"""Calls that batches leave free on the first connection."""

OPENING_SECONDS = 1.0
"""How long a batch call waits for connections being opened before it makes do with those there are."""

CLOSE_SECONDS = 2.0
"""How long ``close`` waits for connections to say goodbye."""

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Handle:
    connection: Any
    leases: int = 0
    retired: bool = False


class ConnectionPool:
    """Up to ``size`` connections to one hypervisor; the first carries events and is always there.

    Args:
        dial: opens a further connection; raises errors of the domain.
        dispose: closes a connection for good; may block.
        broken: told of a connection whose call failed and that proved dead, when it is the first.
        size: the most connections to hold, at least 1.
    """

    def __init__(
        self,
        dial: Callable[[], Any],
        dispose: Callable[[Any], None],
        broken: Callable[[Any, str], None],
        size: int,
    ) -> None:
        self._dial = dial
        self._dispose = dispose
        self._broken = broken
        self._size = max(1, size)
        self._lock = threading.Lock()
        self._opened = threading.Condition(self._lock)
        self._handles: list[_Handle] = []
        self._opening = 0
        self._down = "it is not open"
        self._closers: list[threading.Thread] = []

    @property
    def first(self) -> Any:
        """Return the connection that carries the events, None while there is none."""
        with self._lock:
            return self._handles[0].connection if self._handles else None

    def resume(self, connection: Any) -> None:
        """Begin, or begin again, with ``connection`` as the first."""
        with self._lock:
            self._handles = [_Handle(connection)]
            self._down = ""

    def suspend(self, why: str) -> None:
        """Let go of every connection; calls fail at once until ``resume``. Never blocks."""
        with self._lock:
            handles, self._handles = self._handles, []
            self._down = why or "it is closed"
            self._opened.notify_all()
            idle = [handle for handle in handles if handle.leases == 0]
            for handle in handles:
                handle.retired = True
        for handle in idle:
            self._dismiss(handle)

    def close(self) -> None:
        """Let go of every connection and wait a little, but never for a call that hangs."""
        self.suspend("it is closed")
        deadline = time.monotonic() + CLOSE_SECONDS
        with self._lock:
            closers = list(self._closers)
        for closer in closers:
            closer.join(max(0.0, deadline - time.monotonic()))
            if closer.is_alive():
                _log.warning("a connection did not close in time and is left behind")

    @contextmanager
    def lease(self, *, batch: bool = False) -> Iterator[Any]:
        """Lend the least busy connection for the length of the block.

        Args:
            batch: the calls may take long; keep them off the first connection while others have room.

        Raises:
            ConnectionFailed: there is no connection at present.
        """
        handle = self._take(batch)
        if batch and not is_alive(handle.connection):
            self._inspect(handle, "the connection broke")
            self._give_back(handle)
            handle = self._take(batch)
        try:
            yield handle.connection
        except libvirt.libvirtError as fault:
            self._inspect(handle, str(fault))
            raise
        finally:
            self._give_back(handle)

    def _take(self, batch: bool) -> _Handle:
        with self._lock:
            handle = self._least_busy(batch)
            if not batch or handle.leases < BUSY or len(self._handles) + self._opening >= self._size:
                return self._taken(batch)
            self._opening += 1
        self._grow()
        with self._lock:
            return self._taken(batch)

    def _taken(self, batch: bool) -> _Handle:
        """Count a call on the best connection; while others are being opened, wait for them a little."""

        def room() -> bool:
            return not batch or self._opening == 0 or self._least_busy(batch).leases < BUSY

        self._opened.wait_for(room, OPENING_SECONDS)
        handle = self._least_busy(batch)
        handle.leases += 1
        return handle

    def _least_busy(self, batch: bool) -> _Handle:
        if not self._handles:
            raise ConnectionFailed("there is no connection to the hypervisor", why=self._down)
        if not batch:
            return self._handles[0]
        first = self._handles[0]
        return min(self._handles, key=lambda handle: handle.leases + (RESERVED if handle is first else 0))

    def _grow(self) -> None:
        fresh: _Handle | None = None
        try:
            fresh = _Handle(self._dial())
        except Qq2cloneError as fault:
            _log.warning("no further connection: %s", fault)
        with self._lock:
            self._opening -= 1
            self._opened.notify_all()
            if fresh and self._handles:
                self._handles.append(fresh)
                return
        if fresh:
            self._dismiss(fresh)

    def _inspect(self, handle: _Handle, why: str) -> None:
        """Throw out a connection that a failed call shows to be dead."""
        if is_alive(handle.connection):
            return
        with self._lock:
            first = bool(self._handles) and handle is self._handles[0]
            if handle in self._handles and not first:
                self._handles.remove(handle)
                handle.retired = True
        if first:
            self._broken(handle.connection, why)

    def _give_back(self, handle: _Handle) -> None:
        with self._lock:
            handle.leases -= 1
            over = handle.retired and handle.leases == 0
        if over:
            self._dismiss(handle)

    def _dismiss(self, handle: _Handle) -> None:
        # On a thread of its own: saying goodbye to a daemon that hangs takes for ever. Only a
        # connection without calls is closed, since libvirt frees it under those still running.
        closer = threading.Thread(target=self._dispose, args=(handle.connection,), name="libvirt-closer", daemon=True)
        with self._lock:
            self._closers = [*(thread for thread in self._closers if thread.is_alive()), closer]
            closer.start()
