"""Make a file that did not exist before, whole or not at all."""

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qq2clone_tui.domain.errors import WrongFileKind

from .os_errors import as_access_error
from .place import name_inside, open_place

__all__ = ["clone_blocks", "copy_bytes", "new_file", "open_source"]

# _IOW(0x94, 9, int): share the source's blocks (ioctl_ficlone(2)).
FICLONE = 0x40049409

PRIVATE_MODE = 0o600
COPY_CHUNK_BYTES = 1024 * 1024


@contextmanager
def new_file(place: Path, path: str, what: str = "cannot make the image") -> Iterator[int]:
    """Create a file with mode 0600 and yield its descriptor; remove it if the block fails.

    When it is over, bytes and name of the file are on the disk.

    Args:
        place: the directory it has to lie in.
        path: absolute path; an existing file, or a link of that name, is an error and stays.

    Raises:
        AccessError: the system refused it, or anything the block did to the file.
        BadArgument: the path lies outside the place.
    """
    name = name_inside(place, path)
    with as_access_error(what, path):
        directory = open_place(place)
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(name, flags, PRIVATE_MODE, dir_fd=directory)
            try:
                yield descriptor
                # A machine or a record names it next, and may be on the disk before what it names.
                os.fsync(descriptor)
                os.fsync(directory)
                os.close(descriptor)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.close(descriptor)
                # Only what we made: O_EXCL has seen to it that nothing of the name was there.
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=directory)
                raise
        finally:
            os.close(directory)


@contextmanager
def open_source(path: str) -> Iterator[int]:
    """Open a regular file to copy from and yield its descriptor.

    Raises:
        AccessError: it is missing or unreadable.
        WrongFileKind: it is no regular file.
    """
    with as_access_error("cannot read the file to copy", path):
        # Without O_NONBLOCK a named pipe would keep us waiting for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise WrongFileKind("cannot copy the file", subject=path, why="it is no regular file")
        yield descriptor
    finally:
        os.close(descriptor)


def clone_blocks(source: int, target: int) -> bool:
    """Let the target share all blocks of the source; False where the file system cannot."""
    try:
        fcntl.ioctl(target, FICLONE, source)
    except OSError as error:
        if error.errno in (errno.EOPNOTSUPP, errno.ENOTTY, errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EPERM):
            return False
        raise
    return True


def copy_bytes(source: int, target: int) -> None:
    """Copy a file byte for byte, sharing blocks where the file system can."""
    if clone_blocks(source, target):
        return
    offset = 0
    while chunk := os.pread(source, COPY_CHUNK_BYTES, offset):
        offset += len(chunk)
        view = memoryview(chunk)
        while view:
            view = view[os.write(target, view) :]
