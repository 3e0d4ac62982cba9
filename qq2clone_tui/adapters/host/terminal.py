"""Connect this program's terminal with a serial console, and have it back exactly as it was."""

import contextlib
import os
import re
import select
import signal
import termios
import threading
import tty
from collections.abc import Iterator

from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.engine.ports.terminal import DETACHED, SerialLine

__all__ = ["ESCAPE", "HostTerminal"]

ESCAPE = b"\x1d"
"""Ctrl-], which ends a conversation here as in virsh and telnet."""

_PIECE_BYTES = 16 << 10
_MOST_WAITING_BYTES = 64 << 10
_ALTERNATE = re.compile(rb"\x1b\[\?(?:47|1047|1049)([hl])")
# What a guest may have switched on and not off again: soft reset, plain cursor and keypad, no mouse, no paste marks.
_RESET = (
    b"\x1b[!p\x1b[?25h\x1b[?1l\x1b>\x1b[0m\x0f"
    b"\x1b[?9l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l\x1b[?2004l"
)
_LEAVE_ALTERNATE = b"\x1b[?1049l"


class HostTerminal:
    """The terminal on standard input and output; implements ``engine.ports.terminal.Terminal``.

    Args:
        keyboard, screen: its descriptors.
    """

    def __init__(self, keyboard: int = 0, screen: int = 1) -> None:
        self._keyboard = keyboard
        self._screen = screen

    def converse(self, line: SerialLine) -> str:
        """Connect keyboard and screen with a line until it ends or the user presses Ctrl-].

        Raises:
            BadArgument: standard input or output is no terminal.
        """
        if not (os.isatty(self._keyboard) and os.isatty(self._screen)):
            raise BadArgument(
                "cannot show the serial console",
                why="standard input or output is no terminal",
                remedy="Run it in a terminal.",
            )
        talk = _Talk(line, self._keyboard, self._screen)
        with _ending_in_order(), _raw(self._keyboard):
            try:
                talk.run()
            finally:
                talk.leave_screen()
        return DETACHED if talk.left else (line.ending() or "it was closed")


class _Talk:
    """One conversation: what is typed goes to the line, what comes from there to the screen."""

    def __init__(self, line: SerialLine, keyboard: int, screen: int) -> None:
        self.left = False
        self._line = line.fileno()
        self._keyboard = keyboard
        self._screen = screen
        self._typed = bytearray()
        self._alternate = False
        self._trail = b""

    def run(self) -> None:
        """Return when the line has ended or the user has left."""
        os.set_blocking(self._line, False)
        while not self.left:
            listening = [self._line, *([self._keyboard] if len(self._typed) < _MOST_WAITING_BYTES else [])]
            readable, writable, _ = select.select(listening, [self._line] if self._typed else [], [])
            if self._line in readable and not self._show():
                return
            if self._keyboard in readable:
                self._take()
            if writable and not self._send():
                return

    def leave_screen(self) -> None:
        """Undo the modes that the guest's output may have left."""
        modes = _RESET + (_LEAVE_ALTERNATE if self._alternate else b"") + b"\r\n"
        with contextlib.suppress(OSError):
            os.write(self._screen, modes)

    def _show(self) -> bool:
        try:
            piece = os.read(self._line, _PIECE_BYTES)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not piece:
            return False
        seen = self._trail + piece
        for switch in _ALTERNATE.finditer(seen):
            self._alternate = switch[1] == b"h"
        self._trail = seen[-8:]
        while piece:
            piece = piece[os.write(self._screen, piece) :]
        return True

    def _take(self) -> None:
        keys = os.read(self._keyboard, _PIECE_BYTES)
        before, escape, _ = keys.partition(ESCAPE)
        self._typed += before
        if escape or not keys:
            self._send()
            self.left = True

    def _send(self) -> bool:
        try:
            del self._typed[: os.write(self._line, self._typed)]
        except BlockingIOError:
            return True
        except OSError:
            return False
        return True


@contextlib.contextmanager
def _raw(keyboard: int) -> Iterator[None]:
    """Pass every key through as it is, and put the terminal's modes back at the end."""
    modes = termios.tcgetattr(keyboard)
    try:
        tty.setraw(keyboard, termios.TCSADRAIN)
        yield
    finally:
        with contextlib.suppress(termios.error):  # the terminal itself may be gone
            termios.tcsetattr(keyboard, termios.TCSADRAIN, modes)


class _Ended(BaseException):
    """A signal came that ends this program."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextlib.contextmanager
def _ending_in_order() -> Iterator[None]:
    """Let a signal that ends this program do so only after the clean-up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _frame: object) -> None:
        raise _Ended(number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    ended = 0
    try:
        yield
    except _Ended as heard:
        ended = heard.number
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if ended:
        os.kill(os.getpid(), ended)  # now it does what it would have done at first
