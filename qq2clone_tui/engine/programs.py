"""Declare the programs of the host that use cases run, one Protocol for each kind of use."""

from dataclasses import dataclass

from .viewers import Viewers

__all__ = ["Programs"]


@dataclass(frozen=True)
class Programs:
    """What runs beside the hypervisor, on the host that this program runs on.

    Args:
        viewers: the programs that show graphical consoles; None where there can be none.
    """

    viewers: Viewers | None = None
