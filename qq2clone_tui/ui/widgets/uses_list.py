"""List what stands on an image, as the rows of a tree."""

from collections.abc import Mapping

from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.uses_tree import UsesTree

from ..presenters.text import Line
from ..presenters.uses import uses_heading, uses_line
from ..presenters.uses_rows import UsesRow
from .row_list import RowList

__all__ = ["UsesList"]


class UsesList(RowList[UsesRow]):
    """Images, overlays and machines, one row each; the cursor stays on its row whatever is folded.

    Attributes:
        machines: ours, by UUID, for their states.
    """

    heading_height = 1

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.machines: Mapping[str, Machine] = {}
        self._uses: UsesTree | None = None

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

    def heading(self, width: int) -> Line:
        """Return the headings."""
        return uses_heading(width)

    def line_of(self, row: UsesRow, width: int, tone: str) -> Line:
        """Return one row."""
        return uses_line(self._uses, self.machines, row, width, tone) if self._uses else Line()

    def find(self, text: str) -> bool:
        """Go to the next row whose name or place holds a text, whatever its case; after the last comes the first."""
        wanted, count = text.casefold(), self.line_count
        for step in range(1, count + 1):
            index = (self.cursor + step) % count
            if wanted in f"{self.rows[index].name} {self.rows[index].path}".casefold():
                self.move_to(index)
                return True
        return False
