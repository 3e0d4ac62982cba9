"""List checkpoints, one a line."""

from ..presenters.checkpoints import CheckpointRow, heading_line, row_line
from ..presenters.text import Cell, Line, line
from .line_list import LineList

__all__ = ["CheckpointList"]


class CheckpointList(LineList):
    """The checkpoints under their headings; the cursor stays on its checkpoint."""

    heading_height = 1

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.rows: tuple[CheckpointRow, ...] = ()
        self._known = False

    @property
    def line_count(self) -> int:
        """Return the number of checkpoints."""
        return len(self.rows)

    @property
    def full_height(self) -> int:
        """Return the height of the headings and all lines."""
        return self.line_count + self.heading_height

    @property
    def chosen(self) -> CheckpointRow | None:
        """Return the checkpoint under the cursor."""
        return self.rows[self.cursor] if self.rows else None

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

    def line_on(self, y: int) -> Line:
        """Return the headings, and below them what belongs there."""
        width = self.scrollable_content_region.width
        if not self.rows:
            text = "  No checkpoints yet: c makes one." if self._known else "  Reading checkpoints…"
            return line(Cell(text, "dim")) if y == self.heading_height else Line()
        if y < self.heading_height:
            return heading_line(width, several=self.rows[0].machines > 1)
        return super().line_on(y - self.heading_height)

    def line_at(self, index: int) -> Line:
        """Return one checkpoint."""
        tone = self.cursor_tone if index == self.cursor else ""
        return row_line(self.rows[index], self.scrollable_content_region.width, tone)
