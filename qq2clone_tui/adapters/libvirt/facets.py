"""Offer the sides of a hypervisor that have a module each."""

from .pool import ConnectionPool

__all__ = ["LibvirtFacets"]


class LibvirtFacets:
    """The base of ``LibvirtHypervisor``; implements ``engine.facets.Facets``."""

    connections: ConnectionPool
