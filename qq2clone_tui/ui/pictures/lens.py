"""Say how a picture is to be looked at, and hold what became of it."""

from dataclasses import dataclass, fields
from enum import Enum

from textual.strip import Strip

__all__ = ["Depth", "Lens", "Print", "Protocol", "shown_from"]


class Depth(Enum):
    """Which colours the terminal is given."""

    FULL = "full"
    SIXTEEN = "sixteen"
    MONO = "mono"


class Protocol(Enum):
    """How the terminal draws pictures: with characters, or in graphics of its own."""

    CELLS = "cells"
    SIXEL = "sixel"
    KITTY = "kitty"


@dataclass(frozen=True, slots=True)
class Lens:
    """All that decides how a picture comes out.

    Args:
        width, height: the room for it, in cells.
        depth: the colours there are.
        blocks: True where the font has no more than half blocks, as on the console of Linux.
        text: True to show a screen of text as letters.
        zoom: how many times it is doubled beyond what fits; a dot never gets wider than a cell by it.
        middle: what is in the middle, in parts of the whole picture from 0 to 1; None for where it is best.
        dense: True to leave out what is not worth its room: empty lines of a text that does not fit, its cursor.
        faded: True for what is out of date.
        graphics: what draws a picture that is no text.
        cell: width and height of a cell in dots of the terminal; 0 when unknown, then there are no graphics.
    """

    width: int
    height: int
    depth: Depth = Depth.FULL
    blocks: bool = False
    text: bool = True
    zoom: int = 0
    middle: tuple[float, float] | None = None
    dense: bool = False
    faded: bool = False
    graphics: Protocol = Protocol.CELLS
    cell: tuple[int, int] = (0, 0)

    @property
    def ratio(self) -> float:
        """Return how many times as high as wide a cell is; what cannot be so is taken for the usual."""
        width, height = self.cell
        return min(3.0, max(1.5, height / width)) if width and height else 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """A picture as cells; two prints are the same only when they are one.

    Args:
        rows: from top to bottom, all of one width.
        width: that width in cells.
        left, top: the cell of the whole picture that the first one is.
        whole: columns and rows of the whole picture.
        dots: width and height of the screen it was taken from.
        letters: True when the cells are the letters of a text screen.
        largest: True when it cannot be zoomed any further.
        problem: why there is nothing to see, else empty.
        overlay: what makes the terminal draw the picture over the cells, from the cursor's place on.
        removal: what makes it take the picture away, beside painting over it.
    """

    rows: tuple[Strip, ...] = ()
    width: int = 0
    left: int = 0
    top: int = 0
    whole: tuple[int, int] = (0, 0)
    dots: tuple[int, int] = (0, 0)
    letters: bool = False
    largest: bool = True
    problem: str = ""
    overlay: str = ""
    removal: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Return the number of columns and rows."""
        return self.width, len(self.rows)

    def looks_like(self, other: "Print") -> bool:
        """Tell whether another print cannot be told from this one."""
        return all(getattr(self, field.name) == getattr(other, field.name) for field in fields(self))


def shown_from(middle: float, whole: int, shown: int) -> int:
    """Return the first of so many cells that are shown of a whole, such that a part of it is in their middle."""
    return max(0, min(round(middle * whole - shown / 2), whole - shown))
