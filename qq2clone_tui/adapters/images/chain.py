"""Follow an image down to what it stands on by the headers alone, in a moment, however large it is."""

import os
import stat
from collections.abc import Iterator

from .backing_file import file_below

__all__ = ["chain", "head_of", "real_path"]

LONGEST = 200
HEAD_BYTES = 64 * 1024
"""The backing file's name lies in the first cluster, behind the header extensions."""


def real_path(path: str) -> str:
    """Return the path without symbolic links, ``..`` and doubled slashes; as far as it exists."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return path


def chain(path: str) -> Iterator[str]:
    """Yield the real path of an image and of each file below it, top first, as far as they can be read.

    A raw image whose guest wrote a header into it is taken at its word: here that only leads to too much care.
    """
    seen: set[str] = set()
    following = real_path(path)
    while following not in seen and len(seen) < LONGEST:
        seen.add(following)
        yield following
        name = file_below(head_of(following))
        if not name:
            return
        # The format takes a relative name from the directory of the image that holds it.
        following = real_path(os.path.join(os.path.dirname(following), name))  # noqa: PTH118, PTH120


def head_of(path: str) -> bytes:
    """Return the beginning of an image, in which its header lies; nothing of what cannot be read or is no file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return b""
    try:
        # A block device holds images too; a pipe or terminal is not to be read from.
        kind = stat.S_IFMT(os.fstat(descriptor).st_mode)
        return os.pread(descriptor, HEAD_BYTES, 0) if kind in (stat.S_IFREG, stat.S_IFBLK) else b""
    except OSError:
        return b""
    finally:
        os.close(descriptor)
