"""Show the most wanted commands as the line at the bottom."""

from collections.abc import Sequence

from rich.cells import cell_len

from ..commands import Command, key_label
from .text import Cell, Line

__all__ = ["footer_line"]

_Pair = tuple[Cell, Cell]


def footer_line(commands: Sequence[tuple[Command, bool]], count: int, width: int) -> Line:
    """Return keys and titles; what is not possible now is dim, and help always has room.

    Where not all have room, what is possible goes first. Whatever is shown stands in the order given, so that
    a key keeps its place while the cursor moves from one machine to the next.

    Args:
        commands: each with whether it is possible now, the most wanted first, help last.
        count: digits typed so far, 0 when there are none.
        width: cells to fill.
    """
    cells: list[Cell] = [Cell(f" {count} × ", "mark")] if count else []
    used = sum(cell_len(cell.text) for cell in cells)
    *others, last = [_pair(command, possible) for command, possible in commands]
    possible = [possible for _, possible in commands[:-1]]
    for index in _chosen(others, possible, width - used - _size(last)):
        cells += others[index]
    return Line((*cells, *last), "bar")


def _chosen(pairs: Sequence[_Pair], possible: Sequence[bool], room: int) -> list[int]:
    """Return which of the pairs have room, in their order."""
    chosen = []
    for index in sorted(range(len(pairs)), key=lambda index: not possible[index]):
        if _size(pairs[index]) <= room:
            room -= _size(pairs[index])
            chosen.append(index)
    return sorted(chosen)


def _pair(command: Command, possible: bool) -> _Pair:
    key, title = f" {key_label(command.keys[0])} ", f"{command.title} "
    return (Cell(key, "key"), Cell(title)) if possible else (Cell(key, "dim"), Cell(title, "dim"))


def _size(pair: _Pair) -> int:
    return sum(cell_len(cell.text) for cell in pair)
