"""Measure what the clones take on disk, seldom enough not to be felt."""

import time
from collections.abc import Callable, Mapping

from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.engine.ports.images import ImageStore

__all__ = ["DiskUse"]

EVERY_SECONDS = 10.0
SHARE = 50
"""Measuring takes at most one part in so many of the time: a remote pool is asked file by file."""


class DiskUse:
    """The bytes that belong to each machine alone, as they were at most some seconds ago.

    Args:
        images: asked for the sizes.
        machines: gives the machines as they are known now.
        clock: gives seconds that never go back.
    """

    def __init__(
        self,
        images: ImageStore,
        machines: Callable[[], Mapping[str, Machine]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._images = images
        self._machines = machines
        self._clock = clock
        self._sizes: Mapping[str, int] = {}
        self._files: Mapping[str, tuple[str, ...]] = {}
        self._due = 0.0

    def current(self) -> Mapping[str, int]:
        """Return the bytes by UUID, measured anew when it is time or when machines came or went.

        Raises:
            Qq2cloneError: the place cannot be read.
        """
        began = self._clock()
        files = {uuid: machine.files for uuid, machine in self._machines().items()}
        if began < self._due and files == self._files:
            return self._sizes
        found = self._images.allocated_bytes(path for paths in files.values() for path in paths)
        self._sizes = {
            uuid: sum(found.get(path, 0) for path in paths)
            for uuid, paths in files.items()
            if any(path in found for path in paths)
        }
        self._files = files
        ended = self._clock()
        self._due = ended + max(EVERY_SECONDS, SHARE * (ended - began))
        return self._sizes
