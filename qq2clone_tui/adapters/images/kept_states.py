"""Tell which states the images of this host hold."""

import os

from . import qemu_img
from .snapshot_table import tags_in

__all__ = ["LocalKeptStates"]


class LocalKeptStates:
    """Reads the images themselves; implements ``engine.ports.kept_states.KeptStates``."""

    def tags(self, path: str) -> frozenset[str]:
        """Return the names of the states in an image; a machine may be using it."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # which no pipe keeps waiting
        except (OSError, ValueError):
            return frozenset()
        try:
            return tags_in(lambda offset, length: os.pread(descriptor, length, offset))
        except (OSError, OverflowError):
            return frozenset()
        finally:
            os.close(descriptor)

    @property
    def reachable(self) -> bool:
        """Return True."""
        return True

    def keep(self, path: str, name: str) -> None:
        """Keep the state of an image inside it; qemu-img refuses while anything has it open."""
        qemu_img.keep_snapshot(path, name)

    def drop(self, path: str, name: str) -> None:
        """Take a state out of an image; qemu-img refuses while anything has it open."""
        qemu_img.drop_snapshot(path, name)
