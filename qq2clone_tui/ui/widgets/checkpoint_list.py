"""List checkpoints, one a line."""

from ..presenters.checkpoints import CheckpointRow, Layout, empty_text, heading_line, row_line
from ..presenters.text import Cell, Line, line
from .row_list import RowList

__all__ = ["CheckpointList"]


class CheckpointList(RowList[CheckpointRow]):
    """The checkpoints under their headings; the cursor stays on its checkpoint.

    Args:
        read_only: True when none can be made.
    """

    heading_height = 1

    def __init__(self, *, read_only: bool, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._read_only = read_only
        self._layout = Layout()
        self._machines = 0

    def take(self, rows: tuple[CheckpointRow, ...], machines: int) -> None:
        """Show the checkpoints of so many machines."""
        before = self.chosen
        self.rows, self._layout, self._machines = rows, Layout.of(rows), machines
        if before is not None:
            same = (at for at, row in enumerate(rows) if row.ident == before.ident)
            named = (at for at, row in enumerate(rows) if row.newest.name == before.newest.name)
            self._cursor = next(same, next(named, self.cursor))
        elif rows:
            self._cursor = next((at for at, row in enumerate(rows) if row.newest.current), 0)
        self.follow()

    def heading(self, width: int) -> Line:
        """Return the headings; there are none over an empty list."""
        return heading_line(self._layout, width) if self.rows else Line()

    def line_on(self, y: int) -> Line:
        """Return what belongs on row ``y``; below the headings of an empty list, why it is empty."""
        if y == self.heading_height and not self.rows:
            none = empty_text(self._machines, read_only=self._read_only)
            return line(Cell(f"  {none if self._machines else 'Reading checkpoints…'}", "dim"))
        return super().line_on(y)

    def line_of(self, row: CheckpointRow, width: int, tone: str) -> Line:
        """Return one checkpoint."""
        return row_line(row, self._layout, width, tone)
