"""Declare who can be asked for the addresses of machines."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from qq2clone_tui.domain.address import Address

__all__ = ["AddressSources"]


class AddressSources(Protocol):
    """What hypervisor and guests know of the machines' addresses; what cannot be asked knows nothing."""

    def of_networks(self, cards: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[Address]]:
        """Return what DHCP servers and the host's ARP table know, in a few calls.

        Args:
            cards: the MAC addresses of machines that run, by UUID.
        """

    def of_agent(self, uuid: str) -> Sequence[Address]:
        """Return what a machine's agent says; may take seconds; nothing when none answers."""
