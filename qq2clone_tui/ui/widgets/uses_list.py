"""List what stands on an image, as the rows of a tree."""

from collections.abc import Mapping

from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.uses_tree import UsesTree

from ..presenters.text import Line
from ..presenters.uses import uses_heading, uses_line
from ..presenters.uses_rows import UsesRow
from .line_list import LineList

__all__ = ["UsesList"]


class UsesList(LineList):
    """Images, overlays and machines, one row each; only the rows in sight are made into cells.

    Attributes:
        rows: what is shown, from top to bottom; the cursor stays on its row whatever is folded.
        machines: ours, by UUID, for their states.
    """

    heading_height = 1

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.rows: tuple[UsesRow, ...] = ()
        self.machines: Mapping[str, Machine] = {}
        self._uses: UsesTree | None = None

    @property
    def line_count(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    @property
    def full_height(self) -> int:
        """Return the height of the rows and the heading."""
        return self.line_count + self.heading_height

    @property
    def chosen(self) -> UsesRow | None:
        """Return the row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def take(self, uses: UsesTree, rows: tuple[UsesRow, ...]) -> None:
        """Show these rows of a tree; the cursor stays on its row, or goes to what that hangs on when it is hidden."""
        before = self.chosen
        places = {row.ident: index for index, row in reversed(list(enumerate(rows)))}
        wanted = (before.ident, *reversed(before.above)) if before else ()
        self.rows, self._uses = rows, uses
        self._cursor = next((places[ident] for ident in wanted if ident in places), self._cursor)
        self.follow()

    def go(self, what: str) -> None:
        """Go to the first row of an image, by its path, or of a machine, by its UUID."""
        for index, row in enumerate(self.rows):
            if what in {row.ident, row.uuid}:
                self.move_to(index)
                return

    def line_on(self, y: int) -> Line:
        """Return the heading or the row that belongs on row ``y`` of the widget."""
        return uses_heading(self.scrollable_content_region.width) if y == 0 else super().line_on(y - 1)

    def line_at(self, index: int) -> Line:
        """Return the row at ``index``."""
        if self._uses is None:
            return Line()
        tone = self.cursor_tone if index == self.cursor else ""
        return uses_line(self._uses, self.machines, self.rows[index], self.scrollable_content_region.width, tone)

    def find(self, text: str) -> bool:
        """Go to the next row whose name or place holds a text, whatever its case; after the last comes the first."""
        wanted, count = text.casefold(), self.line_count
        for step in range(1, count + 1):
            index = (self.cursor + step) % count
            if wanted in f"{self.rows[index].name} {self.rows[index].path}".casefold():
                self.move_to(index)
                return True
        return False
