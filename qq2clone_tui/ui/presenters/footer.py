"""Show the most wanted commands as the line at the bottom."""

from collections.abc import Sequence

from rich.cells import cell_len

from ..commands import Command, key_label
from .text import Cell, Line

__all__ = ["footer_line"]


def footer_line(commands: Sequence[tuple[Command, bool]], count: int, width: int) -> Line:
    """Return keys and titles; what is not possible now is dim, and help always has room.

    Args:
        commands: each with whether it is possible now, the most wanted first, help last.
        count: digits typed so far, 0 when there are none.
        width: cells to fill.
    """
    cells: list[Cell] = [Cell(f" {count} × ", "mark")] if count else []
    used = sum(cell_len(cell.text) for cell in cells)
    *others, last = [_pair(command, possible) for command, possible in commands]
    room = width - used - _size(last)
    for pair in others:
        if _size(pair) > room:
            break
        room -= _size(pair)
        cells += pair
    return Line((*cells, *last), "bar")


def _pair(command: Command, possible: bool) -> tuple[Cell, Cell]:
    key, title = f" {key_label(command.keys[0])} ", f"{command.title} "
    return (Cell(key, "key"), Cell(title)) if possible else (Cell(key, "dim"), Cell(title, "dim"))


def _size(pair: tuple[Cell, Cell]) -> int:
    return sum(cell_len(cell.text) for cell in pair)
