"""Play the sides of a hypervisor that have a module each, in memory."""

from .domains import MemoryDomains

__all__ = ["MemoryFacets"]


class MemoryFacets(MemoryDomains):
    """The base of ``MemoryHypervisor``; implements ``engine.facets.Facets``."""
