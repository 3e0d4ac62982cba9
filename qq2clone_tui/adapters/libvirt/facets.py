"""Offer the sides of a hypervisor that have a module each."""

from .displays import LibvirtDisplays
from .graphics import LibvirtGraphics
from .pool import ConnectionPool

__all__ = ["LibvirtFacets"]


class LibvirtFacets:
    """The base of ``LibvirtHypervisor``; implements ``engine.facets.Facets``."""

    connections: ConnectionPool

    @property
    def displays(self) -> LibvirtDisplays:
        """The screens of its machines."""
        return LibvirtDisplays(self.connections)

    @property
    def graphics(self) -> LibvirtGraphics:
        """The graphical consoles of its machines."""
        return LibvirtGraphics(self.connections)
