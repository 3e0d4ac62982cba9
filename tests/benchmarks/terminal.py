"""Run a program on a terminal of its own and read its screen, as a person would."""

import codecs
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from rich.cells import cell_len

__all__ = ["Terminal"]

COLUMNS, LINES = 150, 40
# A control sequence, another sequence, or a character: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
_TOKEN = re.compile(
    r"\x1b\[(?P<mark>[?<>=]?)(?P<numbers>[\d;:]*)[ $]?(?P<final>[@-~])"
    r"|\x1b[\]P_^].*?(?:\x07|\x1b\\)"
    r"|\x1b(?![\[\]P_^])[ -/]*[0-~]"
    r"|(?P<character>[^\x1b])",
    re.DOTALL,
)


class Terminal:
    """A program's screen: enough of a terminal for what Textual writes.

    Args:
        words: the command line.
        env: what the program finds in its environment besides what is in ours.
    """

    def __init__(self, words: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        self._ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.began = time.monotonic()
        # As nearly everybody's terminal is, whatever this one can do.
        whole = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})}
        self._process = subprocess.Popen(
            words, stdin=theirs, stdout=theirs, stderr=theirs, env=whole, start_new_session=True
        )
        os.close(theirs)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
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

    def settle(self, quiet_seconds: float = 0.5) -> None:
        """Read until the program has drawn nothing for a while."""
        while select.select([self._ours], [], [], quiet_seconds)[0] and self._read():
            pass

    def _read(self) -> bool:
        try:
            read = os.read(self._ours, 1 << 16)
        except OSError:  # the program has ended
            return False
        self._at = time.monotonic()
        self._feed(self._decoder.decode(read))
        return bool(read)

    def _feed(self, text: str) -> None:
        text = self._rest + text
        end = 0
        for token in _TOKEN.finditer(text):
            if token.start() != end:
                break  # a sequence that was cut in two: the rest of it comes with the next read
            end = token.end()
            if token["character"]:
                self._put(token["character"])
            elif token["final"] and not token["mark"]:
                self._control(token["final"], [int(number or 0) for number in re.split("[;:]", token["numbers"])])
        self._rest = text[end:]

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
