"""Start a program apart from this process: it goes on when this one ends, and what it prints is kept.

It leads a session of its own, so that no signal of our terminal reaches it. Its output goes through a
pipe to a small process that writes the end of it into a file and lives as long as the program does:
written straight to a file it could fill the disk, and through a pipe to us it would die with us.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from qq2clone_tui.domain.errors import AccessError

from .captured import find_program

__all__ = ["Detached", "start_detached"]

_KEEPER = Path(__file__).with_name("keep_end.py")
_READ_BYTES = 16 * 1024
_LAST_WORDS_SECONDS = 0.5
_TERM_SECONDS = 2.0
_POLL_SECONDS = 0.2


class Detached:
    """A program that was started apart, and the file with the end of what it printed."""

    def __init__(self, process: "subprocess.Popen[bytes]", keeper: "subprocess.Popen[bytes]", log: Path) -> None:
        self._process = process
        self._keeper = keeper
        self._over = False
        self.log = str(log)

    @property
    def pid(self) -> int:
        """Return its process."""
        return self._process.pid

    def status(self) -> int | None:
        """Return None while it runs, else its exit status, negative for a signal.

        A program that ended well and left others of its process group running has only handed over to them.
        """
        status = self._process.poll()
        if status is None or self._over:
            return status
        if status == 0 and self._group_lives():
            return None
        self._over = True
        return status

    def wait(self) -> int:
        """Wait for its end and return its exit status."""
        self._process.wait()
        while (status := self.status()) is None:
            time.sleep(_POLL_SECONDS)
        return status

    def words(self) -> str:
        """Return the end of what it printed."""
        if self._over:
            # What it said last may still be on its way to the file.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._keeper.wait(_LAST_WORDS_SECONDS)
        try:
            with Path(self.log).open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _READ_BYTES))
                return file.read().decode(errors="replace")
        except OSError:
            return ""

    def end(self) -> None:
        """Ask it and its group to end, and make them after a while."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.status() is not None:
                return
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)
            deadline = time.monotonic() + _TERM_SECONDS
            while self.status() is None and time.monotonic() < deadline:
                time.sleep(_POLL_SECONDS / 4)

    def _group_lives(self) -> bool:
        try:
            os.killpg(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


def start_detached(argv: Sequence[str], log: Path) -> Detached:
    """Start a program apart from this process.

    Args:
        argv: program name and arguments; no shell sees them.
        log: absolute path of the file for its output; it must not exist.

    Raises:
        MissingProgram: the program is not installed.
        AccessError: it cannot be started, or the file cannot be made.
    """
    command = [find_program(argv[0]), *argv[1:]]
    try:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        file = os.open(log, flags, 0o600)
    except OSError as error:
        raise AccessError("cannot write the log of the program", subject=str(log), why=error.strerror or "") from error
    output, into = os.pipe()
    try:
        process = _apart(command, stdin=subprocess.DEVNULL, stdout=into, stderr=into)
        keeper = _apart([sys.executable, "-I", "-S", str(_KEEPER)], stdin=output, stdout=file, stderr=file)
    except (OSError, ValueError) as error:
        raise AccessError("cannot start the program", subject=argv[0], why=str(error)) from error
    finally:
        for descriptor in (file, output, into):
            os.close(descriptor)
    return Detached(process, keeper, log)


def _apart(command: Sequence[str], *, stdin: int, stdout: int, stderr: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=stderr, cwd="/", start_new_session=True)
