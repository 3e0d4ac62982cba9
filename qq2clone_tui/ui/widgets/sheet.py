"""Draw lines of cells, and repaint only the lines that have changed."""

from collections.abc import Sequence
from typing import Self

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.states import DomainState

from ..presenters.text import Line

__all__ = ["TONES", "Sheet"]

TONES = (
    *(state.value for state in DomainState),
    *(status.value for status in CloneStatus),
    "changing", "dim", "strong", "heading", "key", "good", "warn", "bad", "accent", "mark",
    "cursor", "rest", "lit", "bar",
)  # fmt: skip


class Sheet(ScrollView, can_focus=False):
    """Show lines of cells; text is never read as markup, and an unchanged line costs nothing."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        self._retitling = False
        self._tones: dict[str, Style] = {}
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Line, ...] = ()
        self._painted: dict[int, Line] = {}
        self._title = ""

    def entitle(self, text: str) -> None:
        """Write a title into the border, never as markup; the same title costs nothing."""
        if text != self._title:
            self._title = text
            self._retitling = True
            self.border_title = Text(text)
            self._retitling = False

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Repaint regions, or all; another title costs only the border's line, not the whole sheet."""
        if self._retitling and not regions:
            regions = (Region(0, -1, self.outer_size.width, 1),)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines."""
        self._lines = tuple(lines)
        self.repaint()

    @property
    def line_count(self) -> int:
        """Return the number of lines there are to scroll through."""
        return len(self._lines)

    def line_at(self, index: int) -> Line:
        """Return one of the lines."""
        return self._lines[index]

    def line_on(self, y: int) -> Line:
        """Return what belongs on row ``y`` of the widget as it is scrolled now."""
        index = y + self.scroll_offset.y
        return self.line_at(index) if 0 <= index < self.line_count else Line()

    def repaint(self) -> None:
        """Repaint those rows of the widget whose line is another than the one painted."""
        size = Size(self.scrollable_content_region.width, self.full_height)
        if size != self.virtual_size:
            self.virtual_size = size
        for y in range(self.scrollable_content_region.height):
            if self._painted.get(y) != self.line_on(y):
                self.refresh(Region(0, y, self.size.width, 1))

    @property
    def full_height(self) -> int:
        """Return the height of all lines together."""
        return self.line_count

    def render_line(self, y: int) -> Strip:
        """Paint one row."""
        line = self.line_on(y)
        self._painted[y] = line
        return self.strip_of(line, self.scrollable_content_region.width)

    def strip_of(self, line: Line, width: int) -> Strip:
        """Return a line as it is painted at some width; what is too long ends in an ellipsis."""
        ground = self._ground(line)
        # With sixteen colours or none, a coloured ground swallows coloured ink: one ink for the line.
        plain = bool(line.tone) and line.tone != "bar" and self.app.native_ansi_color
        segments = [
            Segment(cell.text, ground if plain else ground + self._tone(cell.tone)) for cell in line.cells if cell.text
        ]
        strip = Strip(segments, sum(cell_len(segment.text) for segment in segments))
        if strip.cell_length > width > 0:
            return Strip([*strip.crop(0, width - 1), Segment("…", ground)], width)
        return strip.adjust_cell_length(width, ground)

    def on_resize(self) -> None:
        """Fit the lines to another size."""
        self._painted.clear()
        self.repaint()

    def notify_style_update(self) -> None:
        """Forget what was painted in other colours."""
        self._painted.clear()
        self._tones.clear()
        super().notify_style_update()

    def _ground(self, line: Line) -> Style:
        return self.rich_style + self._tone(line.tone)

    def _tone(self, tone: str) -> Style:
        if not tone:
            return Style.null()
        if tone not in self._tones:
            # The app holds the tones of all sheets: looked up for every sheet, they would take most of a start.
            self._tones[tone] = self.app.get_component_styles(f"tone--{tone}").partial_rich_style
        return self._tones[tone]
