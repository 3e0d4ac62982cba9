"""Play the sides of a hypervisor that have a module each, in memory."""

from functools import cached_property

from .displays import MemoryDisplays
from .domains import MemoryDomains

__all__ = ["MemoryFacets"]


class MemoryFacets(MemoryDomains):
    """The base of ``MemoryHypervisor``; implements ``engine.facets.Facets``."""

    @cached_property
    def displays(self) -> MemoryDisplays:
        """The screens of its machines."""
        return MemoryDisplays(self._known)
