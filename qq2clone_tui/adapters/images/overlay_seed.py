"""Keep the bytes of empty qcow2 images: all overlays of one base and size have the same ones.

qemu-img makes the first; every further one is a few short writes, some thirty times as fast.
"""

import os
import threading
from collections.abc import Hashable
from dataclasses import dataclass

from . import qemu_img
from .os_errors import as_access_error

__all__ = ["SeedKey", "Seeds"]

BLOCK_BYTES = 4096


@dataclass(frozen=True, slots=True)
class SeedKey:
    """What the bytes of an empty image follow from; ``stamp`` tells one state of the base from the next."""

    size: int
    base: str = ""
    base_format: str = ""
    stamp: Hashable = None


@dataclass(frozen=True, slots=True)
class _Seed:
    """A file's length and those stretches of it that are not zero."""

    length: int
    stretches: tuple[tuple[int, bytes], ...]


class Seeds:
    """Write empty qcow2 images from memory; safe to share between threads."""

    def __init__(self) -> None:
        self._seeds: dict[SeedKey, _Seed] = {}
        self._lock = threading.Lock()

    def write(self, key: SeedKey, descriptor: int) -> None:
        """Write the image for ``key`` into a new, empty file.

        Raises:
            OSError: the file could not be written whole.
            CommandFailed, AccessError, MissingProgram: qemu-img could not make the first one.
        """
        seed = self._seed(key)
        for offset, stretch in seed.stretches:
            written = 0
            while written < len(stretch):
                written += os.pwrite(descriptor, stretch[written:], offset + written)
        # What is zero stays a hole: an overlay takes a few blocks on disk, not its full length.
        os.ftruncate(descriptor, seed.length)

    def _seed(self, key: SeedKey) -> _Seed:
        # One thread makes a seed while the others, who most likely want the same, wait for it.
        with self._lock:
            if key not in self._seeds:
                self._seeds[key] = _make(key)
            return self._seeds[key]


def _make(key: SeedKey) -> _Seed:
    with as_access_error("cannot hold a file in memory", "memfd_create"):
        descriptor = os.memfd_create("overlay.qcow2")
    # In memory, so that nothing of it is left wherever we are killed; qemu-img reaches it through us.
    with os.fdopen(descriptor, "rb") as image:
        qemu_img.create_qcow2(f"/proc/{os.getpid()}/fd/{descriptor}", key.size, key.base, key.base_format)
        content = image.read()
    return _Seed(len(content), tuple(_stretches(content)))


def _stretches(content: bytes) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    for offset in range(0, len(content), BLOCK_BYTES):
        block = content[offset : offset + BLOCK_BYTES]
        if not any(block):
            continue
        if found and found[-1][0] + len(found[-1][1]) == offset:
            found[-1] = (found[-1][0], found[-1][1] + block)
        else:
            found.append((offset, block))
    return found
