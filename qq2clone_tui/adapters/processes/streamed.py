"""Run a program and hand over what it prints as it comes, however much that is."""

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from qq2clone_tui.domain.errors import AccessError

from .captured import find_program

__all__ = ["Ended", "stream"]

_CHUNK_BYTES = 1 << 16
_GRACE_SECONDS = 2.0
_LOOK_SECONDS = 0.1
_DRAIN_ROUNDS = 64


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended.

    Args:
        returncode: its exit status, negative when a signal ended it.
        timed_out: True when it was stopped because its time was up.
        stopped: True when it was stopped because somebody asked for it.
        seconds: how long it took.
    """

    returncode: int
    timed_out: bool
    stopped: bool
    seconds: float


def stream(
    argv: Sequence[str],
    on_output: Callable[[bool, bytes], None],
    *,
    env: Mapping[str, str],
    timeout_seconds: float | None,
    stop: threading.Event,
) -> Ended:
    """Run a program to its end; it has a session of its own, no terminal and no input.

    What it left running in the background is left alone, but no longer listened to. When it is
    stopped, everything it started and that did not leave its process group gets SIGTERM, and
    SIGKILL two seconds later.

    Args:
        argv: program name and arguments.
        on_output: gets everything printed, as (is it standard error, bytes), on this thread.
        env: the whole environment.
        timeout_seconds: seconds after which it is stopped; None for never.
        stop: set by somebody to stop it; seen within a tenth of a second.

    Raises:
        MissingProgram: the program is not installed.
        AccessError: it cannot be started.
    """
    began = time.monotonic()
    process = _started(argv, env)
    watch = _Watch(process, on_output, stop, None if timeout_seconds is None else began + timeout_seconds)
    try:
        watch.run()
    except BaseException:
        _signal(process, signal.SIGKILL)
        process.wait()
        raise
    finally:
        watch.close()
    return Ended(process.returncode, watch.timed_out, watch.stopped, time.monotonic() - began)


def _started(argv: Sequence[str], env: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            [find_program(argv[0]), *argv[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise AccessError("cannot start the program", subject=argv[0], why=str(error)) from error


class _Watch:
    """Reads a program's output and waits for its end, both at once."""

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        on_output: Callable[[bool, bytes], None],
        stop: threading.Event,
        deadline: float | None,
    ) -> None:
        self.timed_out = False
        self.stopped = False
        self._process = process
        self._on_output = on_output
        self._stop = stop
        self._deadline = deadline
        self._kill_at: float | None = None
        self._end = os.pidfd_open(process.pid)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._end, selectors.EVENT_READ, None)
        for pipe, is_error in ((process.stdout, False), (process.stderr, True)):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
                self._selector.register(pipe.fileno(), selectors.EVENT_READ, is_error)

    def run(self) -> None:
        """Return when the program has ended and all it printed is handed over."""
        while True:
            ready = self._selector.select(_LOOK_SECONDS)
            ended = any(key.data is None for key, _ in ready)  # known until it is waited for
            for key, _ in ready:
                if key.data is not None:
                    self._read(key.fd, is_error=key.data)
            if ended and not self._others_linger():
                if self._kill_at is not None:
                    _signal(self._process, signal.SIGKILL)  # while the number is still its own
                self._process.wait()
                self._drain()
                return
            self._keep_time()

    def _others_linger(self) -> bool:
        """Tell whether a program that is being stopped has left children that still may end by themselves."""
        if self._kill_at is None or time.monotonic() >= self._kill_at:
            return False
        return any(key.data is not None for key in self._selector.get_map().values())

    def close(self) -> None:
        """Let go of the pipes."""
        self._selector.close()
        os.close(self._end)
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def _read(self, fd: int, *, is_error: bool) -> bool:
        """Hand over one piece, and tell whether there was one."""
        try:
            piece = os.read(fd, _CHUNK_BYTES)
        except BlockingIOError:
            return False
        if piece:
            self._on_output(is_error, piece)
            return True
        self._selector.unregister(fd)
        return False

    def _drain(self) -> None:
        """Read what lies in the pipes; a background process that prints on and on is not waited for."""
        for key in list(self._selector.get_map().values()):
            if key.data is not None:
                for _ in range(_DRAIN_ROUNDS):
                    if not self._read(key.fd, is_error=key.data):
                        break

    def _keep_time(self) -> None:
        now = time.monotonic()
        if self._kill_at is not None:
            if now >= self._kill_at:
                _signal(self._process, signal.SIGKILL)
            return
        self.stopped = self._stop.is_set()
        self.timed_out = not self.stopped and self._deadline is not None and now >= self._deadline
        if self.stopped or self.timed_out:
            self._kill_at = now + _GRACE_SECONDS
            _signal(self._process, signal.SIGTERM)


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    # It leads its own session, so its process group holds what it started and nothing else.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
