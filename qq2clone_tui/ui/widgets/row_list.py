"""Hold rows of one kind in a list, below a line of headings where there is one."""

from typing import Generic, TypeVar

from ..presenters.text import Line
from .line_list import LineList

__all__ = ["RowList"]

Row = TypeVar("Row")


class RowList(LineList, Generic[Row]):
    """A list that is handed its rows; only those in sight are made into cells.

    Subclasses override ``line_of``, and ``heading`` where they set ``heading_height``.

    Attributes:
        rows: what is shown, from top to bottom.
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.rows: tuple[Row, ...] = ()

    @property
    def line_count(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    @property
    def full_height(self) -> int:
        """Return the height of the headings and all rows."""
        return self.line_count + self.heading_height

    @property
    def chosen(self) -> Row | None:
        """Return the row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def heading(self, width: int) -> Line:
        """Return the headings at a width in cells; asked for only where there are some."""
        raise NotImplementedError

    def line_of(self, row: Row, width: int, tone: str) -> Line:
        """Return a row at a width in cells."""
        raise NotImplementedError

    def line_on(self, y: int) -> Line:
        """Return the headings or the row that belongs on row ``y`` of the widget."""
        if y < self.heading_height:
            return self.heading(self.scrollable_content_region.width)
        return super().line_on(y - self.heading_height)

    def line_at(self, index: int) -> Line:
        """Return the row at ``index``."""
        tone = self.cursor_tone if index == self.cursor else ""
        return self.line_of(self.rows[index], self.scrollable_content_region.width, tone)
