"""Keep images in a directory of the hypervisor's host that has to become a storage pool first."""

import threading
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from qq2clone_tui.adapters.images.place import hidden_part, hidden_place
from qq2clone_tui.domain.disk import ImageFacts, ImageSpec
from qq2clone_tui.domain.room import Room

from .directory_pool import pool_name_of
from .errors import translated
from .kept_states import PoolKeptStates
from .lender import Lender
from .place_room import PlaceRoom
from .pool_survey import PoolSealing, PoolSurvey
from .storage import PoolImages
from .volume_reading import plain, read_volume, volume_chain
from .volumes import pool_of, sizes_of

__all__ = ["PlaceImages"]


class PlaceImages:
    """Implement ``engine.ports.images.ImageStore`` for a directory that this process cannot write itself.

    A pool that the host has there already is used. Else a transient one is made when the first
    file is about to be, never for a mere look; the host forgets it when it restarts.

    Args:
        lender: lends connections to the hypervisor.
        directory: absolute path on the hypervisor's host.

    Attributes:
        eraser, inspection, merging: None: the files are the host's, where libvirt wipes them, says little of them
            and cannot make one of several.
        kept: what tells which states images hold inside themselves.
        survey: what looks at many images at once.
        sealing: what closes images for good.
    """

    eraser: None = None
    inspection: None = None
    merging: None = None

    def __init__(self, lender: Lender, directory: str) -> None:
        self._lender = lender
        self.kept = PoolKeptStates(lender)
        self.survey = PoolSurvey(lender)
        self.sealing = PoolSealing(lender)
        self._directory = directory
        self._room = PlaceRoom(lender, directory)
        self._known: PoolImages | None = None
        self._lock = threading.Lock()

    @property
    def place(self) -> str:
        """Absolute directory, on the hypervisor's host, in which new files are made."""
        return self._directory

    def check_ready(self) -> None:
        """Make the pool where it is missing; raise AccessError when files cannot be made in it."""
        hidden = hidden_part(PurePosixPath(self._directory))
        if hidden:
            raise hidden_place(self._directory, hidden)
        self._pool().check_ready()

    def room(self) -> Room | None:
        """Return the room of the place; None as long as nobody can tell without making a pool there."""
        return self._room.now()

    def probe(self, path: str) -> ImageFacts:
        """Return the facts of an image that lies in some pool of the host."""
        with translated("cannot read the image", path), self._lender.lease() as connection:
            return read_volume(connection, path, "")

    def allocated_bytes(self, paths: Iterable[str]) -> Mapping[str, int]:
        """Return the bytes each existing path takes on disk; missing paths are left out."""
        wanted = tuple(paths)
        if any(str(PurePosixPath(path).parent) == self._directory for path in wanted) or self._has_pool():
            return self._pool().allocated_bytes(wanted)
        with translated("cannot measure the images", self._directory), self._lender.lease() as connection:
            return sizes_of(connection, wanted)

    def create(self, spec: ImageSpec) -> None:
        """Make one file."""
        self._pool().create(spec)

    def delete(self, path: str) -> None:
        """Delete one file."""
        self._pool().delete(path)

    def resolved(self, path: str) -> str:
        """Return the path in its plain form."""
        return plain(path)

    def stands_on(self, path: str) -> tuple[str, ...]:
        """Return an image of some pool and the files below it."""
        with translated("cannot read the image", path), self._lender.lease() as connection:
            return volume_chain(connection, path)

    def written(self, path: str) -> bool:  # noqa: ARG002 - the port's parameter
        """Return False: libvirt does not tell who has a volume open."""
        return False

    def elsewhere(self, directory: str) -> "PlaceImages":
        """Return the store of another directory of the host."""
        return PlaceImages(self._lender, directory)

    def _pool(self) -> PoolImages:
        with self._lock:
            if self._known is None:
                self._known = PoolImages(self._lender, self._pool_name())
            return self._known

    def _has_pool(self) -> bool:
        if self._known is not None:
            return True
        with translated("cannot look at the storage pools", self._directory), self._lender.lease() as connection:
            return pool_of(connection, self._directory) is not None

    def _pool_name(self) -> str:
        with translated("cannot use the storage directory", self._directory), self._lender.lease() as connection:
            return pool_name_of(connection, self._directory)
