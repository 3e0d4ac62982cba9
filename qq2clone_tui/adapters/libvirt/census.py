"""Read the XML of all machines, a call for each and no more."""

from collections.abc import Mapping
from typing import Any

from qq2clone_tui.domain.errors import DomainNotFound
from qq2clone_tui.domain.inventory import DomainSummary

from . import domains
from .binding import libvirt
from .errors import code_of, translated
from .pool import ConnectionPool

__all__ = ["LibvirtCensus"]

_Machine = tuple[DomainSummary, tuple[str, ...]]


class LibvirtCensus:
    """The XML of machines; implements ``engine.ports.facets.Census``.

    Args:
        connections: lends connections to the hypervisor.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections

    def all(self) -> Mapping[str, _Machine]:
        """Return every domain with its inactive XML and, while it is active, its live XML, by UUID."""
        found: dict[str, _Machine] = {}
        with translated("cannot read the XML of the machines"), self._connections.lease() as connection:
            for domain, summary in domains.each(connection):
                try:
                    found[summary.uuid] = (summary, _texts(domain, summary))
                except libvirt.libvirtError as fault:
                    if code_of(fault) != libvirt.VIR_ERR_NO_DOMAIN:  # removed since it was listed
                        raise
        return found

    def one(self, uuid: str) -> _Machine | None:
        """Return the same of one domain, or None when there is none with this UUID."""
        try:
            with translated("cannot read the XML of the machine", uuid), self._connections.lease() as connection:
                domain = domains.find(connection, uuid)
                summary = domains.summarise(domain)
                return summary, _texts(domain, summary)
        except DomainNotFound:
            return None


def _texts(domain: Any, summary: DomainSummary) -> tuple[str, ...]:
    defined = str(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
    return (defined, str(domain.XMLDesc(0))) if summary.state.active else (defined,)
