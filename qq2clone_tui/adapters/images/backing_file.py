"""Tell from the first bytes of an image which file it stands on, however QEMU was told of it.

A name may be a path, one with the name of a protocol in front, or a whole description in JSON
(``json:{...}``; QEMU, docs/interop/qemu-qmp-ref, BlockdevOptions). Formats: docs/interop/qcow2.txt, qed_spec.txt.
"""

import json
import struct
from typing import Any

from .qcow2_header import backing_name

__all__ = ["file_below"]

_PREFIXES = ("file:", "host_device:")
_QED = b"QED\0"
_QED_NAME = 56
"""Where a QED header has offset and length of the name, in little endian."""
_DEEPEST = 8


def file_below(head: bytes) -> str:
    """Return the name of the file an image stands on: absolute, or relative to its directory; empty for none.

    Args:
        head: the image's beginning. What lies behind it is not found.
    """
    name = _qed_name(head) if head.startswith(_QED) else backing_name(head)
    if name.startswith("json:"):
        name = _described(name.removeprefix("json:"))
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return "" if "\0" in name else name


def _described(text: str) -> str:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    for _ in range(_DEEPEST):
        if not isinstance(found, dict):
            break
        for key, value in found.items():
            if key.endswith("filename") and isinstance(value, str):
                return value
        found = found.get("file")
    return found if isinstance(found, str) else ""


def _qed_name(head: bytes) -> str:
    if len(head) < _QED_NAME + 8:
        return ""
    offset, length = struct.unpack("<II", head[_QED_NAME : _QED_NAME + 8])
    return head[offset : offset + length].decode(errors="surrogateescape") if offset else ""
