"""Look at all images of some directories at once, reading again only what has changed."""

import os
import stat
import threading
import time
from collections.abc import Iterable, Iterator, Mapping

from qq2clone_tui.domain.image_graph import Image

from .backing_file import file_below
from .chain import real_path
from .qcow2_header import is_qcow2

__all__ = ["LocalSurvey"]

_HEAD_BYTES = 4096
_WHOLE_HEAD_BYTES = 64 * 1024
_SETTLED_NS = 20_000_000
"""A file changed this short a time ago may change once more without its time stamp telling: the clock of
a file system ticks every few milliseconds."""

_Stamp = tuple[int, int, int, int, int]


class LocalSurvey:
    """Implement ``engine.survey.ImageSurvey`` on the files of this host; safe to share between threads."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[_Stamp, str]] = {}
        self._lock = threading.Lock()

    def look(self, directories: Iterable[str], paths: Iterable[str]) -> Mapping[str, Image]:
        """Return every image in some directories and at some paths, with all they stand on."""
        with self._lock:
            found: dict[str, Image] = {}
            resolved: dict[str, str] = {}
            now = time.time_ns()
            for directory in {real_path(directory) for directory in directories}:
                for path, status in _files(directory):
                    found[path] = self._image(path, status, now, resolved)
            following = [real_path(path) for path in paths if path not in found]
            following += [image.backing for image in found.values() if image.backing]
            while following:
                path = following.pop()
                if path in found:
                    continue
                seen = _status(path)
                if seen is None:
                    continue
                found[path] = image = self._image(path, seen, now, resolved)
                if image.backing:
                    following.append(image.backing)
            self._known = {path: known for path, known in self._known.items() if path in found}
        return found

    def _image(self, path: str, status: os.stat_result, now: int, resolved: dict[str, str]) -> Image:
        stamp = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        known = self._known.get(path)
        if known is None or known[0] != stamp:
            known = (stamp, _backing(path))
            if now - status.st_ctime_ns > _SETTLED_NS:
                self._known[path] = known
            else:
                self._known.pop(path, None)
        name = known[1]
        if name and name not in resolved:
            resolved[name] = real_path(name)
        return Image(path, resolved[name] if name else "", status.st_blocks * 512)


def _files(directory: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the regular files of a directory; links lead to files that count where they are."""
    try:
        entries = os.scandir(directory)
    except OSError:
        return
    with entries:
        while True:
            try:
                entry = next(entries, None)
                if entry is None:
                    return
                if entry.is_file(follow_symlinks=False):
                    yield entry.path, entry.stat(follow_symlinks=False)
            except OSError:
                continue


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
    except (OSError, ValueError):
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
