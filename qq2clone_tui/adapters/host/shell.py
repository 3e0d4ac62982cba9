"""Run command lines of the user's in bash."""

import os
import threading
from collections.abc import Callable, Mapping

from qq2clone_tui.adapters.processes.captured import find_program
from qq2clone_tui.adapters.processes.streamed import Ended, stream
from qq2clone_tui.domain.outcome import Ending, Outcome, Output

__all__ = ["HostShell"]

HEAD_BYTES = 256 << 10
TAIL_BYTES = 64 << 10


class HostShell:
    """The bash of this host; implements ``engine.shell.Shell``."""

    def check(self) -> None:
        """Raise MissingProgram unless bash is there."""
        find_program("bash")

    def run(
        self,
        command: str,
        variables: Mapping[str, str],
        *,
        timeout_seconds: float | None,
        stop: threading.Event,
        on_output: Callable[[bool, bytes], None] | None = None,
    ) -> Outcome:
        """Run a command line to its end; of what it prints, the beginning and the end are kept."""
        kept = {False: _Kept(), True: _Kept()}

        def take(is_error: bool, piece: bytes) -> None:
            kept[is_error].take(piece)
            if on_output is not None:
                on_output(is_error, piece)

        ended = stream(
            ["bash", "-c", command],
            take,
            env={**os.environ, **variables},
            timeout_seconds=timeout_seconds,
            stop=stop,
        )
        return _outcome(ended, kept[False].output(), kept[True].output(), timeout_seconds)


class _Kept:
    """Keeps the beginning and the end of a stream, and counts the rest."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._total = 0

    def take(self, piece: bytes) -> None:
        """Take the next piece."""
        self._total += len(piece)
        room = HEAD_BYTES - len(self._head)
        if room > 0:
            self._head += piece[:room]
            piece = piece[room:]
        if piece:
            self._tail += piece
            if len(self._tail) > 2 * TAIL_BYTES:
                del self._tail[:-TAIL_BYTES]

    def output(self) -> Output:
        """Return what was kept."""
        return Output(bytes(self._head), bytes(self._tail[-TAIL_BYTES:]), self._total)


def _outcome(ended: Ended, stdout: Output, stderr: Output, timeout_seconds: float | None) -> Outcome:
    ending, code, why = Ending.EXITED, ended.returncode, ""
    if ended.timed_out:
        ending, code, why = Ending.TIMED_OUT, 0, f"it was stopped after {timeout_seconds:g} s"
    elif ended.stopped:
        ending, code, why = Ending.UNKNOWN, 0, "stopped"
    elif ended.returncode < 0:
        ending, code = Ending.SIGNALLED, -ended.returncode
    return Outcome(ending, code, stdout, stderr, ended.seconds, why)
