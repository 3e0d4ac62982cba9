"""Declare the programs of the host that use cases run, one Protocol for each kind of use."""

from dataclasses import dataclass

__all__ = ["Programs"]


@dataclass(frozen=True)
class Programs:
    """What runs beside the hypervisor, on the host that this program runs on."""
