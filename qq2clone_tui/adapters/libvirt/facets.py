"""Offer the sides of a hypervisor that have a module each."""

from functools import cached_property

from . import definition_files
from .addresses import LibvirtAddresses
from .census import LibvirtCensus
from .checkpoints import LibvirtCheckpoints
from .definitions import LibvirtDefinitions
from .displays import LibvirtDisplays
from .graphics import LibvirtGraphics
from .guests import LibvirtGuests
from .host_use import LibvirtHostUse
from .pool import ConnectionPool
from .saved_states import LibvirtSavedStates
from .serial_ports import LibvirtSerialPorts
from .wiping import LibvirtWiping

__all__ = ["LibvirtFacets"]


class LibvirtFacets:
    """The base of ``LibvirtHypervisor``; implements ``engine.ports.facets.Facets``."""

    connections: ConnectionPool

    @property
    def uri(self) -> str:
        """The URI it was opened with."""
        raise NotImplementedError

    @cached_property
    def addresses(self) -> LibvirtAddresses:
        """What is known of the addresses of its machines."""
        return LibvirtAddresses(self.connections, self.uri)

    @property
    def census(self) -> LibvirtCensus:
        """The XML of its machines, read in bulk."""
        return LibvirtCensus(self.connections)

    @property
    def checkpoints(self) -> LibvirtCheckpoints:
        """The states that its machines can be brought back to."""
        return LibvirtCheckpoints(self.connections)

    @property
    def definitions(self) -> LibvirtDefinitions:
        """What its machines are called and made of."""
        return LibvirtDefinitions(self.connections, definition_files.directory_of(self.uri))

    @property
    def displays(self) -> LibvirtDisplays:
        """The screens of its machines."""
        return LibvirtDisplays(self.connections)

    @property
    def guests(self) -> LibvirtGuests:
        """The insides of its machines."""
        return LibvirtGuests(self.connections)

    @property
    def host_use(self) -> LibvirtHostUse:
        """What its host has to do."""
        return LibvirtHostUse(self.connections)

    @property
    def saves(self) -> LibvirtSavedStates:
        """The memory of its machines, put aside."""
        return LibvirtSavedStates(self.connections, self.uri)

    @property
    def wiping(self) -> LibvirtWiping:
        """Overwriting of volumes."""
        return LibvirtWiping(self.connections, self.uri)

    @property
    def serial_ports(self) -> LibvirtSerialPorts:
        """The serial consoles of its machines."""
        return LibvirtSerialPorts(self.connections)

    @property
    def graphics(self) -> LibvirtGraphics:
        """The graphical consoles of its machines."""
        return LibvirtGraphics(self.connections)
