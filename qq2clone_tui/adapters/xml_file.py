"""Read domain XML that somebody else wrote."""

import os
import stat

from qq2clone_tui.domain.errors import AccessError, WrongFileKind

__all__ = ["MOST_BYTES", "read_xml"]

MOST_BYTES = 4 * 1024 * 1024
"""Bytes a file of domain XML may have; libvirt itself refuses strings over 4 MiB (VIR_NET_MESSAGE_STRING_MAX)."""


def read_xml(path: str) -> str:
    """Return the text of a regular file of at most ``MOST_BYTES`` bytes of UTF-8.

    Raises:
        AccessError: the file is missing or unreadable.
        WrongFileKind: it is no regular file, too large, or not text.
    """
    try:
        # Without O_NONBLOCK the open itself would hang on a named pipe.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            content = file.read(MOST_BYTES + 1) if regular else b""
    except OSError as error:
        raise AccessError(
            "cannot read the domain XML",
            subject=path,
            why=error.strerror or str(error),
            remedy="Give the path of a readable file.",
        ) from error
    if not regular or len(content) > MOST_BYTES:
        why = "it is not a regular file" if not regular else f"it is larger than {MOST_BYTES} bytes"
        raise WrongFileKind("cannot read the domain XML", subject=path, why=why, remedy="Give a file of domain XML.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise WrongFileKind(
            "cannot read the domain XML",
            subject=path,
            why="it is not UTF-8 text",
            remedy="Write the XML with virsh dumpxml --inactive --security-info.",
        ) from error
