"""Read what a guest would read from an image, without QEMU: in less than a millisecond for a small one.

Written from the description of the format (QEMU, docs/interop/qcow2.txt), and apart from the product's own reader
of headers, so that one fault is not in both.
"""

import os
import struct
from functools import lru_cache
from pathlib import Path

__all__ = ["chain", "guest_bytes", "standing", "stands_on"]

_MAGIC = b"QFI\xfb"
_OFFSET = (1 << 56) - (1 << 9)
"""Bits 9 to 55 of a table's entry: where in the file the cluster is."""
_COMPRESSED = 1 << 62
_ZERO = 1
_BACKING_FORMAT = 0xE2792ACA
_DIRTY = 1
_HEAD_BYTES = 4096
"""The name of the backing file is in the first cluster, directly behind the header."""


def guest_bytes(path: str, declared: str = "qcow2") -> bytes:
    """Return all bytes of a disk, through its backing files.

    Args:
        path: absolute path of the image.
        declared: its format: ``qcow2`` or ``raw``.
    """
    content = Path(path).read_bytes()
    if declared == "raw":
        return content
    assert content.startswith(_MAGIC), f"{path} is no qcow2 image"
    return _clusters(path, content)


def stands_on(path: str) -> str:
    """Return the path of the file that an image names as its backing file; empty when there is none."""
    return _named(path, *_identity(path))


def chain(path: str) -> list[str]:
    """Return an image and those below it, top first; a raw one, by its name, has none below."""
    found = [path]
    while found[-1].endswith(".qcow2") and (below := stands_on(found[-1])):
        found.append(below)
    return found


def standing(path: str) -> str:
    """Return what changes whenever the image or one below it is written, moved or replaced."""
    return " ".join(f"{each}:{_identity(each)}" for each in chain(path))


def _identity(path: str) -> tuple[int, int]:
    status = os.stat(path)  # noqa: PTH116 - thousands of times a second
    return status.st_ino, status.st_ctime_ns


@lru_cache(maxsize=4096)
def _named(path: str, _inode: int, _changed_ns: int) -> str:
    with Path(path).open("rb") as file:
        content = file.read(_HEAD_BYTES)
    return _backing_path(path, content) if content.startswith(_MAGIC) else ""


def _clusters(path: str, content: bytes) -> bytes:
    cluster_bits, size, encrypted = struct.unpack(">IQI", content[20:36])
    assert not encrypted and not _features(content) & ~_DIRTY, f"{path} uses features this reader does not know"
    cluster = 1 << cluster_bits
    entries, table = struct.unpack(">IQ", content[36:48])
    disk = bytearray(_below(path, content)[:size].ljust(size, b"\0"))
    for index in range(entries):
        second = _entry(content, table + 8 * index) & _OFFSET
        if not second:
            continue
        for position in range(cluster // 8):
            at = (index * (cluster // 8) + position) * cluster
            if at >= size:
                break
            entry = _entry(content, second + 8 * position)
            assert not entry & _COMPRESSED, f"{path} has compressed clusters"
            if entry & _ZERO:
                data = bytes(cluster)
            elif entry & _OFFSET:
                data = content[entry & _OFFSET :][:cluster].ljust(cluster, b"\0")
            else:
                continue
            disk[at : at + cluster] = data[: size - at]
    return bytes(disk)


def _entry(content: bytes, offset: int) -> int:
    return int.from_bytes(content[offset : offset + 8])


def _features(content: bytes) -> int:
    version = int.from_bytes(content[4:8])
    return int.from_bytes(content[72:80]) if version >= 3 else 0


def _below(path: str, content: bytes) -> bytes:
    below = _backing_path(path, content)
    return guest_bytes(below, _backing_format(content)) if below else b""


def _backing_path(path: str, content: bytes) -> str:
    offset, length = struct.unpack(">QI", content[8:20])
    name = content[offset : offset + length].decode()
    return os.path.join(os.path.dirname(path), name) if offset else ""  # noqa: PTH118, PTH120 - as above


def _backing_format(content: bytes) -> str:
    at = int.from_bytes(content[100:104]) if int.from_bytes(content[4:8]) >= 3 else 72
    while True:
        kind, length = struct.unpack(">II", content[at : at + 8])
        assert kind, "an image does not say of which format its backing file is"
        if kind == _BACKING_FORMAT:
            return content[at + 8 : at + 8 + length].decode()
        at += 8 + (length + 7) // 8 * 8
