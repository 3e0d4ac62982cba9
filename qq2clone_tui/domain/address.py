"""Say under which IP addresses a machine can be reached, and how much of what is told can be used.

Guests report what they like, so nothing counts that is no address.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Address", "AddressSource", "address_of", "in_order", "reachable", "sorting_key"]

_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}", re.ASCII)
_LONGEST = 45
_MOST = 64


class AddressSource(StrEnum):
    """Who knows of an address; the earlier, the more it is believed."""

    LEASE = "lease"
    """The DHCP server of a libvirt network gave it."""
    ARP = "arp"
    """The host has talked with it lately."""
    AGENT = "agent"
    """The machine itself says so, through its guest agent."""


_RANKS = {source: rank for rank, source in enumerate(AddressSource)}


@dataclass(frozen=True, slots=True)
class Address:
    """One IP address of a machine.

    Args:
        mac: of its network card, in lower case; empty when that is not known.
        address: as ``ipaddress`` writes it.
        prefix: bits of the network's part; 0 when that is not known.
        source: who says so.
    """

    mac: str
    address: str
    prefix: int
    source: AddressSource


def address_of(mac: object, address: object, prefix: object, source: AddressSource) -> Address | None:
    """Return an address as somebody reported it, None unless it is one that a machine can have."""
    if not isinstance(address, str) or len(address) > _LONGEST:
        return None
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if known.is_unspecified or known.is_multicast:
        return None
    card = mac.lower() if isinstance(mac, str) and _MAC.fullmatch(mac.lower()) else ""
    bits = prefix if type(prefix) is int and 0 < prefix <= known.max_prefixlen else 0
    return Address(card, str(known), bits, source)


def in_order(addresses: Iterable[Address]) -> tuple[Address, ...]:
    """Return each address once, the best known first, of equals IPv4 before IPv6; of very many the first."""
    found: dict[str, Address] = {}
    for address in sorted(addresses, key=lambda each: _RANKS[each.source]):
        found.setdefault(address.address, address)
    ordered = sorted(found.values(), key=lambda each: (_RANKS[each.source], ":" in each.address))
    return tuple(ordered[:_MOST])


def reachable(addresses: Iterable[Address]) -> tuple[str, ...]:
    """Return those that others can reach: none of loopback or of one link only; IPv4 before IPv6."""
    texts = [each.address for each in addresses if _reachable(each.address)]
    return tuple(sorted(texts, key=lambda text: ":" in text))


def sorting_key(text: str) -> str:
    """Return a key by which addresses stand in the order of their numbers, IPv4 before IPv6."""
    known = ipaddress.ip_address(text)
    return f"{known.version}{int(known):039d}"


def _reachable(text: str) -> bool:
    known = ipaddress.ip_address(text)
    return not (known.is_loopback or known.is_link_local)
