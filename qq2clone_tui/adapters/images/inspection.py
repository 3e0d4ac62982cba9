"""Look at single files of this host closely."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from qq2clone_tui.domain.disk import FileFacts
from qq2clone_tui.domain.errors import BadArgument, WrongFileKind
from qq2clone_tui.engine.ports.inspection import Heard, Stopped

from .chain import head_of
from .os_errors import access_error, as_access_error
from .qcow2_header import backing_format

__all__ = ["LocalInspection"]

_CHUNK_BYTES = 1024 * 1024
_ZEROS = bytes(_CHUNK_BYTES)
_CANNOT = "cannot compute the digest of the image"


class LocalInspection:
    """Implement ``engine.ports.inspection.Inspection`` on the files of this host; safe to share between threads."""

    def facts(self, path: str) -> FileFacts | None:
        """Return what the system says of a file or block device; None when there is none."""
        try:
            status = os.stat(path)  # noqa: PTH116 - of any kind
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                return None
            raise access_error("cannot look at the file", path, error) from error
        return _facts(path, status)

    def named(self, directory: str, inode: int) -> str:
        """Return the path of the regular file with an inode in a directory; empty when it has none."""
        try:
            with os.scandir(directory) as entries:
                for entry in entries:
                    if entry.inode() == inode and entry.is_file(follow_symlinks=False):
                        return os.path.join(directory, entry.name)  # noqa: PTH118
        except OSError:
            return ""
        return ""

    def backing_format(self, path: str) -> str:
        """Return the format that an overlay says the image below it has; empty when it does not say."""
        return backing_format(head_of(path))

    def digest(self, path: str, heard: Heard, stopped: Stopped) -> str:
        """Return the SHA-256 of a file's bytes; holes count as the zeros they read as, but are not read."""
        sha = hashlib.sha256()
        with _opened(path) as descriptor, as_access_error(_CANNOT, path):
            before = os.fstat(descriptor)
            size = os.lseek(descriptor, 0, os.SEEK_END)
            at = 0
            for end, is_hole in _stretches(descriptor, size):
                while at < end:
                    if stopped():
                        return ""
                    length = min(_CHUNK_BYTES, end - at)
                    chunk = _ZEROS[:length] if is_hole else os.pread(descriptor, length, at)
                    if not chunk:
                        raise _changed(path)
                    sha.update(chunk)
                    heard(len(chunk))
                    at += len(chunk)
            if _identity(os.fstat(descriptor)) != _identity(before):
                raise _changed(path)
        return sha.hexdigest()


@contextmanager
def _opened(path: str) -> Iterator[int]:
    with as_access_error(_CANNOT, path):
        # Without O_NONBLOCK a named pipe would keep us waiting for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        kind = stat.S_IFMT(os.fstat(descriptor).st_mode)
        if kind not in (stat.S_IFREG, stat.S_IFBLK):
            raise WrongFileKind(_CANNOT, subject=path, why="it is neither a file nor a block device")
        yield descriptor
    finally:
        os.close(descriptor)


def _stretches(descriptor: int, size: int) -> Iterator[tuple[int, bool]]:
    """Yield where each stretch ends and whether it is a hole; SEEK_DATA and SEEK_HOLE in lseek(2)."""
    at = 0
    while at < size:
        try:
            data = os.lseek(descriptor, at, os.SEEK_DATA)
        except OSError as error:
            # No data up to the end; any other answer: the file system, or a block device, tells no holes.
            data = size if error.errno == errno.ENXIO else at
        data = min(data, size)
        if data > at:
            yield data, True
        if data >= size:
            return
        try:
            end = min(os.lseek(descriptor, data, os.SEEK_HOLE), size)
        except OSError:
            end = size
        at = max(end, data + 1)
        yield at, False


def _facts(path: str, status: os.stat_result) -> FileFacts:
    mode, names = stat.S_IMODE(status.st_mode), status.st_nlink
    return FileFacts(path, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, mode, names)


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


def _changed(path: str) -> BadArgument:
    return BadArgument(_CANNOT, subject=path, why="somebody changed it meanwhile", remedy="Try again once nobody does.")
