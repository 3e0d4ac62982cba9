"""Declare what a hypervisor offers beside the life of its machines, one Protocol for each side of it.

As with every port, methods may block, may be called from several threads at once, and raise only
errors of ``domain.errors``.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from qq2clone_tui.domain.screenshot import Screenshot

from .viewers import Graphics

__all__ = ["Displays", "Facets", "SavedStates"]


class Displays(Protocol):
    """The screens of running machines."""

    def screenshot(self, uuid: str, screen: int = 0) -> Screenshot:
        """Return what a screen of a machine shows now; PNG or PPM, of a bounded size.

        Raises:
            HypervisorError: the machine is off, or has no such screen.
        """


class SavedStates(Protocol):
    """The memory of machines, put aside and back."""

    def save_to(self, uuid: str, path: str) -> None:
        """Put the memory of an active machine into a new file, which turns the machine off."""

    def restore(self, path: str) -> None:
        """Start a machine where it stopped; the file stays."""

    def managed_bytes(self, names: Sequence[str]) -> Mapping[str, int]:
        """Return the bytes of the states that libvirt keeps itself, by machine name, as far as that can be told."""


class Facets(Protocol):
    """The sides of a hypervisor, each reached through a property of its own."""

    @property
    def displays(self) -> Displays:
        """The screens of its machines."""

    @property
    def saves(self) -> SavedStates:
        """The memory of its machines, put aside."""

    @property
    def graphics(self) -> Graphics:
        """The graphical consoles of its machines."""
