"""Divide a wall into tiles, and write what stands over machines' screens or in their place."""

from dataclasses import dataclass
from textwrap import wrap

from rich.cells import cell_len

from qq2clone_tui.domain.inventory import ConnectionState, Machine
from qq2clone_tui.engine.live.screens import Sight

from ..pictures.lens import Print
from .machines import GLYPHS, standing_of, state_cell, state_word
from .text import Cell, Line, counted, fit, line, visible

__all__ = ["Grid", "caption", "excuse", "grid_for", "picture_title", "wall_title"]

SMALLEST_WIDTH, SMALLEST_HEIGHT = 16, 4
_USUAL_WIDTH = 26
_USUAL_COLUMNS = 4
_SLANT = 0.28
"""Rows of a picture for each of its columns: cells are twice as high as wide, and screens four to three and wider."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Tiles of one size, with a column between them.

    Args:
        columns, rows: how many tiles.
        width, height: cells of each; the topmost row of cells is its caption.
    """

    columns: int = 1
    rows: int = 1
    width: int = 1
    height: int = 1

    @property
    def count(self) -> int:
        """Return how many tiles there are."""
        return self.columns * self.rows


def grid_for(machines: int, width: int, height: int, larger: int = 0) -> Grid:
    """Return the grid for so many machines: as large as they fit, else of the usual size.

    Args:
        machines: how many there are to show, on one page or more.
        width, height: cells there are.
        larger: so many columns fewer than usual; below 0, more.
    """
    usual = max(_USUAL_WIDTH, width // _USUAL_COLUMNS - 1)
    columns = max(1, min((width + 1) // (usual + 1) - larger, (width + 1) // (SMALLEST_WIDTH + 1)))
    slanted = ((width + 1) // columns - 1) * _SLANT + 1
    rows = max(1, min(round(height / slanted), height // SMALLEST_HEIGHT))
    grids = [_grid(across, down, width, height) for across in range(1, columns + 1) for down in range(1, rows + 1)]
    enough = [grid for grid in grids if grid.count >= machines]
    return max(enough, key=_picture_size, default=_grid(columns, rows, width, height))


def _grid(columns: int, rows: int, width: int, height: int) -> Grid:
    return Grid(columns, rows, max(1, (width + 1) // columns - 1), max(1, height // rows))


def _picture_size(grid: Grid) -> float:
    return min(grid.width, (grid.height - 1) / _SLANT)


def caption(machine: Machine, width: int, *, cursor: bool, marked: bool, problem: str = "") -> Line:
    """Return mark, state and name of a machine in one line."""
    standing = standing_of(machine)
    state = state_cell(machine)
    word = "" if machine.state.active and not problem else "no picture" if machine.state.active else state_word(machine)
    room = width - 4 - (cell_len(word) + 1 if word else 0)
    name = fit(visible(machine.name), max(1, room if room >= 8 else width - 4))
    cells = [Cell("▌" if marked else " ", "mark"), Cell(f"{GLYPHS[standing]} ", state.tone), Cell(name, "strong")]
    if word and room >= 8:
        cells.append(Cell(f" {word}", "warn" if problem else state.tone))
    return line(*cells, tone="cursor" if cursor else "bar")


def excuse(machine: Machine | None, sight: Sight, problem: str, width: int) -> tuple[Line, ...]:
    """Return why there is no picture, in lines for the middle of a room of that width."""
    if machine is None:
        return (_middle("this machine is gone", width),)
    if not machine.state.active:
        return (_middle(f"{GLYPHS[standing_of(machine)]} {state_word(machine)}", width, state_cell(machine).tone),)
    why = problem or sight.problem
    if why:
        return tuple(_middle(row, width, "warn") for row in wrap(visible(why), max(1, width - 2))[:4])
    return (_middle("looking…", width),)


def _middle(text: str, width: int, tone: str = "dim") -> Line:
    return line(Cell(" " * max(0, (width - cell_len(text)) // 2)), Cell(text, tone))


def picture_title(
    machine: Machine | None,
    place: tuple[int, int],
    seen: Print,
    *,
    sight: Sight,
    pace: str,
    connection: ConnectionState,
) -> Line:
    """Return what stands above one machine's screen: whose it is, what is seen of it, how fresh it is."""
    cells: list[Cell] = [Cell(" ")]
    if machine is not None:
        cells += [state_cell(machine), Cell(" "), Cell(f"{visible(machine.name)} ", "strong")]
    cells.append(Cell(f" {place[0]} of {place[1]}", "dim"))
    shown = machine is not None and machine.state.active and bool(seen.rows)
    cells += _trouble(connection, sight.problem if shown else "")
    if shown:
        part = "" if seen.letters or seen.whole == (seen.width, len(seen.rows)) else ", a part"
        cells.append(Cell(f" · {seen.dots[0]}×{seen.dots[1]} {'letters' if seen.letters else 'dots'}{part}", "dim"))
    return line(*cells, Cell(f" · {pace}", "dim"))


def wall_title(total: int, page: tuple[int, int], marked: int, pace: str, connection: ConnectionState) -> Line:
    """Return what stands above the wall: how many there are, and how fresh they are."""
    cells = [Cell(" Wall ", "accent"), Cell(f" {counted(total, 'machine')}")]
    if page[1] > 1:
        cells.append(Cell(f" · page {page[0]} of {page[1]}"))
    if marked:
        cells.append(Cell(f" · {marked} marked", "mark"))
    return line(*cells, Cell(f" · {pace}", "dim"), *_trouble(connection, ""))


def _trouble(connection: ConnectionState, problem: str) -> list[Cell]:
    if connection is ConnectionState.RECONNECTING:
        return [Cell(" · ✗ reconnecting…", "bad")]
    return [Cell(f" · {visible(problem)}", "warn")] if problem else []
