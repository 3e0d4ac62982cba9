"""Hold the smallest things shown: cells with a tone, lines of cells, names made visible."""

from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

__all__ = ["Cell", "Line", "counted", "fit", "line", "visible"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text and what it means; the theme decides how that meaning looks."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Cells from left to right, and the tone of the whole line behind them."""

    cells: tuple[Cell, ...] = ()
    tone: str = ""


def line(*parts: Cell | str, tone: str = "") -> Line:
    """Return a line of cells; plain text has no tone of its own."""
    return Line(tuple(Cell(part) if isinstance(part, str) else part for part in parts), tone)


def visible(name: str) -> str:
    """Return a name that cannot harm the terminal: what is not printable is shown escaped."""
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in name)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return the text at exactly ``width`` terminal cells, cut with an ellipsis or padded."""
    size = cell_len(text)
    if size > width:
        return set_cell_size(text, max(0, width - 1)) + "…" if width > 0 else ""
    padding = " " * (width - size)
    return padding + text if right else text + padding


def counted(count: int, noun: str) -> str:
    """Return ``1 machine``, ``20 machines``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}".replace(",", " ")
