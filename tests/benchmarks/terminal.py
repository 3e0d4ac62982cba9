"""Run a program on a terminal of its own and read its screen, as a person would."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

from rich.cells import cell_len

__all__ = ["Terminal"]

COLUMNS, LINES = 150, 40
_TOKEN = re.compile(
    r"\x1b\[([?<>=]?)([\d;:]*)[ $]?([@-~])|\x1b[\]P_^].*?(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|([^\x1b])", re.DOTALL
)


class Terminal:
    """A program's screen: enough of a terminal for what Textual writes.

    Args:
        words: the command line.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.began = time.monotonic()
        # As nearly everybody's terminal is, whatever this one can do.
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._process = subprocess.Popen(
            words, stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True
        )
        os.close(theirs)
        self._rest = b""
        self._cells = [[" "] * COLUMNS for _ in range(LINES)]
        self._line = self._column = 0
        self._at = self.began

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        os.close(self._ours)

    @property
    def text(self) -> str:
        """Return what is on the screen, a line for each of its lines."""
        return "\n".join("".join(row).rstrip() for row in self._cells)

    @property
    def resident_mib(self) -> float:
        """Return the memory the program takes now, in MiB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) / 1024

    def until(self, shown: Callable[[str], bool], seconds: float = 30.0) -> float:
        """Read until the screen is as wanted; return the moment it was, on the monotonic clock.

        Raises:
            TimeoutError: it did not come to that; the message holds the screen.
        """
        end = time.monotonic() + seconds
        while not shown(self.text):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._ours], [], [], left)[0] or not self._read():
                raise TimeoutError(f"not on the screen in time:\n{self.text}")
        return self._at

    def _read(self) -> bool:
        try:
            read = os.read(self._ours, 1 << 16)
        except OSError:  # the program has ended
            return False
        self._at = time.monotonic()
        self._feed(read)
        return bool(read)

    def _feed(self, read: bytes) -> None:
        data = self._rest + read
        # A sequence or character may be cut in two; it is kept for the next time.
        cut = max(data.rfind(b"\x1b"), 0) if len(data) - data.rfind(b"\x1b") < 32 else len(data)
        cut = cut or len(data)
        whole = data[:cut] if _incomplete(data[cut:]) else data
        self._rest = data[len(whole) :]
        for mark, numbers, final, character in _TOKEN.findall(whole.decode(errors="replace")):
            if character:
                self._put(character)
            elif final and not mark:
                self._control(final, [int(number or 0) for number in re.split("[;:]", numbers)])

    def _control(self, final: str, numbers: list[int]) -> None:
        first = max(1, numbers[0])
        match final:
            case "H" | "f":
                self._line, self._column = first - 1, max(1, (numbers[1:] or [1])[0]) - 1
            case "A":
                self._line -= first
            case "B":
                self._line += first
            case "C":
                self._column += first
            case "D":
                self._column -= first
            case "J":
                self._cells = [[" "] * COLUMNS for _ in range(LINES)]
            case _:  # colours and modes change no text
                return

    def _put(self, character: str) -> None:
        if character == "\r":
            self._column = 0
        elif character == "\n":
            self._line += 1
        elif character >= " ":
            if 0 <= self._line < LINES and 0 <= self._column < COLUMNS:
                self._cells[self._line][self._column] = character
            self._column += cell_len(character)


def _incomplete(tail: bytes) -> bool:
    return tail.startswith(b"\x1b") and _TOKEN.fullmatch(tail.decode(errors="replace")) is None
