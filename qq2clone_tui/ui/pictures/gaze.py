"""Remember how somebody likes to look at screens, from one look to the next."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..themes import MONO_THEME
from .lens import Depth, Protocol

if TYPE_CHECKING:
    from ..app import QqApp

__all__ = ["INTERVALS_SECONDS", "Gaze", "depth_of", "only_blocks"]

INTERVALS_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""The times between two looks from which one may choose."""


_MOST_LARGER = 4


@dataclass(slots=True)
class Gaze:
    """How to look.

    Args:
        interval_seconds: time between two looks at a screen.
        held: True to look only when asked.
        letters: True to show text screens as letters.
        larger: by how many columns fewer than usual a wall has, for larger tiles; below 0, more.
        graphics: what the terminal draws besides characters.
        plain: True to leave its graphics alone.
    """

    interval_seconds: float = 2.0
    held: bool = False
    letters: bool = True
    larger: int = 0
    graphics: Protocol = Protocol.CELLS
    plain: bool = False

    @property
    def pace(self) -> float | None:
        """Return the time between two looks in seconds, None while it is held."""
        return None if self.held else self.interval_seconds

    @property
    def words(self) -> str:
        """Return how often it looks, in words."""
        return "held" if self.held else f"every {self.interval_seconds:g} s"

    def text(self) -> str:
        """Show text screens as letters, or as they look, in graphics and without; return which, in words."""
        if not self.letters and self.graphics is not Protocol.CELLS and not self.plain:
            self.plain = True
            return "pictures are drawn with characters"
        self.letters, self.plain = not self.letters, False
        return "text screens are written out in letters" if self.letters else "text screens are shown as they look"

    def faster(self) -> None:
        """Look more often."""
        self._step([step for step in reversed(INTERVALS_SECONDS) if step < self.interval_seconds])

    def slower(self) -> None:
        """Look less often."""
        self._step([step for step in INTERVALS_SECONDS if step > self.interval_seconds])

    def hold(self) -> None:
        """Look only when asked to, or go on."""
        self.held = not self.held

    def closer(self) -> None:
        """Show fewer tiles, larger."""
        self.larger = min(_MOST_LARGER, self.larger + 1)

    def wider(self) -> None:
        """Show more tiles, smaller."""
        self.larger = max(-_MOST_LARGER, self.larger - 1)

    def _step(self, further: list[float]) -> None:
        self.held = False
        self.interval_seconds = further[0] if further else self.interval_seconds


def depth_of(app: "QqApp") -> Depth:
    """Return which colours pictures may have in the app's theme and terminal."""
    if app.no_color or app.theme == MONO_THEME:
        return Depth.MONO
    if app.native_ansi_color or (app.console.color_system == "standard" and not app.is_headless):
        return Depth.SIXTEEN
    return Depth.FULL


def only_blocks() -> bool:
    """Tell whether the terminal is the console of Linux, whose font has no quarter blocks."""
    return os.environ.get("TERM", "") == "linux"
