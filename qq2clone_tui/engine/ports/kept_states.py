"""Declare what can be asked about the states that images hold inside themselves."""

from typing import Protocol

__all__ = ["KeptStates"]


class KeptStates(Protocol):
    """The states inside qcow2 images: QEMU's internal snapshots, whoever made them."""

    @property
    def reachable(self) -> bool:
        """Tell whether states can be made and taken out from here."""

    def tags(self, path: str) -> frozenset[str]:
        """Return the names of the states in an image; none where it has none, or nothing can be read.

        Args:
            path: absolute.
        """

    def keep(self, path: str, name: str) -> None:
        """Keep the state of an image that nothing has open, in the image itself.

        Raises:
            AccessError, CommandFailed: it could not be done, or not from here.
        """

    def drop(self, path: str, name: str) -> None:
        """Take a state out of an image that nothing has open.

        Args:
            path: absolute.
            name: one of its ``tags``.

        Raises:
            AccessError, CommandFailed: it could not be done, or not from here.
        """
