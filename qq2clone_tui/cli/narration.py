"""Say things to people on stderr, as much as they asked for."""

import shutil
import sys
import textwrap
from collections.abc import Sequence

from .output import printable
from .shared import Verbosity
from .streams import silence

__all__ = ["Narrator"]

_WIDEST = 100
_MOST_ALIKE = 8


class Narrator:
    """Writes narration to stderr; stdout is left to data.

    Args:
        level: how much to say.
    """

    def __init__(self, level: Verbosity) -> None:
        self.level = level

    @property
    def on_terminal(self) -> bool:
        """Tell whether somebody is watching stderr."""
        return sys.stderr.isatty()

    def detail(self, text: str) -> None:
        """Say what only -v wants to hear."""
        self._say(text, Verbosity.VERBOSE)

    def note(self, text: str) -> None:
        """Say what happened."""
        self._say(text, Verbosity.NORMAL)

    def warn(self, text: str) -> None:
        """Say what the user should know, though nothing failed."""
        self._say(f"Warning: {text}", Verbosity.NORMAL)

    def warn_all(self, texts: Sequence[str]) -> None:
        """Warn of many things of a kind, without burying the rest of the screen under them."""
        shown = len(texts) if self.level >= Verbosity.VERBOSE or len(texts) <= _MOST_ALIKE else _MOST_ALIKE - 1
        for text in texts[:shown]:
            self.warn(text)
        if texts[shown:]:
            self.warn(f"{len(texts) - shown} more like these; -v names them all.")

    def error(self, text: str) -> None:
        """Say what failed, as one paragraph that names the program."""
        self._say(f"qq2clone: {text}", Verbosity.QUIET)

    def lines(self, text: str, needed: Verbosity = Verbosity.QUIET) -> None:
        """Write lines as they are, save for control characters."""
        if self.level >= needed:
            for line in text.split("\n"):
                _write(printable(line))

    def _say(self, text: str, needed: Verbosity) -> None:
        if self.level < needed:
            return
        flat = printable(" ".join(text.split()))
        if self.on_terminal:
            width = min(shutil.get_terminal_size().columns, _WIDEST)
            flat = textwrap.fill(flat, max(width, 20), break_long_words=False, break_on_hyphens=False)
        _write(flat)


def _write(line: str) -> None:
    # Nobody can be told that nobody can be told: the work goes on, and the exit code still says how it went.
    try:
        sys.stderr.write(line + "\n")
    except OSError:
        silence(sys.stderr)
