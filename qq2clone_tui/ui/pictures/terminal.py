"""Ask the terminal whether it draws graphics, and how large its cells are, while Textual reads its answers."""

import fcntl
import os
import struct
import termios
import time
from collections.abc import Callable
from functools import cached_property

from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from ..plain_letters import in_ascii, only_ascii
from .lens import Protocol

__all__ = ["GraphicsDriver", "Terminal"]

_ASK = "\x1b[c"
_SIXEL = "4"
_PATIENCE_SECONDS = 5.0
_KITTY_LIKE = ("kitty", "ghostty")


class GraphicsDriver(LinuxDriver):
    """Textual's own driver, which asks one question more, and only once pictures are looked at.

    The answer to "Primary Device Attributes" lists 4 where the terminal draws sixel graphics
    (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html). Textual does not know that answer and takes it for
    keys; here they are told apart from what is typed.
    """

    _answered: Callable[[Protocol], None] | None = None
    _heard = ""
    _until = 0.0

    @cached_property
    def _plain(self) -> bool:
        return only_ascii(os.environ)

    def write(self, data: str) -> None:
        """Send what is drawn, in letters that the terminal's locale has."""
        super().write(in_ascii(data) if self._plain else data)

    def ask(self, answered: Callable[[Protocol], None]) -> None:
        """Find out what the terminal can draw.

        Args:
            answered: told the protocol, from the thread that reads; never when the terminal does not answer.
        """
        multiplexed = "TMUX" in os.environ or os.environ.get("TERM", "").startswith(("screen", "tmux"))
        if not multiplexed and any(name in os.environ.get("TERM", "") for name in _KITTY_LIKE):
            answered(Protocol.KITTY)
            return
        self._answered, self._heard, self._until = answered, "", time.monotonic() + _PATIENCE_SECONDS
        self.write(_ASK)
        self.flush()

    def process_message(self, message: Message) -> None:
        """Take what belongs to the answer; pass everything else on."""
        if not (self._answered and isinstance(message, events.Key) and self._overhears(message.character or "")):
            super().process_message(message)

    def _overhears(self, character: str) -> bool:
        """Tell whether a character belongs to the answer, which is ``[?``, numbers with ``;`` between them, ``c``."""
        if time.monotonic() > self._until:
            self._answered = None
            return False
        if not self._heard:
            belongs = character == "["
        elif self._heard == "[":
            belongs = character == "?"
        else:
            belongs = character in "0123456789;c" and bool(character)
        self._heard = self._heard + character if belongs else ""
        if self._heard.endswith("c") and self._answered:
            answered, self._answered = self._answered, None
            if _SIXEL in self._heard[2:-1].split(";"):
                answered(Protocol.SIXEL)
        return belongs


class Terminal:
    """What the app's terminal can do besides characters; nothing while there is none, as in tests.

    Args:
        app: the app that runs on it.
    """

    def __init__(self, app: App[None]) -> None:
        self._app = app

    def ask(self, answered: Callable[[Protocol], None]) -> None:
        """Find out what graphics it draws; told perhaps never, and perhaps on another thread."""
        if self._driver is not None and 0 not in self.cell:
            self._driver.ask(answered)

    def write(self, sequence: str) -> None:
        """Send control sequences, after all that Textual has sent so far."""
        if self._driver is not None and sequence:
            self._driver.write(sequence)
            self._driver.flush()

    @property
    def cell(self) -> tuple[int, int]:
        """Return width and height of a cell in dots, 0 and 0 where the terminal does not tell.

        Source: TIOCGWINSZ, ioctl_tty(2); ssh carries the size in dots along.
        """
        if self._driver is None:
            return 0, 0
        try:
            packed = fcntl.ioctl(self._driver.fileno, termios.TIOCGWINSZ, bytes(8))
        except OSError:
            return 0, 0
        rows, columns, width, height = struct.unpack("HHHH", packed)
        return (width // columns, height // rows) if rows and columns else (0, 0)

    @property
    def _driver(self) -> GraphicsDriver | None:
        driver = self._app._driver
        return driver if isinstance(driver, GraphicsDriver) else None
