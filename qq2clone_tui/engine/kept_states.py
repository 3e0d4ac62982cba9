"""Declare what can be asked about the states that images hold inside themselves."""

from typing import Protocol

__all__ = ["KeptStates"]


class KeptStates(Protocol):
    """The states inside qcow2 images: QEMU's internal snapshots, whoever made them."""

    def tags(self, path: str) -> frozenset[str]:
        """Return the names of the states in an image; none where it has none, or nothing can be read.

        Args:
            path: absolute.
        """

    def drop(self, path: str, name: str) -> bool:
        """Take a state out of an image that nothing has open; tell whether that can be done from here.

        Args:
            path: absolute.
            name: one of its ``tags``.

        Raises:
            AccessError, CommandFailed: it could not be done.
        """
