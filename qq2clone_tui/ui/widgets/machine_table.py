"""Show the clones of the desk, one row a machine."""

import time
from collections.abc import Callable

from rich.cells import cell_len

from ..desk import Desk, row_of
from ..presenters.machines import COLUMNS, Column, Row
from ..presenters.text import Cell, Line, fit, visible
from ..presenters.titles import empty_line
from .line_list import LineList

__all__ = ["MachineTable"]

_GAPS = ((100, 5), (90, 4), (76, 3), (62, 2), (0, 1))
_WIDEST_NAME = 40
_LEAST_NAME = 14


class MachineTable(LineList):
    """A table of any length: only the rows in sight are made into cells.

    Args:
        desk: rows, cursor and marks come from here.
        clock: gives the current time in epoch seconds, for ages.
        columns: from left to right; where there is no room for all, the least wanted go.
    """

    heading_height = 1

    def __init__(
        self,
        desk: Desk,
        clock: Callable[[], float] = time.time,
        columns: tuple[Column, ...] = COLUMNS,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._wanted = columns
        self.desk = desk
        self._clock = clock
        self._measured_version = -1
        self._longest = 0

    @property
    def line_count(self) -> int:
        """Return the number of rows that filter and scope let through."""
        return len(self.desk.rows)

    @property
    def full_height(self) -> int:
        """Return the height of the rows and the heading."""
        return self.line_count + self.heading_height

    @property
    def cursor(self) -> int:
        """Return the row of the machine under the cursor."""
        return self.desk.index

    def move_to(self, index: int) -> None:
        """Put the cursor on a row."""
        self.desk.index = index
        self.follow()
        self.post_message(self.Moved(self))

    def line_on(self, y: int) -> Line:
        """Return the heading or the row that belongs on row ``y`` of the widget."""
        if y == 0:
            return self._heading()
        if y == 2 and not self.desk.rows:
            return empty_line(self.desk)
        return super().line_on(y - 1)

    def line_at(self, index: int) -> Line:
        """Return the row at ``index``."""
        uuid = self.desk.rows[index]
        marked, lit = uuid in self.desk.marks, uuid in self.desk.lit
        cells = self._cells(row_of(self.desk, uuid, self._clock()))
        tone = self.cursor_tone if index == self.desk.index else "lit" if lit else ""
        return Line((Cell("▌ " if marked else "▸ " if lit else "  ", "mark"), *cells), tone)

    def _cells(self, row: Row) -> list[Cell]:
        columns, gap = self.columns, self._gap
        widths = self._widths(columns)
        cells: list[Cell] = []
        for column, width in zip(columns, widths, strict=True):
            cell = column.cell(row)
            cells.append(Cell(fit(cell.text, width, right=column.right) + gap, cell.tone))
        return cells

    def _heading(self) -> Line:
        cells = [Cell("  ")]
        for column, width in zip(self.columns, self._widths(self.columns), strict=True):
            sorted_by = column.id == self.desk.sort
            arrow = ("↓" if self.desk.descending else "↑") if sorted_by else ""
            text = arrow + column.title if column.right else column.title + arrow
            cells.append(Cell(fit(text, width, right=column.right) + self._gap, "accent" if sorted_by else "heading"))
        return Line(tuple(cells))

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return the columns there is room for; the least wanted go first."""
        columns = list(self._wanted)
        while len(columns) > 3 and self._room(columns) < _LEAST_NAME:
            columns.remove(min(columns, key=lambda entry: entry.keep))
        return tuple(columns)

    def _room(self, columns: list[Column]) -> int:
        gaps = len(self._gap) * len(columns)
        return self.scrollable_content_region.width - 2 - gaps - sum(entry.width for entry in columns)

    def _widths(self, columns: tuple[Column, ...]) -> list[int]:
        name = max(_LEAST_NAME, min(_WIDEST_NAME, self._longest_name()))
        room = max(1, min(name, self._room(list(columns))))
        return [entry.width or room for entry in columns]

    def _longest_name(self) -> int:
        inventory = self.desk.inventory
        if self._measured_version != inventory.version:
            self._measured_version = inventory.version
            self._longest = max((cell_len(visible(m.name)) for m in inventory.machines.values()), default=0)
        return self._longest

    @property
    def _gap(self) -> str:
        width = self.scrollable_content_region.width
        return " " * next(gap for least, gap in _GAPS if width >= least)
