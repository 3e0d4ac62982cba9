"""Bring a broken connection back, again and again, until it holds or is no longer wanted."""

import logging
import threading
from typing import Any

from qq2clone_tui.domain.errors import ConnectionFailed, Qq2cloneError

from .binding import libvirt
from .connection import close_quietly, dial, is_alive
from .errors import reason
from .events import HostEvents
from .pool import ConnectionPool

__all__ = ["Link"]

FIRST_DELAY = 0.1
LONGEST_DELAY = 10.0

_log = logging.getLogger(__name__)


class Link:
    """One hypervisor's connections and events, kept alive.

    When the first connection breaks, every handle is dropped, calls raise ConnectionFailed at
    once, and a thread dials with growing pauses. Events are registered anew before the listeners
    hear that the connection is back, so that nothing happens unseen after their resynchronisation.

    Args:
        uri: what to dial.
        size: the most connections to hold.

    Raises:
        ConnectionFailed: the hypervisor cannot be reached.
    """

    def __init__(self, uri: str, size: int) -> None:
        self.uri = uri
        self.events = HostEvents()
        self.pool = ConnectionPool(lambda: dial(uri), self._dispose, self.lost, size)
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._mending = False
        self.pool.resume(self._open())

    def lost(self, connection: Any, why: str) -> None:
        """Hear that ``connection`` broke; called from any thread, never blocks."""
        with self._lock:
            if self._mending or self._closed.is_set() or connection is not self.pool.first:
                return
            self._mending = True
        _log.warning("lost the connection to %s: %s", self.uri, why)
        self.pool.suspend(f"{why}; reconnecting")
        self.events.lost(why)
        threading.Thread(target=self._mend, name="libvirt-reconnect", daemon=True).start()

    def close(self) -> None:
        """Let go of every connection and stop dialling; returns even when the hypervisor hangs."""
        self._closed.set()
        self.pool.close()

    def _mend(self) -> None:
        delay = FIRST_DELAY
        while not self._closed.wait(delay):
            try:
                connection = self._open()
            except Qq2cloneError as fault:
                _log.info("%s", fault)
                delay = min(LONGEST_DELAY, delay * 2)
                continue
            self._resume(connection)
            return

    def _resume(self, connection: Any) -> None:
        """Go on with a new connection, unless all was closed while it was dialled."""
        with self._lock:
            wanted = not self._closed.is_set()
            if wanted:
                self.pool.resume(connection)
                self._mending = False
        if not wanted:
            self._dispose(connection)
            return
        _log.info("connected to %s again", self.uri)
        self.events.restored()
        if not is_alive(connection):
            # Its end was announced before it was the first one, and went unheeded.
            self.lost(connection, "the connection failed")

    def _open(self) -> Any:
        connection = dial(self.uri)
        try:
            self.events.register(connection, self.lost)
        except libvirt.libvirtError as fault:
            self._dispose(connection)
            raise _unusable(self.uri, fault) from fault
        return connection

    def _dispose(self, connection: Any) -> None:
        self.events.unregister(connection)
        close_quietly(connection)


def _unusable(uri: str, fault: Any) -> Qq2cloneError:
    return ConnectionFailed("cannot hear events of the hypervisor", subject=uri, why=reason(fault))
