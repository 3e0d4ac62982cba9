"""Keep images as plain files in a directory of this host."""

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from qq2clone_tui.domain.disk import ImageFacts, ImageKind, ImageSpec
from qq2clone_tui.domain.errors import BadArgument, WrongFileKind
from qq2clone_tui.domain.room import Room

from . import qemu_img, write_lock
from .chain import chain, real_path
from .file_system import room_at
from .inspection import LocalInspection
from .kept_states import LocalKeptStates
from .merge import LocalMerging
from .new_file import clone_blocks, copy_bytes, new_file, open_source
from .os_errors import as_access_error
from .overlay_seed import SeedKey, Seeds
from .place import check_place, name_inside, open_place
from .probe import ImageReader
from .sealing import LocalSealing
from .shred import LocalEraser
from .survey import LocalSurvey

__all__ = ["LocalImages"]


class LocalImages:
    """Implement ``engine.ports.images.ImageStore`` on a directory that this process can write to.

    Args:
        place: absolute directory for new images; ``check_ready`` makes it when it is missing.

    Attributes:
        eraser: what overwrites files here.
        kept: what tells which states images hold inside themselves.
        inspection: what looks at single files closely.
        merging: what makes one image of several here.
        sealing: what closes images for good.
        survey: what looks at many images at once.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._reader = ImageReader()
        self._seeds = Seeds()
        self.eraser = LocalEraser(str(place))
        self.kept = LocalKeptStates()
        self.inspection = LocalInspection()
        self.merging = LocalMerging()
        self.sealing = LocalSealing()
        self.survey = LocalSurvey()

    @property
    def place(self) -> str:
        """Absolute directory in which new files are made."""
        return str(self._place)

    def check_ready(self) -> None:
        """Make the place if it is missing, and raise AccessError or WrongFileKind unless it will do."""
        check_place(self._place)

    def room(self) -> Room:
        """Return the room an ordinary user has in the nearest directory that exists."""
        with as_access_error("cannot measure the storage place", self.place):
            directory = next((at for at in (self._place, *self._place.parents) if at.exists()), Path("/"))
            return room_at(directory)

    def probe(self, path: str, declared: str = "") -> ImageFacts:
        """Return the facts of an image; see ``ImageReader.facts``."""
        return self._reader.facts(path, declared)

    def allocated_bytes(self, paths: Iterable[str]) -> Mapping[str, int]:
        """Return the bytes each existing path takes on disk; missing paths are left out."""
        found: dict[str, int] = {}
        for path in paths:
            try:
                found[path] = Path(path).lstat().st_blocks * 512
            except (OSError, ValueError):
                # Whether it is missing or hidden from us, nothing is known of its size.
                continue
        return found

    def create(self, spec: ImageSpec) -> None:
        """Make one file with mode 0600; on any failure nothing of it is left.

        Raises:
            AccessError: the file exists, the base does not, or the system refused something.
            BadArgument: the path lies outside the place, or the size is not positive.
            WrongFileKind: the base is no image of the format it is said to be.
        """
        match spec.kind:
            case ImageKind.OVERLAY:
                self._write_seed(spec, self._overlay_key(spec))
            case ImageKind.BLANK:
                self._write_seed(spec, SeedKey(_positive(spec.size, spec.path)))
            case ImageKind.COPY:
                self._copy(spec)
            case ImageKind.FILE:
                with open_source(spec.base) as source, new_file(self._place, spec.path) as target:
                    copy_bytes(source, target)

    def delete(self, path: str) -> None:
        """Delete one regular file or abandoned socket inside the place; a missing file is no error.

        Raises:
            BadArgument: the path lies outside the place.
            WrongFileKind: it is a directory, a link or a device.
            AccessError: the system refused it.
        """
        name = name_inside(self._place, path)
        with as_access_error("cannot delete the image", path):
            try:
                directory = open_place(self._place)
            except FileNotFoundError:
                return
            try:
                status = os.stat(name, dir_fd=directory, follow_symlinks=False)
                if not (stat.S_ISREG(status.st_mode) or stat.S_ISSOCK(status.st_mode)):
                    raise WrongFileKind("will not delete", subject=path, why="it is no regular file")
                os.unlink(name, dir_fd=directory)
            except FileNotFoundError:
                return
            finally:
                os.close(directory)

    def resolved(self, path: str) -> str:
        """Return the path without symbolic links, ``..`` and doubled slashes."""
        return real_path(path)

    def stands_on(self, path: str) -> tuple[str, ...]:
        """Return an image and the files its header, and theirs, name as backing, top first."""
        return tuple(chain(path))

    def written(self, path: str) -> bool:
        """Tell whether some QEMU of this host has the file open for writing."""
        return write_lock.written(path)

    def elsewhere(self, directory: str) -> "LocalImages":
        """Return the store of another directory."""
        return LocalImages(Path(directory))

    def _write_seed(self, spec: ImageSpec, key: SeedKey) -> None:
        with new_file(self._place, spec.path) as descriptor:
            self._seeds.write(key, descriptor)

    def _overlay_key(self, spec: ImageSpec) -> SeedKey:
        base = self.probe(spec.base, spec.base_format)
        with as_access_error("cannot read the base image", spec.base):
            status = Path(spec.base).stat()
        # A guest that sees less than its base had would find its file systems cut off.
        size = max(spec.size, base.virtual_size)
        stamp = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        return SeedKey(size, spec.base, base.format, stamp)

    def _copy(self, spec: ImageSpec) -> None:
        base = self.probe(spec.base, spec.base_format)
        with new_file(self._place, spec.path) as target:
            if not _shared_blocks(base, target):
                qemu_img.convert_to_qcow2(spec.base, base.format, spec.path, base.virtual_size)
            if spec.size > base.virtual_size:
                qemu_img.resize(spec.path, spec.size)


def _shared_blocks(base: ImageFacts, target: int) -> bool:
    # Only an image that stands alone is independent when its bytes are copied.
    if base.format != "qcow2" or base.backing is not None or not Path(base.path).is_file():
        return False
    # QEMU's lock does not keep us from sharing blocks; qemu-img convert will say that it is held.
    if write_lock.written(base.path):
        return False
    with open_source(base.path) as source:
        return clone_blocks(source, target)


def _positive(size: int, path: str) -> int:
    if size <= 0:
        raise BadArgument("cannot make the image", subject=path, why=f"its size would be {size} bytes")
    return size
