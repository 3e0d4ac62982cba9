"""Give the terminal to a program of the user's until it ends."""

import contextlib
import os
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator, Sequence

from qq2clone_tui.domain.errors import AccessError

from .captured import find_program

__all__ = ["run_interactively"]


def run_interactively(argv: Sequence[str]) -> int:
    """Run a program on our own terminal and return its exit status, negative when a signal ended it.

    Ctrl-C and Ctrl-\\ are the program's meanwhile. However it ends, the terminal's modes are as before.

    Args:
        argv: program name and arguments; no shell sees them.

    Raises:
        MissingProgram: it is not installed.
        AccessError: it cannot be started.
    """
    command = [find_program(argv[0]), *argv[1:]]
    with _keys_are_its_own(), _modes_restored():
        try:
            return subprocess.Popen(command).wait()
        except (OSError, ValueError) as error:
            raise AccessError("cannot start the program", subject=argv[0], why=str(error)) from error


@contextlib.contextmanager
def _keys_are_its_own() -> Iterator[None]:
    """Let the keys that interrupt reach the program alone: it is in our process group and hears them too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave_alone(_number: int, _frame: object) -> None:
        """Do nothing; unlike SIG_IGN this is not inherited by the program."""

    before = {number: signal.signal(number, leave_alone) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _modes_restored() -> Iterator[None]:
    """Put the modes of the terminal back as they were, for a program that dies leaves them as it likes."""
    try:
        terminal = sys.stdin.fileno()
        modes = termios.tcgetattr(terminal) if os.isatty(terminal) else None
    except (OSError, ValueError, termios.error):
        modes = None
    try:
        yield
    finally:
        if modes is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(terminal, termios.TCSADRAIN, modes)
