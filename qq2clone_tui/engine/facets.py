"""Declare what a hypervisor offers beside the life of its machines, one Protocol for each side of it.

As with every port, methods may block, may be called from several threads at once, and raise only
errors of ``domain.errors``.
"""

from typing import Protocol

__all__ = ["Facets"]


class Facets(Protocol):
    """The sides of a hypervisor, each reached through a property of its own."""
