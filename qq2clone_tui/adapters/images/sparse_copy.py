"""Copy a file without filling its holes."""

import errno
import os
from collections.abc import Callable

__all__ = ["copy_sparse"]

_CHUNK_BYTES = 4 << 20


def copy_sparse(source: int, target: int, on_fraction: Callable[[float], None]) -> None:
    """Copy an open file into an empty one; what is a hole stays one (SEEK_DATA in lseek(2)).

    Args:
        source, target: descriptors, for reading and for writing.
        on_fraction: told how much of the file's length is done, from 0 to 1; may raise to stop.
    """
    length = os.fstat(source).st_size
    offset = 0
    while offset < length:
        begin = _next(source, offset, os.SEEK_DATA, length)
        end = _next(source, begin, os.SEEK_HOLE, length) if begin < length else begin
        offset = _copy(source, target, begin, end, lambda done: on_fraction(done / length))
    os.ftruncate(target, length)


def _copy(source: int, target: int, begin: int, end: int, on_offset: Callable[[int], None]) -> int:
    while begin < end:
        chunk = os.pread(source, min(_CHUNK_BYTES, end - begin), begin)
        if not chunk:
            break
        written = 0
        while written < len(chunk):
            written += os.pwrite(target, chunk[written:], begin + written)
        begin += len(chunk)
        on_offset(begin)
    return end


def _next(descriptor: int, offset: int, whence: int, length: int) -> int:
    try:
        return os.lseek(descriptor, offset, whence)
    except OSError as error:
        if error.errno == errno.ENXIO:  # only a hole is left
            return length
        raise
