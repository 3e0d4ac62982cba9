"""Read what matters from the first bytes of a qcow2 image (QEMU, docs/interop/qcow2.txt)."""

import struct

__all__ = ["backing_format", "backing_name", "cut_short", "has_data_file", "is_qcow2"]

MAGIC = b"QFI\xfb"
HEADER_BYTES = 72
BACKING_FORMAT = 0xE2792ACA
"""Type of the header extension that names the format of the backing file."""
EXTERNAL_DATA_FILE = 4
"""Incompatible feature bit 2; version 3 headers only."""


def is_qcow2(head: bytes) -> bool:
    """Tell whether a file with this beginning is a qcow2 image (or its forefather qcow)."""
    return head.startswith(MAGIC)


def has_data_file(head: bytes) -> bool:
    """Tell whether the image keeps its data in another file, which QEMU would open on sight."""
    if not is_qcow2(head):
        return False
    version, features = int.from_bytes(head[4:8]), int.from_bytes(head[72:80])
    return version >= 3 and bool(features & EXTERNAL_DATA_FILE)


def backing_name(head: bytes) -> str:
    """Return the name of the backing file, empty when there is none or it is not in this beginning."""
    if not is_qcow2(head) or len(head) < HEADER_BYTES:
        return ""
    offset, length = struct.unpack(">QI", head[8:20])
    return head[offset : offset + length].decode(errors="surrogateescape") if offset else ""


def backing_format(head: bytes) -> str:
    """Return the format that the image says its backing file has; empty when it does not say."""
    if not is_qcow2(head) or len(head) < HEADER_BYTES:
        return ""
    # A header of version 2 has no field for its own length.
    at = int.from_bytes(head[100:104]) if int.from_bytes(head[4:8]) >= 3 else HEADER_BYTES
    while at + 8 <= len(head):
        kind, length = struct.unpack(">II", head[at : at + 8])
        if kind == BACKING_FORMAT:
            return head[at + 8 : at + 8 + length].decode(errors="replace")
        if kind == 0:
            return ""
        at += 8 + (length + 7) // 8 * 8
    return ""


def cut_short(head: bytes, length: int) -> bool:
    """Tell whether the file ends before its own tables do.

    Args:
        head: its beginning, at least the 72 bytes that every header has.
        length: bytes in the file.
    """
    if len(head) < HEADER_BYTES:
        return True
    # Offsets 36 to 60: entries of the active L1 table, its offset, that of the refcount table and its clusters.
    l1_entries, l1_offset, refcount_offset, refcount_clusters = struct.unpack(">IQQI", head[36:60])
    cluster_bytes = 1 << min(int.from_bytes(head[20:24]), 21)
    # The last table may end in the middle of a cluster: QEMU reads zeros behind the end of a file.
    tables_end = max(l1_offset + 8 * l1_entries, refcount_offset + (refcount_clusters - 1) * cluster_bytes)
    return bool(length < tables_end)
