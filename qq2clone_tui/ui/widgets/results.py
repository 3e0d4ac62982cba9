"""List the machines of a run, and show what one of them printed."""

from qq2clone_tui.domain.execution import ExecState

from ..presenters.results import Row, Streams, output_rows, row_line
from ..presenters.text import Line, visible
from .line_list import LineList

__all__ = ["OutputList", "RowList"]


class RowList(LineList):
    """Machines, or groups of them with the same result."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.rows: tuple[Row, ...] = ()

    @property
    def line_count(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    @property
    def chosen(self) -> Row | None:
        """Return the row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def take(self, rows: tuple[Row, ...]) -> None:
        """Show these rows; the cursor stays on its machine."""
        before = self.chosen
        self.rows = rows
        if before is not None:
            places = {row.entry.uuid: index for index, row in enumerate(rows)}
            self._cursor = places.get(before.entry.uuid, self._cursor)
        self.follow()

    def line_at(self, index: int) -> Line:
        """Return one row."""
        tone = self.cursor_tone if index == self.cursor else ""
        return row_line(self.rows[index], self.scrollable_content_region.width, tone)


class OutputList(LineList):
    """What was printed, line by line."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._shown: tuple[Row | None, Streams, int] | None = None

    def take(self, row: Row | None, live: Streams) -> None:
        """Show what the machine of a row printed; what is new is followed, unless somebody is reading here.

        Args:
            row: the machine, or the first of a group.
            live: what it has printed so far, while its command runs.
        """
        width = max(2, self.scrollable_content_region.width)
        before, wanted = self._shown, (row, live, width)
        if wanted == before:  # a run of thousands changes often, and mostly elsewhere
            return
        self._shown = wanted
        self.entitle(visible(row.entry.name) if row else "Output")
        self.show(output_rows(row.entry, width, live) if row else ())
        if before is None or before[0] is None or row is None or before[0].entry.uuid != row.entry.uuid:
            self.move_to(0)
        elif row.entry.state is ExecState.RUNNING and not self.has_focus:
            self.move_to(self.line_count - 1)

    def line_at(self, index: int) -> Line:
        """Return one line of it."""
        shown = self._lines[index]
        return Line(shown.cells, self.cursor_tone) if index == self.cursor and self.has_focus else shown

    def find(self, text: str) -> bool:
        """Go to the next line that holds a text, whatever its case; after the last comes the first."""
        wanted, count = text.casefold(), self.line_count
        for step in range(1, count + 1):
            index = (self.cursor + step) % count
            if wanted in "".join(cell.text for cell in self._lines[index].cells).casefold():
                self.move_to(index)
                return True
        return False
