"""Describe disks, the images behind them, and what cloning does with each."""

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["DiskPolicy", "FileFacts", "ImageFacts", "ImageKind", "ImageSpec"]


class DiskPolicy(StrEnum):
    """What a clone gets for one disk of its template."""

    OVERLAY = "overlay"
    SHARE = "share"
    BLANK = "blank"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What ``qemu-img info`` says of an image (or libvirt of a volume).

    Args:
        path: absolute path of the file or block device.
        format: the image's own format, probed or declared: ``qcow2``, ``raw``, ...
        virtual_size: bytes the guest sees.
        actual_size: bytes allocated on disk.
        backing: absolute path of the backing file, None when there is none.
        encrypted: True for a LUKS or legacy-encrypted image.
        stamp: changes whenever somebody writes to the file or puts another in its place; empty when unknown.
    """

    path: str
    format: str
    virtual_size: int
    actual_size: int = 0
    backing: str | None = None
    encrypted: bool = False
    stamp: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the system says of a file.

    Args:
        path: absolute path.
        device: number of the file system it is on; may be another one after the next boot.
        inode: its number there; of whatever lies at a path, it tells whether that is still the same file.
        size: length in bytes.
        mtime_ns: nanoseconds since the epoch at which it was written last.
        mode: permission bits.
        names: by how many names it can be reached, as far as hard links go.
    """

    path: str
    device: int
    inode: int
    size: int
    mtime_ns: int
    mode: int
    names: int = 1

    @property
    def stamp(self) -> str:
        """Return what ``ImageFacts.stamp`` says of the same file."""
        return f"{self.inode}:{self.size}:{self.mtime_ns}"

    @property
    def writable(self) -> bool:
        """Tell whether its permissions let anybody write to it."""
        return bool(self.mode & 0o222)


class ImageKind(StrEnum):
    """How a new file of a clone comes about."""

    OVERLAY = "overlay"
    BLANK = "blank"
    COPY = "copy"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class ImageSpec:
    """A file that a clone needs and that does not exist yet.

    Args:
        path: absolute path of the new file.
        kind: OVERLAY (qcow2 over ``base``), BLANK (empty qcow2 of ``size``), COPY (full,
            independent qcow2 copy of ``base``), FILE (``base`` copied byte for byte: NVRAM).
        base: absolute path of the backing or source file; empty for BLANK.
        base_format: format of ``base``, always written explicitly into an overlay.
        size: virtual size in bytes, never below that of ``base``.
    """

    path: str
    kind: ImageKind
    base: str = ""
    base_format: str = ""
    size: int = 0
