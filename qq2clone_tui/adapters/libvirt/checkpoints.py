"""Keep states of machines as libvirt's own snapshots, inside the machines' own disks.

Source: https://libvirt.org/html/libvirt-libvirt-domain-snapshot.html
"""

import time
from collections.abc import Sequence
from typing import Any

from qq2clone_tui.domain.checkpoint import Checkpoint
from qq2clone_tui.domain.checkpoint_xml import adoption_xml, checkpoint_xml, read_checkpoint
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.safe_xml import Element, parse_domain

from . import domains
from .binding import libvirt
from .errors import UNSUPPORTED, code_of, translated
from .patience import start_patiently
from .pool import ConnectionPool

__all__ = ["LibvirtCheckpoints"]

FIRMWARE_VERSION = 10_010_000
"""The first libvirt that keeps, restores and deletes UEFI variables with a snapshot: 10.10.0."""


class LibvirtCheckpoints:
    """Checkpoints; implements ``engine.ports.facets.Checkpoints``.

    Args:
        connections: lends connections to the hypervisor.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections

    def of(self, uuid: str) -> Sequence[Checkpoint]:
        """Return the checkpoints of a machine, whoever made them."""
        with translated("cannot read the checkpoints of the machine", uuid), self._connections.lease() as connection:
            domain = domains.find(connection, uuid)
            try:
                snapshots = domain.listAllSnapshots(0)
                current = domain.snapshotCurrent(0).getName() if domain.hasCurrentSnapshot(0) else None
            except libvirt.libvirtError as fault:
                if code_of(fault) in UNSUPPORTED:
                    return ()
                raise
            return [read_checkpoint(each.getXMLDesc(0), current=each.getName() == current) for each in snapshots]

    def holders(self) -> frozenset[str]:
        """Return the machines that have any, in one call."""
        with translated("cannot list the machines with checkpoints"), self._connections.lease() as connection:
            try:
                found = connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT)
            except libvirt.libvirtError as fault:
                if code_of(fault) in UNSUPPORTED:
                    return frozenset()
                raise
            return frozenset(domain.UUIDString() for domain in found)

    def obstacle(self, xml: str) -> str:
        """Return why this hypervisor cannot keep a state of a machine with this XML; empty when it can.

        Source: "internal snapshots" in the notes on 10.9.0 and 10.10.0, https://libvirt.org/news.html
        """
        system = parse_domain(xml).find("os")
        if system is None or not _has_variables(system):
            return ""
        with translated("cannot ask for the hypervisor's version"), self._connections.lease() as connection:
            version = connection.getLibVersion()
        if version < FIRMWARE_VERSION:
            here = f"libvirt {version // 1_000_000}.{version // 1000 % 1000}"
            return f"boots with UEFI, and {here} keeps no state of UEFI variables; 10.10 is the first that does"
        nvram = system.find("nvram")
        if nvram is None or nvram.get("format", "raw") != "qcow2":
            return "keeps its UEFI variables in a raw file, and libvirt can keep states only of those in qcow2"
        return ""

    def make(self, uuid: str, name: str, note: str, disks: Sequence[str]) -> None:
        """Keep the state of a machine's disks and, while it runs, of its memory."""
        xml = checkpoint_xml(name, note, disks)
        with translated("cannot make the checkpoint", uuid) as about, self._connections.lease(batch=True) as connection:
            domain = domains.find(connection, uuid)
            about.subject = domain.name()
            domain.snapshotCreateXML(xml, 0)

    def adopt(self, uuid: str, name: str, note: str, disks: Sequence[str]) -> None:
        """Take over a state that the disks of a machine which is off hold already.

        Source: VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE at
        https://libvirt.org/html/libvirt-libvirt-domain-snapshot.html#virDomainSnapshotCreateXML
        """
        before = next((each.name for each in self.of(uuid) if each.current), "")
        fresh = Checkpoint(name, time.time(), note, parent=before)
        flags = libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE | libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT
        with translated("cannot make the checkpoint", uuid) as about, self._connections.lease(batch=True) as connection:
            domain = domains.find(connection, uuid)
            about.subject = domain.name()
            xml = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE)
            domain.snapshotCreateXML(adoption_xml(fresh, disks, xml), flags)

    def revert(self, uuid: str, name: str) -> None:
        """Bring a machine back to a state; what it is now is lost."""
        with translated("cannot go back", uuid) as about, self._connections.lease(batch=True) as connection:
            domain = domains.find(connection, uuid)
            about.subject = domain.name()
            snapshot = _found(domain, name)
            # A machine that was running then is started anew, and may race for its console port as at any start.
            start_patiently(lambda: domain.revertToSnapshot(snapshot, 0), active=lambda: True)

    def delete(self, uuid: str, name: str) -> None:
        """Forget a state; those made after it stay."""
        with (
            translated("cannot delete the checkpoint", uuid) as about,
            self._connections.lease(batch=True) as connection,
        ):
            domain = domains.find(connection, uuid)
            about.subject = domain.name()
            _found(domain, name).delete(0)

    def forget(self, uuid: str) -> None:
        """Forget all states of a machine, and leave its disks alone."""
        with translated("cannot forget the checkpoints of the machine", uuid), self._connections.lease() as connection:
            for snapshot in domains.find(connection, uuid).listAllSnapshots(0):
                snapshot.delete(libvirt.VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY)


def _found(domain: Any, name: str) -> Any:
    try:
        return domain.snapshotLookupByName(name, 0)
    except libvirt.libvirtError as fault:
        if code_of(fault) != libvirt.VIR_ERR_NO_DOMAIN_SNAPSHOT:
            raise
        raise BadArgument(
            "there is no such checkpoint", subject=name, why=f"{domain.name()} has none of that name"
        ) from fault


def _has_variables(system: Element) -> bool:
    loader = system.find("loader")
    pflash = loader is not None and loader.get("type") == "pflash"
    return pflash or system.get("firmware") == "efi" or system.find("nvram") is not None
