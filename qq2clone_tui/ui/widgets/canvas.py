"""Show a picture made of cells, or a few words in its place."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from ..pictures.lens import Print
from ..presenters.text import Line
from .sheet import Sheet

__all__ = ["Canvas"]


class Canvas(Sheet):
    """A picture in the middle of its room; a row that stays the same costs nothing."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._print = Print()
        self._rows: dict[int, Strip] = {}

    def hang(self, picture: Print | None, words: Sequence[Line] = ()) -> None:
        """Show a picture, or words where there is none."""
        self._print = picture or Print()
        self.show([] if self._print.rows else words)

    def repaint(self) -> None:
        """Repaint those rows that look different."""
        for y in range(self.size.height):
            if self._rows.get(y) != self._row(y):
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Paint one row."""
        strip = self._rows[y] = self._row(y)
        return strip

    def on_resize(self) -> None:
        """Fit to another size."""
        self._rows.clear()
        self.repaint()

    def notify_style_update(self) -> None:
        """Forget what was painted in other colours."""
        self._rows.clear()
        super().notify_style_update()

    def _row(self, y: int) -> Strip:
        picture, width, ground = self._print, self.size.width, self.rich_style
        middle = max(0, (self.size.height - (len(picture.rows) or self.line_count)) // 2)
        if not picture.rows:
            return self.strip_of(self.line_at(y - middle) if 0 <= y - middle < self.line_count else Line(), width)
        if not 0 <= y - middle < len(picture.rows):
            return Strip.blank(width, ground)
        gap = max(0, (width - picture.width) // 2)
        strip = Strip([Segment(" " * gap, ground), *picture.rows[y - middle]], gap + picture.width)
        return strip.adjust_cell_length(width, ground)
