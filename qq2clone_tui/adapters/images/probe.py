"""Find out what an image file is, and whether everything it stands on is there."""

import os
import stat
import threading
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.errors import AccessError, Qq2cloneError, WrongFileKind

from . import qemu_img
from .file_kinds import wrong_kind
from .os_errors import as_access_error
from .qcow2_header import cut_short, has_data_file

__all__ = ["ImageReader", "stamp_of"]

CANNOT_USE = "cannot use the image"
LONGEST_CHAIN = 200
_HEAD_BYTES = 4096

Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Image:
    """One image's facts, and the format it says its backing file has (empty: it does not say)."""

    facts: ImageFacts
    backing_format: str


class ImageReader:
    """Read images with qemu-img, each state of a file once; safe to share between threads."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[Stamp, _Image]] = {}
        self._lock = threading.Lock()

    def facts(self, path: str, declared: str = "") -> ImageFacts:
        """Return the facts of an image, having found its whole backing chain readable.

        Args:
            path: absolute path.
            declared: the format its owner says it has; empty when nobody said.

        Raises:
            AccessError: it, or a file it stands on, is missing or unreadable.
            WrongFileKind: it is no disk image, is not of the declared format, or is damaged.
        """
        top = self._one(path, declared)
        above, seen = top, {path}
        while above.facts.backing is not None:
            if above.facts.backing in seen or len(seen) > LONGEST_CHAIN:
                raise WrongFileKind(CANNOT_USE, subject=path, why="its backing files refer to one another in a circle")
            seen.add(above.facts.backing)
            above = self._below(above, path)
        return top.facts

    def _below(self, above: _Image, top: str) -> _Image:
        path = above.facts.backing or ""
        try:
            return self._one(path, above.backing_format)
        except Qq2cloneError as error:
            raise type(error)(
                f"cannot use the image {top!r}, because of its backing file",
                subject=path,
                why=error.why,
                remedy=f"Restore that file, or point {above.facts.path!r} to where it is now (qemu-img rebase -u).",
            ) from error

    def _one(self, path: str, declared: str) -> _Image:
        with as_access_error("cannot read the image", path):
            status = Path(path).stat()
        kind = stat.S_IFMT(status.st_mode)
        if kind not in (stat.S_IFREG, stat.S_IFBLK):
            what = "a directory" if kind == stat.S_IFDIR else "neither a file nor a block device"
            raise WrongFileKind(CANNOT_USE, subject=path, why=f"it is {what}", remedy="Give a disk image.")
        stamp = _device_stamp(path) if kind == stat.S_IFBLK else _file_stamp(status)
        with self._lock:
            known = self._known.get((path, declared))
        if known is None or known[0] != stamp:
            known = (stamp, _examine(path, declared, kind == stat.S_IFREG))
            with self._lock:
                self._known[path, declared] = known
        # The space it takes may change without its time stamp: holes are punched, clones shared.
        facts = replace(known[1].facts, actual_size=status.st_blocks * 512, stamp=stamp_of(status))
        return replace(known[1], facts=facts)


def stamp_of(status: os.stat_result) -> str:
    """Return the stamp of a file; without the device, whose number may be another one after the next boot.

    A block device has none: its node tells nothing of what was written, and is made anew at each boot.
    """
    if stat.S_ISBLK(status.st_mode):
        return ""
    return f"{status.st_ino}:{status.st_size}:{status.st_mtime_ns}"


def _file_stamp(status: os.stat_result) -> Stamp:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _device_stamp(path: str) -> Stamp:
    """Return what tells a block device from the one behind the same node before, as far as an image's header goes."""
    with as_access_error("cannot read the image", path), Path(path).open("rb") as file:
        head, size = file.read(_HEAD_BYTES), file.seek(0, os.SEEK_END)
        return os.fstat(file.fileno()).st_rdev, size, zlib.crc32(head), 0


def _examine(path: str, declared: str, regular: bool) -> _Image:
    head = _head(path)
    if regular and not head:
        raise WrongFileKind(CANNOT_USE, subject=path, why="it is empty", remedy="Give a disk image.")
    if declared != "raw" and has_data_file(head):
        # Before qemu-img is let near it: it would open the other file, whichever that is.
        remedy = "Convert it to an ordinary qcow2 image with qemu-img convert."
        raise WrongFileKind(CANNOT_USE, subject=path, why="it keeps its data in another file", remedy=remedy)
    told = qemu_img.info(path, declared)
    kind = wrong_kind(head) if told.format == "raw" and not declared else ""
    if kind:
        raise WrongFileKind(CANNOT_USE, subject=path, why=f"it is {kind}", remedy="Give a disk image.")
    if told.format not in qemu_img.FORMATS:
        raise WrongFileKind(CANNOT_USE, subject=path, why=f"its format is {told.format!r}")
    encrypted = told.encrypted or told.format == "luks"
    # Without the key there is nothing to check.
    damage = _damage(path, head) if told.format == "qcow2" and not encrypted else ""
    if damage:
        remedy = "Restore it from a copy if it was cut short; else see qemu-img check."
        raise WrongFileKind(CANNOT_USE, subject=path, why=f"it is damaged: {damage}", remedy=remedy)
    facts = ImageFacts(path, told.format, told.virtual_size, backing=_backing_path(path, told), encrypted=encrypted)
    return _Image(facts, told.backing_filename_format or "")


def _damage(path: str, head: bytes) -> str:
    # qemu-img takes zeros for a table that lies wholly behind the end, and so an image without content for sound.
    with as_access_error("cannot read the image", path), Path(path).open("rb") as file:
        if cut_short(head, file.seek(0, os.SEEK_END)):
            return "it ends before its own tables do"
    return qemu_img.check(path)


def _head(path: str) -> bytes:
    # Read by ourselves before qemu-img is asked: "permission denied" then names the right reason.
    with as_access_error("cannot read the image", path), Path(path).open("rb") as file:
        return file.read(_HEAD_BYTES)


def _backing_path(path: str, told: qemu_img.ImageInfo) -> str | None:
    name = told.full_backing_filename or told.backing_filename
    if not name:
        return None
    if not name.startswith("/"):
        raise AccessError(
            CANNOT_USE,
            subject=path,
            why=f"its backing file {name!r} is not a file of this host",
            remedy="Flatten it with qemu-img convert.",
        )
    return os.path.normpath(name)
