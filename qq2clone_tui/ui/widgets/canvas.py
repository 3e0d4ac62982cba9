"""Show a picture made of cells, or a few words in its place."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from ..pictures.lens import Print
from ..presenters.text import Line
from .sheet import Sheet

__all__ = ["Canvas"]

_SETTLED_SECONDS = 0.2


class Canvas(Sheet):
    """A picture in the middle of its room; a row that stays the same costs nothing.

    Args:
        write: sends control sequences to the terminal.
    """

    def __init__(self, write: Callable[[str], None], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._write = write
        self._drawn: Print | None = None
        self._waiting = False
        self._print = Print()
        self._rows: dict[int, Strip] = {}

    def hang(self, picture: Print | None, words: Sequence[Line] = ()) -> None:
        """Show a picture, or words where there is none."""
        self._print = picture or Print()
        self.show([] if self._print.rows else words)
        if self._print is not self._drawn:
            first = self._drawn is None
            self.clear(covered=self._print)
            if self._print.overlay:
                self._drawn = self._print
                self._draw_soon()
                if first:  # Textual may be about to paint the whole screen, from its cache and so unheard of here
                    self.set_timer(_SETTLED_SECONDS, self._draw_soon)

    def clear(self, covered: Print | None = None) -> None:
        """Take away what the terminal has drawn, unless another picture covers just that at once."""
        drawn, self._drawn = self._drawn, None
        if drawn is None or (covered and covered.overlay and covered.size == drawn.size):
            return
        self._write(drawn.removal)
        self._rows.clear()
        self.repaint()

    def repaint(self) -> None:
        """Repaint those rows that look different."""
        for y in range(self.size.height):
            if self._rows.get(y) != self._row(y):
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Paint one row."""
        if self._drawn is not None:
            self._draw_soon()  # what is painted wipes away what was drawn there
        strip = self._rows[y] = self._row(y)
        return strip

    def on_resize(self) -> None:
        """Fit to another size."""
        self.clear()
        self._rows.clear()
        self.repaint()

    def notify_style_update(self) -> None:
        """Forget what was painted in other colours."""
        self._rows.clear()
        super().notify_style_update()

    def _draw_soon(self) -> None:
        if not self._waiting:
            self._waiting = True
            self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        """Have the terminal draw the picture, unless it is not wanted any more."""
        self._waiting = False
        picture = self._drawn
        if picture is not None and self.screen.is_active:
            area = self.content_region
            left = area.x + max(0, (area.width - picture.width) // 2)
            top = area.y + max(0, (area.height - len(picture.rows)) // 2)
            self._write(f"\x1b7\x1b[{top + 1};{left + 1}H{picture.overlay}\x1b8")

    def _row(self, y: int) -> Strip:
        picture, width, ground = self._print, self.size.width, self.rich_style
        middle = max(0, (self.size.height - (len(picture.rows) or self.line_count)) // 2)
        if not picture.rows:
            return self.strip_of(self.line_at(y - middle) if 0 <= y - middle < self.line_count else Line(), width)
        if picture.overlay or not 0 <= y - middle < len(picture.rows):
            return Strip.blank(width, ground)
        gap = max(0, (width - picture.width) // 2)
        strip = Strip([Segment(" " * gap, ground), *picture.rows[y - middle]], gap + picture.width)
        return strip.adjust_cell_length(width, ground)
