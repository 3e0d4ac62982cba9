"""Tell how much room a directory of the hypervisor's host has."""

import contextlib
import time
from pathlib import Path
from typing import Any

from qq2clone_tui.adapters.images.file_system import room_at
from qq2clone_tui.domain.errors import AccessError
from qq2clone_tui.domain.room import Room

from .binding import libvirt
from .errors import translated
from .lender import Lender
from .volume_reading import is_remote
from .volumes import pool_of, refresh

__all__ = ["PlaceRoom"]

_MEASURED_SECONDS = 60.0
"""How long the host may believe that machines have written nothing."""


class PlaceRoom:
    """The room of a directory: of this host's as the system has it, of another's as libvirt's pool over it has it.

    libvirt counts what it makes and deletes in a pool itself. What machines write it sees when the pool is
    refreshed, which takes a while with many volumes and is told to everybody who listens: so that is done seldom.
    What is reserved for root it counts as free.

    Args:
        lender: lends connections to the hypervisor.
        directory: absolute path on the hypervisor's host.
    """

    def __init__(self, lender: Lender, directory: str) -> None:
        self._lender = lender
        self._directory = directory
        self._measured_at = float("-inf")

    def now(self) -> Room | None:
        """Return the room; None where there is no pool that runs: none is made to find out.

        Raises:
            AccessError: libvirt refused.
        """
        what = "cannot measure the storage place"
        with translated(what, self._directory, AccessError), self._lender.lease(batch=True) as connection:
            if not is_remote(connection):
                with contextlib.suppress(OSError, ValueError):
                    return room_at(Path(self._directory))
            pool = pool_of(connection, self._directory)
            return None if pool is None else self._of_pool(pool)

    def _of_pool(self, pool: Any) -> Room | None:
        if time.monotonic() - self._measured_at > _MEASURED_SECONDS:
            self._measured_at = time.monotonic()
            refresh(pool)
        state, capacity, _allocation, available = pool.info()
        running = state in (libvirt.VIR_STORAGE_POOL_RUNNING, libvirt.VIR_STORAGE_POOL_DEGRADED)
        return Room(int(available), int(capacity)) if running and capacity else None
