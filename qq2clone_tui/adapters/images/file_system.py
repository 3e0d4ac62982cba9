"""Measure the file system that a directory of this host is on."""

import os
from pathlib import Path

from qq2clone_tui.domain.room import Room

__all__ = ["room_at"]


def room_at(directory: Path) -> Room:
    """Return the room that an ordinary user has, which is less than there is where some is reserved for root.

    Raises:
        OSError: the directory cannot be reached.

    Source: statvfs(3)
    """
    status = os.statvfs(directory)
    return Room(status.f_bavail * status.f_frsize, status.f_blocks * status.f_frsize)
