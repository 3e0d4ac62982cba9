"""Play what is known of the addresses of machines that exist only in memory."""

from collections.abc import Mapping, Sequence

from qq2clone_tui.domain.address import Address, AddressSource

__all__ = ["MemoryAddresses"]


class MemoryAddresses:
    """Addresses as they were set; implements ``engine.ports.address_sources.AddressSources``.

    Attributes:
        known: the addresses of machines, by UUID.
        asked: the UUIDs of the machines whose agents were asked, in order.
    """

    def __init__(self) -> None:
        self.known: dict[str, tuple[Address, ...]] = {}
        self.asked: list[str] = []

    def of_networks(self, cards: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[Address]]:
        """Return those that come from no agent."""
        return {
            uuid: [each for each in self.known.get(uuid, ()) if each.source is not AddressSource.AGENT]
            for uuid in cards
        }

    def of_agent(self, uuid: str) -> Sequence[Address]:
        """Return those that come from an agent."""
        self.asked.append(uuid)
        return [each for each in self.known.get(uuid, ()) if each.source is AddressSource.AGENT]
