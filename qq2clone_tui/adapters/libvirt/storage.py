"""Keep images in a libvirt storage pool: for remote hosts, and where only the daemon may write.

The calls used are those of https://libvirt.org/html/libvirt-libvirt-storage.html
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath

from qq2clone_tui.adapters.images.place import CANNOT_USE, hidden_part, hidden_place
from qq2clone_tui.domain.disk import ImageFacts, ImageKind, ImageSpec
from qq2clone_tui.domain.errors import AccessError, BadArgument, WrongFileKind
from qq2clone_tui.domain.room import Room
from qq2clone_tui.engine.ports.images import ImageStore

from .binding import libvirt
from .directory_pool import pool_name_of
from .errors import code_of, reason, translated
from .kept_states import PoolKeptStates
from .lender import Lender
from .place_room import PlaceRoom
from .pool_survey import PoolSealing, PoolSurvey
from .volume_reading import plain, read_content, read_volume, volume_chain
from .volume_xml import pool_target, pool_type, volume_xml
from .volumes import copy_volume, create_filled, find_volume, kind_of, refresh, sizes_of, volume_in

__all__ = ["PoolImages"]

POOL_TYPES = frozenset({"dir", "fs", "netfs"})
"""Types whose volumes are files in a directory."""

CANNOT_MAKE = "cannot make the image"


class PoolImages:
    """Implement ``engine.ports.images.ImageStore`` on a directory pool of the hypervisor's host.

    Args:
        lender: lends connections to the hypervisor.
        pool: name of the pool.

    Attributes:
        eraser, inspection, merging: None: the files are the host's, where libvirt wipes them, says little of them
            and cannot make one of several.
        kept: what tells which states images hold inside themselves.
        survey: what looks at many images at once.
        sealing: what closes images for good.

    Raises:
        AccessError: there is no such pool.
        WrongFileKind: it is no pool of files in a directory.
    """

    eraser: None = None
    inspection: None = None
    merging: None = None

    def __init__(self, lender: Lender, pool: str) -> None:
        self._lender = lender
        self._name = pool
        self.kept = PoolKeptStates(lender)
        self.survey = PoolSurvey(lender)
        self.sealing = PoolSealing(lender)
        with translated(CANNOT_USE, pool, AccessError), lender.lease() as connection:
            xml = connection.storagePoolLookupByName(pool).XMLDesc(0)
        kind = pool_type(xml)
        if kind not in POOL_TYPES:
            raise WrongFileKind(
                CANNOT_USE,
                subject=pool,
                why=f"it is a pool of type {kind!r}, not a directory",
                remedy="Choose a pool of type dir.",
            )
        self._place = pool_target(xml)
        self._room = PlaceRoom(lender, self._place)

    @property
    def place(self) -> str:
        """Absolute directory, on the hypervisor's host, in which new files are made."""
        return self._place

    def check_ready(self) -> None:
        """Raise AccessError unless the pool is running and its directory not hidden."""
        hidden = hidden_part(PurePosixPath(self._place))
        if hidden:
            raise hidden_place(self._place, hidden)
        with translated(CANNOT_USE, self._name, AccessError), self._lender.lease() as connection:
            pool = connection.storagePoolLookupByName(self._name)
            running = pool.isActive() == 1
            if running:
                pool.refresh(0)
        if not running:
            remedy = f"Start it: virsh pool-start {self._name}"
            raise AccessError(CANNOT_USE, subject=self._name, why="the pool is not running", remedy=remedy)

    def room(self) -> Room | None:
        """Return the room of the pool; None while it is not running and the files are another host's."""
        return self._room.now()

    def probe(self, path: str, declared: str = "") -> ImageFacts:
        """Return the facts of an image that lies in some pool of the host.

        Args:
            path: absolute path on the host.
            declared: the format its owner says it has; empty when nobody said.

        Raises:
            AccessError: it, or a file it stands on, is missing, or no pool holds its directory.
            WrongFileKind: it is no disk image, not of the declared format, or cut short.
        """
        with translated("cannot read the image", path, AccessError), self._lender.lease() as connection:
            return read_volume(connection, path, declared)

    def allocated_bytes(self, paths: Iterable[str]) -> Mapping[str, int]:
        """Return the bytes each existing path takes on disk; missing paths are left out."""
        with translated("cannot measure the images", self._name), self._lender.lease() as connection:
            return sizes_of(connection, paths)

    def create(self, spec: ImageSpec) -> None:
        """Make one file with mode 0600; on any failure nothing of it is left.

        Raises:
            AccessError: the file exists, the base does not, or the host refused something.
            BadArgument: the path lies outside the pool.
            WrongFileKind: the base is no image of the format it is said to be.
        """
        name = self._name_inside(spec.path)
        with _making(spec.path), self._lender.lease(batch=True) as connection:
            pool = connection.storagePoolLookupByName(self._name)
            match spec.kind:
                case ImageKind.OVERLAY:
                    base = read_volume(connection, spec.base, spec.base_format)
                    # A guest that sees less than its base had would find its file systems cut off.
                    size = max(spec.size, base.virtual_size)
                    pool.createXML(volume_xml(name, "qcow2", size, spec.base, base.format), 0)
                case ImageKind.BLANK:
                    if spec.size <= 0:
                        raise BadArgument(CANNOT_MAKE, subject=spec.path, why=f"its size would be {spec.size} bytes")
                    pool.createXML(volume_xml(name, "qcow2", spec.size), 0)
                case ImageKind.COPY:
                    base = read_volume(connection, spec.base, spec.base_format)
                    copy_volume(pool, name, find_volume(connection, spec.base), max(spec.size, base.virtual_size))
                case ImageKind.FILE:
                    create_filled(connection, pool, name, read_content(connection, spec.base))

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

    def elsewhere(self, directory: str) -> ImageStore:
        """Return the store of another directory of the host, through its own pool."""
        with translated(CANNOT_USE, directory, AccessError), self._lender.lease() as connection:
            name = pool_name_of(connection, directory)
        return PoolImages(self._lender, name)

    def delete(self, path: str) -> None:
        """Delete one file of the pool; a missing file is no error.

        Raises:
            BadArgument: the path lies outside the pool.
            WrongFileKind: it is a directory.
            AccessError: the host refused it.
        """
        name = self._name_inside(path)
        with translated("cannot delete the image", path, AccessError), self._lender.lease(batch=True) as connection:
            pool = connection.storagePoolLookupByName(self._name)
            kind = kind_of(volume_in(pool, name))
            if kind is None:
                # The pool is not told of files that come or go by another way.
                refresh(pool)
                kind = kind_of(volume_in(pool, name))
            if kind is None:
                return
            if kind != libvirt.VIR_STORAGE_VOL_FILE:
                raise WrongFileKind("will not delete", subject=path, why="it is no regular file")
            volume_in(pool, name).delete(0)

    def _name_inside(self, path: str) -> str:
        given = PurePosixPath(path)
        if str(given.parent) != self._place.rstrip("/") or given.name in ("", ".", ".."):
            raise BadArgument(
                "will not touch the file",
                subject=path,
                why=f"it is outside the pool's directory {self._place!r}",
                remedy="Set the storage place that it was made in.",
            )
        return given.name


@contextmanager
def _making(path: str) -> Iterator[None]:
    """Translate the errors of making a file; that one is there already is no fault of the hypervisor."""
    with translated(CANNOT_MAKE, path, AccessError):
        try:
            yield
        except libvirt.libvirtError as fault:
            if code_of(fault) != libvirt.VIR_ERR_STORAGE_VOL_EXIST and "already exists" not in reason(fault):
                raise
            remedy = "Remove or rename it; if it is gone, refresh the pool (virsh pool-refresh)."
            raise AccessError(CANNOT_MAKE, subject=path, why=reason(fault), remedy=remedy) from fault
