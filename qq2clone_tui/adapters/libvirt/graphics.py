"""Read where consoles are, and hear of the clients that come to them.

Source: https://libvirt.org/html/libvirt-libvirt-domain.html#virConnectDomainEventGraphicsCallback
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from qq2clone_tui.engine.ports.viewers import ClientPhase

from . import domains
from .binding import libvirt
from .errors import UNSUPPORTED, code_of, translated
from .pool import ConnectionPool

__all__ = ["LibvirtGraphics"]

_log = logging.getLogger(__name__)

_PHASES = {
    libvirt.VIR_DOMAIN_EVENT_GRAPHICS_CONNECT: ClientPhase.CONNECTED,
    libvirt.VIR_DOMAIN_EVENT_GRAPHICS_INITIALIZE: ClientPhase.ACCEPTED,
    libvirt.VIR_DOMAIN_EVENT_GRAPHICS_DISCONNECT: ClientPhase.GONE,
}
_FORBIDDEN = frozenset({libvirt.VIR_ERR_ACCESS_DENIED, libvirt.VIR_ERR_OPERATION_DENIED})


class LibvirtGraphics:
    """The graphical consoles of a hypervisor; implements ``engine.ports.viewers.Graphics``.

    Args:
        connections: lent for each call.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections

    def live_xml(self, uuid: str) -> str:
        """Return the XML of the machine as it runs, with passwords where this connection may read them."""
        with translated("cannot read the XML of the machine", uuid), self._connections.lease() as connection:
            domain = domains.find(connection, uuid)
            try:
                return str(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_SECURE))
            except libvirt.libvirtError as fault:
                if code_of(fault) not in _FORBIDDEN | UNSUPPORTED:
                    raise
            return str(domain.XMLDesc(0))

    def watch(self, uuid: str, heard: Callable[[ClientPhase, int], None]) -> Callable[[], None] | None:
        """Hear of clients until the result is called; None where the driver does not tell of them."""

        def event(_connection: Any, _domain: Any, phase: int, *details: Any) -> None:
            if phase in _PHASES:
                heard(_PHASES[phase], _port(details[1] if len(details) > 1 else None))

        with translated("cannot watch the console of the machine", uuid), self._connections.lease() as connection:
            domain = domains.find(connection, uuid)
            try:
                number = connection.domainEventRegisterAny(domain, libvirt.VIR_DOMAIN_EVENT_ID_GRAPHICS, event, None)
            except libvirt.libvirtError as fault:
                if code_of(fault) not in UNSUPPORTED:
                    raise
                return None

        def stop() -> None:
            try:
                connection.domainEventDeregisterAny(number)
            except libvirt.libvirtError as fault:
                _log.debug("no longer watching a console: %s", fault)

        return stop


def _port(peer: Mapping[str, str] | None) -> int:
    """Return the TCP port in a ``virDomainEventGraphicsAddress``, 0 for a UNIX socket."""
    service = (peer or {}).get("service") or ""
    return int(service) if service.isascii() and service.isdigit() else 0
