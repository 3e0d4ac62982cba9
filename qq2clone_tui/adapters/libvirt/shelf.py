"""Keep the connection to an embedded hypervisor between two uses.

libvirt enters its QEMU driver into a table of limited length at every opening of an embedded
hypervisor, and never takes it out again: the seventeenth or so in the life of a process fails with
"Too many drivers". So connections that are let go of are kept for whoever opens the same root next.

Source: ``virConnectOpenInternal`` and ``virRegisterConnectDriver`` in libvirt's src/libvirt.c
"""

import atexit
import logging
import threading
from typing import Any

from .binding import libvirt

__all__ = ["clear", "lend", "put_away", "take"]

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_idle: dict[str, list[Any]] = {}
_lent: dict[int, str] = {}


def take(uri: str) -> Any | None:
    """Return the idle connection to ``uri``, now the caller's alone, or None when there is none.

    One to another root is closed: a process may hold a single root at a time.
    """
    with _lock:
        kept = _idle.get(uri)
        if kept:
            found = kept.pop()
            _lent[id(found)] = uri
            return found
    clear()
    return None


def lend(uri: str, connection: Any) -> None:
    """Note that a fresh connection comes here when it is no longer needed."""
    with _lock:
        _lent[id(connection)] = uri


def put_away(connection: Any) -> bool:
    """Keep a connection that was lent; answer False where it has to be closed instead."""
    with _lock:
        uri = _lent.pop(id(connection), None)
        if uri is None:
            return False
        _idle.setdefault(uri, []).append(connection)
        return True


@atexit.register
def clear() -> None:
    """Close what is idle, which gives its root back to other processes."""
    with _lock:
        idle = [connection for kept in _idle.values() for connection in kept]
        _idle.clear()
    for connection in idle:
        try:
            connection.close()
        except libvirt.libvirtError as fault:
            _log.debug("closing an embedded hypervisor: %s", fault)
