"""Give the terminal to a program of the user's until it ends."""

import contextlib
import os
import signal
import subprocess
import termios
import threading
from collections.abc import Iterator, Sequence

from qq2clone_tui.domain.errors import AccessError

from .captured import find_program

__all__ = ["run_interactively"]

_STDIN, _STDOUT, _STDERR = 0, 1, 2


_LEAVE = (
    "\x1b[?1049l"  # the other screen
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l"  # reports of the mouse
    "\x1b[?2004l\x1b[?1004l"  # reports of pastes and of the focus
    "\x1b[?1l\x1b>"  # keys of applications
    "\x1b[?25h\x1b[0m\r"
)
"""What a program that was killed had no time to write. Source: "XTerm Control Sequences" of xterm's ctlseqs."""


def run_interactively(argv: Sequence[str]) -> int:
    """Run a program on our own terminal and return its exit status, negative when a signal ended it.

    Ctrl-C and Ctrl-\\ are the program's meanwhile. However it ends, the terminal is ours again, its modes
    as before. Where our output goes elsewhere, what the program writes does not go there.

    Args:
        argv: program name and arguments; no shell sees them.

    Raises:
        MissingProgram: it is not installed.
        AccessError: it cannot be started.
    """
    command = [find_program(argv[0]), *argv[1:]]
    with _keys_are_its_own(), _terminal_restored(), _screen() as output:
        try:
            status = subprocess.Popen(command, stdout=output).wait()
        except (OSError, ValueError) as error:
            raise AccessError("cannot start the program", subject=argv[0], why=str(error)) from error
        if status < 0 and os.isatty(output):
            os.write(output, _LEAVE.encode())
    return status


@contextlib.contextmanager
def _screen() -> Iterator[int]:
    """Lend where programs show themselves: our output if that is a terminal, else the terminal, else stderr."""
    if os.isatty(_STDOUT):
        yield _STDOUT
        return
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield _STDERR
        return
    try:
        yield terminal
    finally:
        os.close(terminal)


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
def _terminal_restored() -> Iterator[None]:
    """Put modes and ownership of the terminal back, for a program that dies leaves them as it likes."""
    try:
        modes = termios.tcgetattr(_STDIN) if os.isatty(_STDIN) else None
        group = os.tcgetpgrp(_STDIN) if modes is not None else 0
    except (OSError, termios.error):
        modes = None
    try:
        yield
    finally:
        if modes is not None:
            # Blocked, the signal does not stop one who takes the terminal back: tcsetpgrp(3).
            blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
            with contextlib.suppress(OSError, termios.error):
                os.tcsetpgrp(_STDIN, group)
                termios.tcsetattr(_STDIN, termios.TCSADRAIN, modes)
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
