"""Tell whether some QEMU writes to a file, by the locks that QEMU itself goes by.

QEMU keeps a shared lock on one byte for each permission it uses, from byte 100 on; byte 101 stands for
writing. Sources: ``RAW_LOCK_PERM_BASE`` in QEMU's block/file-posix.c, ``BLK_PERM_WRITE`` in its
block-common.h, and F_OFD_GETLK in fcntl(2). Unlike ``qemu-img info`` this also sees writers of raw images.
"""

import fcntl
import os
import struct

__all__ = ["written"]

_FLOCK = "hhqqi4x"
"""struct flock: type, whence, start, length, process."""
_WRITE_BYTE = 101


def written(path: str) -> bool:
    """Tell whether a QEMU of this host has the file open for writing; False where that cannot be told.

    Args:
        path: absolute path. No lock is taken and nothing written.
    """
    question = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, _WRITE_BYTE, 1, 0)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return False
    try:
        answer = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, question)
    except OSError:  # the file system has no locks
        return False
    finally:
        os.close(descriptor)
    kind: int = struct.unpack(_FLOCK, answer)[0]
    return kind != fcntl.F_UNLCK
