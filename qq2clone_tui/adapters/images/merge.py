"""Make one image of several on this host, so that no machine notices."""

import hashlib
import os
import stat
import threading
from contextlib import suppress
from pathlib import Path

from qq2clone_tui.domain.errors import AccessError, CommandFailed, WrongFileKind
from qq2clone_tui.domain.merge import Merge, Sealed
from qq2clone_tui.engine.ports.merging import OnFraction

from . import qemu_img
from .chain import real_path
from .new_file import clone_blocks, new_file, open_source
from .os_errors import as_access_error
from .place import name_inside, open_place
from .probe import ImageReader
from .qcow2_header import is_qcow2
from .sparse_copy import copy_sparse
from .watched_qemu_img import Watch, convert, read_the_same, rebase

__all__ = ["LocalMerging"]

SEALED_MODE = 0o444
_CANNOT = "cannot merge the images"
_DIGEST_BYTES = 4 << 20


class LocalMerging:
    """Implement ``engine.ports.merging.Merging`` with qemu-img; the directory is that of each image."""

    def make(self, merge: Merge, on_fraction: OnFraction, stop: threading.Event) -> Sealed:
        """Make the image, compare it with the one it is made of, and seal it."""
        place, watch = Path(merge.made).parent, Watch(on_fraction, stop)
        name_inside(place, merge.top)
        _refuse_unfit(merge.top)
        base = _base_of(merge) if merge.below else None
        with new_file(place, merge.made, _CANNOT) as target:
            if base:
                _copy(merge.top, target, watch.part(0.0, 0.3))
                rebase(merge.made, *base, watch.part(0.3, 0.6))
            else:
                convert(merge.top, merge.made, watch.part(0.0, 0.6))
            _check(merge, watch.part(0.6, 0.85))
            _keep_owner(merge.top, target)
            os.fchmod(target, SEALED_MODE)
            os.fsync(target)
            digest = _digest(merge.made, watch.part(0.85, 1.0))
        facts = ImageReader().facts(merge.made, "qcow2")
        return Sealed(facts.stamp, digest, facts.actual_size)

    def put(self, made: str, path: str) -> None:
        """Let a sealed image take the place of another one of its directory."""
        place = Path(path).parent
        name, old = name_inside(place, made), name_inside(place, path)
        with as_access_error("cannot put the merged image in place", path):
            directory = open_place(place)
            try:
                if not stat.S_ISREG(os.stat(old, dir_fd=directory, follow_symlinks=False).st_mode):
                    raise WrongFileKind("will not replace", subject=path, why="it is no regular file")
                with suppress(FileNotFoundError):  # done already, by whoever was killed just afterwards
                    os.replace(name, old, src_dir_fd=directory, dst_dir_fd=directory)
                os.fsync(directory)
            finally:
                os.close(directory)


def _refuse_unfit(path: str) -> None:
    with open_source(path) as descriptor, as_access_error("cannot read the image", path):
        head = os.pread(descriptor, 72, 0)
    why = ""
    if not is_qcow2(head):
        why = "it is no qcow2 image"
    # Snapshots inside would read what is below them, and find something else there.
    elif int.from_bytes(head[60:64]):
        why = "it has snapshots inside"
    if why:
        raise WrongFileKind(_CANNOT, subject=path, why=why)


def _base_of(merge: Merge) -> tuple[str, str]:
    """Return name and format of what the image will stand on, as the one standing on it now has them.

    Nobody else's word is taken for the format: a guest can write any header into a raw image.
    """
    path, seen = merge.top, set[str]()
    while path not in seen:
        seen.add(path)
        told = qemu_img.info(path, "qcow2")
        name, format_ = told.full_backing_filename or "", told.backing_filename_format or ""
        if not name.startswith("/"):
            break
        if real_path(name) == real_path(merge.below):
            if format_ not in qemu_img.FORMATS:
                raise WrongFileKind(_CANNOT, subject=path, why="it does not say which format its base has")
            return name, format_
        if format_ != "qcow2":
            break
        path = name
    raise WrongFileKind(_CANNOT, subject=merge.top, why=f"it does not stand on {merge.below!r}")


def _copy(path: str, target: int, watch: Watch) -> None:
    with open_source(path) as source:
        if not clone_blocks(source, target):
            copy_sparse(source, target, watch.told)


def _check(merge: Merge, watch: Watch) -> None:
    damage = qemu_img.check(merge.made)
    if not damage and not read_the_same(merge.top, merge.made, watch):
        damage = f"it does not read like {merge.top!r}"
    if damage:
        remedy = "Nothing was changed. Check the images with qemu-img check."
        raise CommandFailed(_CANNOT, subject=merge.made, why=f"the result is not right: {damage}", remedy=remedy)


def _keep_owner(path: str, target: int) -> None:
    """Give the copy the owner of the original, as far as we may: libvirt may have given it to QEMU's user."""
    with suppress(OSError):
        status = Path(path).stat()
        os.fchown(target, status.st_uid, status.st_gid)


def _digest(path: str, watch: Watch) -> str:
    digest, done = hashlib.sha256(), 0
    with as_access_error("cannot read the merged image", path), Path(path).open("rb") as file:
        length = os.fstat(file.fileno()).st_size
        while chunk := file.read(_DIGEST_BYTES):
            digest.update(chunk)
            done += len(chunk)
            watch.told(done / length)
    if done != length:
        raise AccessError("cannot read the merged image", subject=path, why="it changed meanwhile")
    return digest.hexdigest()
