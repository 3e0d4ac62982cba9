"""Be the engine's hypervisor, on libvirt."""

from collections.abc import Callable, Mapping

from qq2clone_tui.domain.errors import DomainNotFound
from qq2clone_tui.domain.inventory import DomainSummary, HostFacts
from qq2clone_tui.domain.states import PowerVerb
from qq2clone_tui.domain.stats import Sample, StatGroup
from qq2clone_tui.engine.ports.hypervisor import HostListener

from . import bulk_stats, domains, power
from .binding import libvirt
from .connection import in_process
from .errors import translated
from .facets import LibvirtFacets
from .pool import ConnectionPool
from .reconnect import Link
from .volume_path import path_of

__all__ = ["LibvirtHypervisor"]

_MIB = 1024 * 1024
_DEFINED_WITH_SECRETS = libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE


class LibvirtHypervisor(LibvirtFacets):
    """One hypervisor; implements ``engine.ports.hypervisor.Hypervisor``. Safe to use from any thread.

    While the connection is broken every call raises ConnectionFailed at once. The object outlives
    any number of reconnections, since nothing of libvirt is kept between two calls.

    Args:
        uri: libvirt connection URI.
        pool: the most connections to hold; drivers inside this process get one.

    Attributes:
        connections: lent to the other modules of this package.

    Raises:
        ConnectionFailed: the hypervisor cannot be reached.
    """

    def __init__(self, uri: str, pool: int) -> None:
        self._link = Link(uri, 1 if in_process(uri) else pool)
        self.connections: ConnectionPool = self._link.pool

    @property
    def uri(self) -> str:
        """The URI it was opened with."""
        return self._link.uri

    def host(self) -> HostFacts:
        """Return the host's facts."""
        with translated("cannot read the facts of the host", self.uri), self.connections.lease() as connection:
            info = connection.getInfo()
            return HostFacts(connection.getHostname(), info[2], info[1] * _MIB, connection.getType())

    def list_domains(self) -> list[DomainSummary]:
        """Return every domain, active or not, in a fixed number of calls."""
        with translated("cannot list the machines", self.uri), self.connections.lease() as connection:
            return domains.list_all(connection)

    def read_domain(self, uuid: str) -> DomainSummary | None:
        """Return one domain, or None when there is none with this UUID."""
        try:
            with translated("cannot read the machine", uuid), self.connections.lease() as connection:
                return domains.summarise(domains.find(connection, uuid))
        except DomainNotFound:
            return None

    def inactive_xml(self, uuid: str) -> str:
        """Return the persistent XML with secrets."""
        return _xml(self.connections, uuid, _DEFINED_WITH_SECRETS)

    def live_xml(self, uuid: str) -> str:
        """Return the XML of the machine as it runs, without secrets."""
        return _xml(self.connections, uuid, 0)

    def has_snapshots(self, uuid: str) -> bool:
        """Tell whether the domain has libvirt snapshots or checkpoints."""
        with translated("cannot read the snapshots of the machine", uuid), self.connections.lease() as connection:
            return domains.snapshot_count(domains.find(connection, uuid)) > 0

    def volume_path(self, pool: str, volume: str) -> str | None:
        """Return the absolute path of a storage volume, or None when it cannot be found."""
        with translated("cannot find the volume", f"{pool}/{volume}"), self.connections.lease() as connection:
            return path_of(connection, pool, volume)

    def define(self, xml: str) -> str:
        """Define a persistent domain and return its UUID.

        Raises:
            BadXml: libvirt cannot read the XML.
            HypervisorError: libvirt refused, for example because the name is taken.
        """
        with translated("cannot define the machine"), self.connections.lease(batch=True) as connection:
            return str(connection.defineXMLFlags(xml, 0).UUIDString())

    def undefine(self, uuid: str) -> None:
        """Undefine a domain with its managed save and snapshot metadata, keeping NVRAM files."""
        with translated("cannot undefine the machine", uuid) as about, self.connections.lease(batch=True) as connection:
            domain = domains.find(connection, uuid)
            about.subject = domain.name()
            power.undefine(domain)

    def power(self, verb: PowerVerb, uuid: str) -> None:
        """Start, shut down, destroy, suspend or resume a domain."""
        what = f"cannot {verb.value} the machine"
        with translated(what, uuid) as about, self.connections.lease(batch=True) as connection:
            domain = domains.find(connection, uuid)
            about.subject = domain.name()
            power.apply(verb, domain)
        if verb is PowerVerb.SAVE_REMOVE:  # the one change of a row that libvirt sends no event of
            self._link.events.tell(uuid)

    def sample(self, groups: StatGroup) -> Mapping[str, Sample]:
        """Return the counters of all active domains in one bulk call that never waits for a guest."""
        with translated("cannot read the figures of the machines", self.uri), self.connections.lease() as connection:
            return bulk_stats.sample(connection, groups)

    def listen(self, listener: HostListener) -> Callable[[], None]:
        """Register for events; call the result to stop."""
        return self._link.events.listen(listener)

    def close(self) -> None:
        """Let go of every connection and thread, without waiting for calls that hang.

        An embedded driver stays in the process, and keeps its root, until the process ends.
        """
        self._link.close()


def _xml(connections: ConnectionPool, uuid: str, flags: int) -> str:
    with translated("cannot read the XML of the machine", uuid), connections.lease() as connection:
        return str(domains.find(connection, uuid).XMLDesc(flags))
