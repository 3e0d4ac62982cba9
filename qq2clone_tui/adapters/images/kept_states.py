"""Tell which states the images of this host hold."""

import os
from pathlib import Path

from .snapshot_table import tags_in

__all__ = ["LocalKeptStates"]


class LocalKeptStates:
    """Reads the images themselves; implements ``engine.kept_states.KeptStates``."""

    def tags(self, path: str) -> frozenset[str]:
        """Return the names of the states in an image; a machine may be using it."""
        try:
            with Path(path).open("rb") as file:
                return tags_in(lambda offset, length: os.pread(file.fileno(), length, offset))
        except (OSError, ValueError, OverflowError):
            return frozenset()
