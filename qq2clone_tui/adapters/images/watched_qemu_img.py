"""Run those commands of qemu-img that may take long, telling how far they have got (man page qemu-img(1))."""

import os
import re
import threading
from collections.abc import Callable, Sequence

from qq2clone_tui.adapters.processes import Completed, failure
from qq2clone_tui.adapters.processes.streamed import stream
from qq2clone_tui.domain.errors import BadArgument, CommandFailed

from .os_errors import refused_by_system

__all__ = ["Watch", "convert", "read_the_same", "rebase"]

_PERCENT = re.compile(rb"\(([0-9.]+)/100%\)")
_STDERR_BYTES = 8192
_DIFFERENT = 1
"""Exit status of ``qemu-img compare`` for images with different content."""


class Watch:
    """Follows one piece of work through its parts.

    Args:
        on_fraction: told how much of the whole is done, from 0 to 1.
        stop: set by somebody to end it.
    """

    def __init__(self, on_fraction: Callable[[float], None], stop: threading.Event) -> None:
        self.stop = stop
        self._on_fraction = on_fraction
        self._begin, self._share = 0.0, 1.0

    def part(self, begin: float, end: float) -> "Watch":
        """Begin the part that lies between two fractions of the whole."""
        self._begin, self._share = begin, end - begin
        self.told(0.0)
        return self

    def told(self, fraction: float) -> None:
        """Pass on how much of the part is done.

        Raises:
            BadArgument: somebody has asked to stop.
        """
        if self.stop.is_set():
            raise BadArgument("the work was stopped", why="somebody asked for it", remedy="Nothing was changed.")
        self._on_fraction(self._begin + self._share * min(1.0, max(0.0, fraction)))


def rebase(path: str, below: str, below_format: str, watch: Watch) -> None:
    """Let a qcow2 image stand on another one, copying into it what would read differently.

    This is the safe mode of qemu-img; what the image stands on so far is only read.
    """
    argv = ["rebase", "-p", "-f", "qcow2", "-b", below, "-F", below_format, path]
    _act("cannot merge the images", argv, path, watch)


def convert(source: str, path: str, watch: Watch) -> None:
    """Copy a qcow2 image, with all it stands on, into another file that exists and is empty."""
    _act("cannot merge the images", ["convert", "-p", "-f", "qcow2", "-O", "qcow2", source, path], path, watch)


def read_the_same(one: str, other: str, watch: Watch) -> bool:
    """Tell whether two qcow2 images read the same, byte for byte, with all they stand on."""
    argv = ["compare", "-p", "-f", "qcow2", "-F", "qcow2", one, other]
    done = _run(argv, watch)
    if done.returncode not in (0, _DIFFERENT):
        raise _refused("cannot compare the images", other, done)
    return done.returncode == 0


def _act(what: str, argv: Sequence[str], path: str, watch: Watch) -> None:
    done = _run(argv, watch)
    if done.returncode != 0:
        raise _refused(what, path, done)


def _refused(what: str, path: str, done: Completed) -> Exception:
    found: CommandFailed = failure(what, "qemu-img", done)
    return refused_by_system(what, path, found)


def _run(argv: Sequence[str], watch: Watch) -> Completed:
    complaint = bytearray()

    def heard(is_error: bool, piece: bytes) -> None:
        if is_error:
            complaint.extend(piece[: _STDERR_BYTES - len(complaint)])
        elif percents := _PERCENT.findall(piece):
            watch.told(float(percents[-1]) / 100)

    # No limit of time: how long it takes follows from images that may be of any size, and it can be stopped.
    env = {**os.environ, "LC_ALL": "C"}
    ended = stream(["qemu-img", *argv], heard, env=env, timeout_seconds=None, stop=watch.stop)
    if ended.stopped:
        watch.told(0.0)
    return Completed("", complaint.decode(errors="replace"), ended.returncode)
