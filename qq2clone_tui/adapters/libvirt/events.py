"""Turn libvirt's callbacks into calls on the listeners.

Callbacks run on the event thread: they read the UUID that the event carries, set flags through
the listeners, and return. None calls libvirt or waits. A listener's fault is kept inside Python,
as the binding would print it on the terminal.

Source: https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainEventID
"""

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from qq2clone_tui.engine.listeners import Apart
from qq2clone_tui.engine.ports.hypervisor import HostListener

from .binding import libvirt

__all__ = ["HostEvents"]

_log = logging.getLogger(__name__)

# Those after which a row or the pane beside it shows something else. Suspension and wake-up by
# power management arrive as lifecycle events too.
_EVENT_NAMES = (
    "LIFECYCLE",
    "REBOOT",
    "METADATA_CHANGE",
    "DEVICE_ADDED",
    "DEVICE_REMOVED",
    "BLOCK_JOB_2",
    "AGENT_LIFECYCLE",
)

_CLOSED_BECAUSE = {
    libvirt.VIR_CONNECT_CLOSE_REASON_ERROR: "the connection failed",
    libvirt.VIR_CONNECT_CLOSE_REASON_EOF: "the hypervisor closed the connection",
    libvirt.VIR_CONNECT_CLOSE_REASON_KEEPALIVE: "the hypervisor stopped answering",
}


class HostEvents:
    """Everyone who listens, and the callbacks registered for each connection."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: tuple[HostListener, ...] = ()
        self._registered: list[tuple[Any, list[int]]] = []

    def listen(self, listener: HostListener) -> Callable[[], None]:
        """Add a listener; call the result to take it away."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def stop() -> None:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

        return stop

    def register(self, connection: Any, lost: Callable[[Any, str], None]) -> None:
        """Register every event that the driver knows, and its end, on a new connection.

        Args:
            connection: a ``virConnect``.
            lost: told of the connection and the reason when it breaks; must not block.

        Raises:
            libvirtError: lifecycle events cannot be had.
        """
        numbers: list[int] = []
        for name in _EVENT_NAMES:
            try:
                event = getattr(libvirt, f"VIR_DOMAIN_EVENT_ID_{name}")
                numbers.append(connection.domainEventRegisterAny(None, event, self._domain_event, None))
            except libvirt.libvirtError as fault:
                if name == "LIFECYCLE":
                    raise
                _log.info("no %s events: %s", name, fault)

        def closed(_where: object, why: int, _data: object) -> None:
            if why in _CLOSED_BECAUSE:  # not when we closed it ourselves
                with Apart():
                    lost(connection, _CLOSED_BECAUSE[why])

        connection.registerCloseCallback(closed, None)
        with self._lock:
            self._registered.append((connection, numbers))

    def unregister(self, connection: Any) -> None:
        """Take back what ``register`` did; a dead connection is no error. May block."""
        with self._lock:
            numbers = [number for one, known in self._registered if one is connection for number in known]
            mine = any(one is connection for one, _ in self._registered)
            self._registered = [pair for pair in self._registered if pair[0] is not connection]
        if not mine:
            return
        calls = [partial(connection.domainEventDeregisterAny, number) for number in numbers]
        for call in (*calls, connection.unregisterCloseCallback):
            try:
                call()
            except libvirt.libvirtError as fault:
                _log.debug("unregistering: %s", fault)

    def lost(self, why: str) -> None:
        """Tell every listener that the connection broke."""
        for listener in self._listeners:
            with Apart():
                listener.connection_lost(why)

    def restored(self) -> None:
        """Tell every listener that the connection is back."""
        for listener in self._listeners:
            with Apart():
                listener.connection_restored()

    def _domain_event(self, _connection: Any, domain: Any, *_details: Any) -> None:
        with Apart():
            self.tell(str(domain.UUIDString()))  # read from the object: no call to the hypervisor

    def tell(self, uuid: str) -> None:
        """Tell every listener that a domain changed."""
        for listener in self._listeners:
            with Apart():
                listener.domain_changed(uuid)
