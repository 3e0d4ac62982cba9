"""Read the text on a machine's screen from its dots, where the screen is all text.

A text screen scaled down to a terminal cannot be read, yet it has hardly more letters than the terminal. So the
letters themselves are recognised: their cells stand in a fixed grid, have two colours and known shapes.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from .vga_font import HEIGHT, WIDTH, letter_of

__all__ = ["Colour", "Run", "ScreenText", "read_text"]

Colour = tuple[int, int, int]
"""Red, green and blue from 0 to 255."""

UNREAD = "\N{REPLACEMENT CHARACTER}"
"""Stands for a cell that is no letter while a screen is read."""

_SMUDGE = "▒"
"""What is shown there; also a letter of its own, with which installers paint their ground."""

_BYTES = 3
_NINE_WIDE = 720
_LETTERS_EACH = 9
"""How many letters there must be for each cell that is something else, such as a part of a logo."""


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one colour on a ground of one colour."""

    text: str
    ink: Colour
    ground: Colour


@dataclass(frozen=True, slots=True)
class ScreenText:
    """A screen as lines of text.

    Args:
        columns: letters in every line.
        lines: from top to bottom, each its runs from left to right.
    """

    columns: int
    lines: tuple[tuple[Run, ...], ...]

    @property
    def plain(self) -> str:
        """Return the text without its colours, a line for each line."""
        return "\n".join("".join(run.text for run in line).rstrip() for line in self.lines)


def read_text(width: int, height: int, dots: bytes) -> ScreenText | None:
    """Return the text on a screen, or None when it shows something else, or nothing at all.

    Args:
        width, height: of the screen in dots.
        dots: three bytes for each dot, row by row from the top.
    """
    across = WIDTH + 1 if width == _NINE_WIDE else WIDTH
    columns, rows = width // across, height // HEIGHT
    if not columns or not rows:
        return None
    most = columns * rows // (_LETTERS_EACH + 1)
    lines: list[tuple[Run, ...]] = []
    letters = others = 0
    for row in range(rows):
        cells = _cells(width, dots, row, across, columns)
        others += sum(cell.text == UNREAD for cell in cells)
        if others > most:
            return None
        letters += sum(cell.text not in (" ", UNREAD) for cell in cells)
        lines.append(_joined(cells))
    return ScreenText(columns, tuple(lines)) if letters > others * _LETTERS_EACH else None


def _cells(width: int, dots: bytes, row: int, across: int, columns: int) -> list[Run]:
    """Return every cell of one line of text as a run of its own."""
    pitch = width * _BYTES
    top = row * HEIGHT * pitch
    scans = [dots[start : start + pitch] for start in range(top, top + HEIGHT * pitch, pitch)]
    step, size = across * _BYTES, WIDTH * _BYTES
    return [_read(b"".join([scan[at : at + size] for scan in scans])) for at in range(0, columns * step, step)]


@lru_cache(maxsize=8192)
def _read(cell: bytes) -> Run:
    """Return the letter of one cell, given its dots; most cells of a screen are alike, and remembered."""
    colours = [cell[at : at + _BYTES] for at in range(0, len(cell), _BYTES)]
    kinds = set(colours)
    if len(kinds) == 1:
        return Run(" ", _colour(colours[0]), _colour(colours[0]))
    if len(kinds) > 2:
        return Run(UNREAD, *_extremes(kinds))
    # Mostly a letter is less than its ground, or brighter; where it is not, the other way round is tried as well.
    ink, ground = sorted(kinds, key=lambda kind: (colours.count(kind), -sum(kind)))
    for one, other in ((ink, ground), (ground, ink)):
        letter = letter_of(int("".join("1" if colour == one else "0" for colour in colours), 2))
        if letter is not None:
            return Run(letter, _colour(one), _colour(other))
    return Run(UNREAD, _colour(ink), _colour(ground))


def _joined(cells: list[Run]) -> tuple[Run, ...]:
    alike = groupby(cells, key=lambda cell: (cell.ink if cell.text != " " else None, cell.ground))
    runs: list[Run] = []
    for (ink, ground), group in alike:
        text = "".join(cell.text for cell in group).replace(UNREAD, _SMUDGE)
        last = runs[-1] if runs and runs[-1].ground == ground else None
        if last is not None and ink in (None, last.ink):
            runs[-1] = Run(last.text + text, last.ink, ground)
        else:
            runs.append(Run(text, ink or ground, ground))
    return tuple(runs)


def _extremes(kinds: set[bytes]) -> tuple[Colour, Colour]:
    ordered = sorted(kinds, key=sum)
    return _colour(ordered[-1]), _colour(ordered[0])


def _colour(dot: bytes) -> Colour:
    return dot[0], dot[1], dot[2]
