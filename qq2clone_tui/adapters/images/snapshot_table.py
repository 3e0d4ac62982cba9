"""Read the names of the states that a qcow2 image holds (QEMU, docs/interop/qcow2.txt, "Snapshots")."""

import struct
from collections.abc import Callable

from .qcow2_header import HEADER_BYTES, is_qcow2

__all__ = ["tags_in"]

MOST_SNAPSHOTS = 65_536
LONGEST_TABLE = 64 << 20
"""What QEMU itself takes at most (``QCOW_MAX_SNAPSHOTS``, ``QCOW_MAX_SNAPSHOTS_SIZE``)."""

_CHUNK = 64 << 10
_ENTRY = struct.Struct(">QIHHIIQII")


def tags_in(read: Callable[[int, int], bytes]) -> frozenset[str]:
    """Return the names of the states in an image; what is damaged ends the list.

    Args:
        read: returns bytes of the image, given offset and length; fewer where the image ends.
    """
    head = read(0, HEADER_BYTES)
    if not is_qcow2(head) or len(head) < HEADER_BYTES or int.from_bytes(head[4:8]) < 2:
        return frozenset()
    count, start = struct.unpack(">IQ", head[60:72])
    table = _Table(read, start)
    found: set[str] = set()
    at = 0
    for _ in range(min(count, MOST_SNAPSHOTS)):
        fixed = table.slice(at, _ENTRY.size)
        if len(fixed) < _ENTRY.size:
            break
        *_, ident, name, _sec, _nsec, _clock, _state, extra = _ENTRY.unpack(fixed)
        begins = at + _ENTRY.size + extra + ident
        text = table.slice(begins, name)
        if len(text) < name:
            break
        found.add(text.decode(errors="surrogateescape"))
        at = -(-(begins + name) // 8) * 8
    return frozenset(found)


class _Table:
    """The table as far as it has been read; most are a few dozen bytes."""

    def __init__(self, read: Callable[[int, int], bytes], start: int) -> None:
        self._read = read
        self._start = start
        self._known = b""

    def slice(self, at: int, length: int) -> bytes:
        """Return bytes of the table; fewer where it ends."""
        while len(self._known) < at + length <= LONGEST_TABLE:
            fresh = self._read(self._start + len(self._known), _CHUNK)
            self._known += fresh
            if len(fresh) < _CHUNK:
                break
        return self._known[at : at + length]
