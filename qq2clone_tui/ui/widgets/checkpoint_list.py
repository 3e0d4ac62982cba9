"""List checkpoints, one a line."""

from ..presenters.checkpoints import CheckpointRow, heading_line, row_line
from ..presenters.text import Cell, Line, line
from .row_list import RowList

__all__ = ["CheckpointList"]


class CheckpointList(RowList[CheckpointRow]):
    """The checkpoints under their headings; the cursor stays on its checkpoint."""

    heading_height = 1

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._known = False

    def take(self, rows: tuple[CheckpointRow, ...]) -> None:
        """Show these checkpoints."""
        before = self.chosen
        self.rows, self._known = rows, True
        if before is not None:
            names = [row.newest.name for row in rows]
            self._cursor = names.index(before.newest.name) if before.newest.name in names else self.cursor
        elif rows:
            self._cursor = next((at for at, row in enumerate(rows) if row.newest.current), 0)
        self.follow()

    def heading(self, width: int) -> Line:
        """Return the headings; there are none over an empty list."""
        return heading_line(width, several=self.rows[0].machines > 1) if self.rows else Line()

    def line_on(self, y: int) -> Line:
        """Return what belongs on row ``y``; below the headings of an empty list, why it is empty."""
        if y == self.heading_height and not self.rows:
            return line(Cell("  No checkpoints yet: c makes one." if self._known else "  Reading checkpoints…", "dim"))
        return super().line_on(y)

    def line_of(self, row: CheckpointRow, width: int, tone: str) -> Line:
        """Return one checkpoint."""
        return row_line(row, width, tone)
