"""Declare the programs of the host that use cases run, one Protocol for each kind of use."""

from dataclasses import dataclass

from .shell import Shell
from .viewers import Viewers

__all__ = ["Programs"]


@dataclass(frozen=True)
class Programs:
    """What runs beside the hypervisor, on the host that this program runs on.

    Args:
        shell: runs command lines of the user's; None where there is none.
        viewers: the programs that show graphical consoles; None where there can be none.
    """

    shell: Shell | None = None
    viewers: Viewers | None = None
