"""Play the sides of a hypervisor that have a module each, in memory."""

from functools import cached_property

from .addresses import MemoryAddresses
from .census import MemoryCensus
from .checkpoints import MemoryCheckpoints
from .definitions import MemoryDefinitions
from .displays import MemoryDisplays
from .domains import MemoryDomains
from .graphics import MemoryGraphics
from .guests import MemoryGuests
from .host_use import MemoryHostUse
from .saved_states import MemorySavedStates
from .serial_ports import MemorySerialPorts
from .wiping import MemoryWiping

__all__ = ["MemoryFacets"]


class MemoryFacets(MemoryDomains):
    """The base of ``MemoryHypervisor``; implements ``engine.ports.facets.Facets``."""

    @cached_property
    def addresses(self) -> MemoryAddresses:
        """What is known of the addresses of its machines."""
        return MemoryAddresses()

    @cached_property
    def census(self) -> MemoryCensus:
        """The XML of its machines, read in bulk."""
        return MemoryCensus(self._snapshot)

    @cached_property
    def checkpoints(self) -> MemoryCheckpoints:
        """The states that its machines can be brought back to."""
        return MemoryCheckpoints(self._known, self.set_state, self._fail)

    @cached_property
    def definitions(self) -> MemoryDefinitions:
        """What its machines are called and made of."""
        return MemoryDefinitions(self.define, self._known, self.rename)

    @cached_property
    def displays(self) -> MemoryDisplays:
        """The screens of its machines."""
        return MemoryDisplays(self._known)

    @cached_property
    def guests(self) -> MemoryGuests:
        """The insides of its machines."""
        return MemoryGuests(self._known)

    @cached_property
    def host_use(self) -> MemoryHostUse:
        """What its host has to do."""
        return MemoryHostUse(self.host)

    @cached_property
    def saves(self) -> MemorySavedStates:
        """The memory of its machines, put aside."""
        return MemorySavedStates(self)

    @cached_property
    def wiping(self) -> MemoryWiping:
        """Overwriting of volumes."""
        return MemoryWiping()

    @cached_property
    def serial_ports(self) -> MemorySerialPorts:
        """The serial consoles of its machines."""
        return MemorySerialPorts()

    @cached_property
    def graphics(self) -> MemoryGraphics:
        """The graphical consoles of its machines."""
        return MemoryGraphics(lambda uuid: self._xml[uuid], lambda uuid: self._known(uuid).state.active)
