"""Look at all images of some directories at once, reading again only what has changed."""

import errno
import os
import stat
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from qq2clone_tui.domain.image_graph import Image

from .backing_file import file_below
from .chain import real_path
from .os_errors import access_error
from .qcow2_header import is_qcow2

__all__ = ["LocalSurvey"]

_HEAD_BYTES = 4096
_WHOLE_HEAD_BYTES = 64 * 1024
_SETTLED_NS = 20_000_000
"""A file changed this short a time ago may change once more without its time stamp telling: the clock of
a file system ticks every few milliseconds."""
_SHORTAGE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})
"""What keeps this program from looking, and says nothing of the file."""

_Stamp = tuple[int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Known:
    """One file as it was seen: its stamp, the name of what is below as the header has it, and what was told of it."""

    stamp: _Stamp
    below: str
    image: Image


class LocalSurvey:
    """Implement ``engine.ports.survey.ImageSurvey`` on the files of this host; safe to share between threads."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def look(self, directories: Iterable[str], paths: Iterable[str]) -> Mapping[str, Image]:
        """Return every image in some directories and at some paths, with all they stand on.

        Raises:
            AccessError: there are not enough open files or memory left to look.
        """
        with self._lock:
            looked = _Look(self._known)
            for directory in {real_path(directory) for directory in directories}:
                for path, status in _files(directory):
                    looked.add(path, status)
            looked.follow(paths)
            self._known = looked.settled
        return looked.found


class _Look:
    """One look at files.

    Args:
        known: what was seen at the look before.

    Attributes:
        found: the images, by path.
        settled: what may be trusted at the next look.
    """

    def __init__(self, known: Mapping[str, _Known]) -> None:
        self._known = known
        self._resolved: dict[str, str] = {"": ""}
        self._now = time.time_ns()
        self.found: dict[str, Image] = {}
        self.settled: dict[str, _Known] = {}

    def add(self, path: str, status: os.stat_result) -> Image:
        """Note a file and return its image; its header is read only when it has changed."""
        ctime = status.st_ctime_ns
        stamp = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, ctime, status.st_blocks)
        known = self._known.get(path)
        if known is None or known.stamp != stamp:
            below = _backing(path)
            known = _Known(stamp, below, Image(path, self._real(below), status.st_blocks * 512))
        elif known.image.backing != (backing := self._real(known.below)):
            known = _Known(stamp, known.below, Image(path, backing, known.image.bytes))
        # Nothing tells when a device was written: the time stamps are those of its name.
        if self._now - ctime > _SETTLED_NS and not stat.S_ISBLK(status.st_mode):
            self.settled[path] = known
        self.found[path] = known.image
        return known.image

    def follow(self, paths: Iterable[str]) -> None:
        """Note files at some paths, and all that anything found so far stands on."""
        following = [real_path(path) for path in paths if path not in self.found]
        following += {image.backing for image in self.found.values() if image.backing}
        while following:
            path = following.pop()
            status = None if path in self.found else _status(path)
            if status is not None and (backing := self.add(path, status).backing):
                following.append(backing)

    def _real(self, name: str) -> str:
        """Return where a name leads now; what it leads to may change without the file that holds it."""
        resolved = self._resolved.get(name)
        if resolved is None:
            resolved = self._resolved[name] = real_path(name)
        return resolved


def _files(directory: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the regular files of a directory; links lead to files that count where they are."""
    try:
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        _raise_shortage(directory, error)
        return
    stem = directory.rstrip("/")
    try:
        # By the open directory, files are found without walking its path for each.
        with os.scandir(handle) as entries:
            for entry in entries:
                try:
                    if entry.is_file(follow_symlinks=False):
                        yield f"{stem}/{entry.name}", entry.stat(follow_symlinks=False)
                except OSError as error:
                    _raise_shortage(entry.path, error)
                    continue
    except OSError as error:
        _raise_shortage(directory, error)
        return
    finally:
        os.close(handle)


def _raise_shortage(path: str, error: OSError) -> None:
    """Raise if it is this program that could not look: what it did not see might stand on what is to go."""
    if error.errno in _SHORTAGE:
        raise access_error("cannot see which images stand on which", path, error) from error


def _status(path: str) -> os.stat_result | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - thousands of times
    except (OSError, ValueError):
        return None
    return status if stat.S_IFMT(status.st_mode) in (stat.S_IFREG, stat.S_IFBLK) else None


def _backing(path: str) -> str:
    """Return the absolute name of the image below; empty when there is none or it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError:
        return ""
    except OSError as error:
        _raise_shortage(path, error)
        return ""
    try:
        head = os.pread(descriptor, _HEAD_BYTES, 0)
        if is_qcow2(head) and int.from_bytes(head[8:16]) + int.from_bytes(head[16:20]) > len(head):
            head = os.pread(descriptor, _WHOLE_HEAD_BYTES, 0)
    except OSError:
        return ""
    finally:
        os.close(descriptor)
    name = file_below(head)
    # The format takes a relative name from the directory of the image that holds it.
    return os.path.join(os.path.dirname(path), name) if name else ""  # noqa: PTH118, PTH120
