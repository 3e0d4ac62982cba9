"""Ask libvirt's networks, the host and the guests for the addresses of machines.

Source: https://libvirt.org/html/libvirt-libvirt-network.html#virNetworkGetDHCPLeases and
https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainInterfaceAddresses
"""

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from qq2clone_tui.domain.address import Address, AddressSource, address_of
from qq2clone_tui.domain.errors import HypervisorError

from . import domains
from .binding import libvirt
from .errors import translated
from .pool import ConnectionPool

__all__ = ["LibvirtAddresses", "arp_table"]

_ARP_TABLE = Path("/proc/net/arp")
_MOST_BYTES = 4 << 20
_FRESH_SECONDS = 1.0
"""How long leases serve everyone who asks; machines are also asked for one by one."""
_NETWORKLESS_SECONDS = 60.0
_COMPLETE = 0x2
_NO_MAC = "00:00:00:00:00:00"

_log = logging.getLogger(__name__)


class LibvirtAddresses:
    """What is known of addresses; implements ``engine.ports.address_sources.AddressSources``.

    Args:
        connections: lent for each look.
        uri: tells whether the machines run on this host.
    """

    def __init__(self, connections: ConnectionPool, uri: str) -> None:
        self._connections = connections
        self._local = not urlsplit(uri).netloc
        self._reading = threading.Lock()
        self._kept: list[Address] = []
        self._next_at = 0.0

    def of_networks(self, cards: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[Address]]:
        """Return what DHCP servers and the ARP table of the machines' host know, in a few calls."""
        known: dict[str, list[Address]] = {}
        for address in self._leases():
            known.setdefault(address.mac, []).append(address)
        if self._local:
            for address in arp_table(_ARP_TABLE):
                known.setdefault(address.mac, []).append(address)
        found = {uuid: [each for mac in macs for each in known.get(mac.lower(), ())] for uuid, macs in cards.items()}
        if not self._local:
            for uuid, macs in cards.items():
                if macs and not found[uuid]:
                    found[uuid] = list(self._reported(uuid, AddressSource.ARP, known_to=frozenset(macs)))
        return found

    def of_agent(self, uuid: str) -> Sequence[Address]:
        """Return what a machine's agent says; nothing when none answers."""
        return tuple(self._reported(uuid, AddressSource.AGENT))

    def _leases(self) -> list[Address]:
        with self._reading:
            if time.monotonic() >= self._next_at:
                self._kept = self._read_leases()
            return self._kept

    def _read_leases(self) -> list[Address]:
        self._next_at = time.monotonic() + _FRESH_SECONDS
        try:
            with translated("cannot read the DHCP leases"), self._connections.lease(batch=True) as connection:
                return [lease for network in _networks(connection) for lease in _leases_of(network)]
        except HypervisorError as fault:  # there are hypervisors without networks, and that is well
            _log.debug("no leases: %s", fault)
            self._next_at = time.monotonic() + _NETWORKLESS_SECONDS
            return []

    def _reported(self, uuid: str, source: AddressSource, known_to: frozenset[str] | None = None) -> Iterator[Address]:
        asked = {
            AddressSource.ARP: libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP,
            AddressSource.AGENT: libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT,
        }[source]
        try:
            with translated("cannot read the addresses", uuid), self._connections.lease(batch=True) as connection:
                cards = domains.find(connection, uuid).interfaceAddresses(asked, 0)
        except HypervisorError as fault:
            _log.debug("no addresses: %s", fault)
            return
        for card in cards.values():
            mac = card.get("hwaddr")
            if mac == _NO_MAC or (known_to is not None and mac not in known_to):
                continue
            for each in card.get("addrs") or ():
                address = address_of(mac, each.get("addr"), each.get("prefix"), source)
                if address:
                    yield address


def arp_table(path: Path) -> list[Address]:
    """Return the complete entries of a table in the format of ``/proc/net/arp``; see proc(5).

    A table that cannot be read is empty.
    """
    try:
        with path.open(encoding="ascii", errors="replace") as file:
            lines = file.read(_MOST_BYTES).splitlines()[1:]
    except OSError:
        return []
    found = []
    for words in map(str.split, lines):
        if len(words) >= 4 and words[2].startswith("0x") and _flags(words[2]) & _COMPLETE:
            address = address_of(words[3], words[0], None, AddressSource.ARP)
            if address and address.mac not in ("", _NO_MAC):
                found.append(address)
    return found


def _flags(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0


def _networks(connection: Any) -> list[Any]:
    return list(connection.listAllNetworks(libvirt.VIR_CONNECT_LIST_NETWORKS_ACTIVE))


def _leases_of(network: Any) -> list[Address]:
    try:
        leases = network.DHCPLeases()
    except libvirt.libvirtError as fault:  # a network that is a bridge of somebody else's has none
        _log.debug("no leases: %s", fault)
        return []
    found = [address_of(each["mac"], each["ipaddr"], each["prefix"], AddressSource.LEASE) for each in leases]
    return [address for address in found if address]
