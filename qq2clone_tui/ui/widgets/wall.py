"""Show the screens of many machines side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from ..pictures.lens import Print
from ..presenters.screens import Grid
from ..presenters.text import Line
from .sheet import Sheet

__all__ = ["Tile", "Wall"]


@dataclass(frozen=True, slots=True)
class Tile:
    """One machine on the wall.

    Args:
        caption: the line above its screen.
        picture: what its screen shows, None when that is not to be had.
        words: shown in place of the picture.
    """

    caption: Line
    picture: Print | None = None
    words: tuple[Line, ...] = ()


class Wall(Sheet):
    """Tiles in a grid; of a tile that changes, only the changed rows are painted."""

    class Pointed(Message):
        """The mouse has pressed a tile."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._grid = Grid()
        self._tiles: tuple[Tile, ...] = ()
        self._pieces: dict[tuple[int, int], Strip] = {}

    def put_up(self, grid: Grid, tiles: Sequence[Tile]) -> None:
        """Show these tiles."""
        before, self._tiles = self._tiles, tuple(tiles)
        if grid != self._grid:
            self._grid = grid
            self._pieces.clear()
            self.refresh()
            return
        for index in range(grid.count):
            old, new = before[index : index + 1], self._tiles[index : index + 1]
            if old != new:
                self._repaint_tile(index)

    def _repaint_tile(self, index: int) -> None:
        """Repaint those rows of a tile that look different."""
        grid = self._grid
        row, column = divmod(index, grid.columns)
        for y in range(row * grid.height, (row + 1) * grid.height):
            if self._pieces.get((column, y)) != self._piece(column, y):
                self.refresh(Region(column * (grid.width + 1), y, grid.width, 1))

    def render_line(self, y: int) -> Strip:
        """Paint one row through all tiles of a line."""
        grid, ground = self._grid, self.rich_style
        if y >= grid.rows * grid.height:
            return Strip.blank(self.size.width, ground)
        segments: list[Segment] = []
        for column in range(grid.columns):
            piece = self._pieces[column, y] = self._piece(column, y)
            segments += [*piece, Segment(" ", ground)]
        return Strip(segments, grid.columns * (grid.width + 1)).adjust_cell_length(self.size.width, ground)

    def on_resize(self) -> None:
        """Forget what was painted at another size."""
        self._pieces.clear()

    def notify_style_update(self) -> None:
        """Forget what was painted in other colours."""
        self._pieces.clear()
        super().notify_style_update()

    def on_click(self, event: events.Click) -> None:
        """Tell which tile was pressed."""
        grid = self._grid
        index = event.y // grid.height * grid.columns + min(event.x // (grid.width + 1), grid.columns - 1)
        if index < len(self._tiles):
            self.post_message(self.Pointed(index))

    def _piece(self, column: int, y: int) -> Strip:
        grid, ground = self._grid, self.rich_style
        row, inside = divmod(y, grid.height)
        index = row * grid.columns + column
        if index >= len(self._tiles):
            return Strip.blank(grid.width, ground)
        tile = self._tiles[index]
        if inside == 0:
            return self.strip_of(tile.caption, grid.width)
        rows = tile.picture.rows if tile.picture else ()
        at = inside - 1 - max(0, (grid.height - 1 - (len(rows) or len(tile.words))) // 2)
        if tile.picture is None or not rows:
            return self.strip_of(tile.words[at] if 0 <= at < len(tile.words) else Line(), grid.width)
        if not 0 <= at < len(rows):
            return Strip.blank(grid.width, ground)
        gap = max(0, (grid.width - tile.picture.width) // 2)
        strip = Strip([Segment(" " * gap, ground), *rows[at]], gap + tile.picture.width)
        return strip.adjust_cell_length(grid.width, ground)
