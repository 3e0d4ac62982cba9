"""Show every key, from the command table."""

from collections.abc import Sequence
from itertools import groupby

from textual import events
from textual.binding import Binding
from textual.widget import Widget

from ..commands import COMMANDS, Command, key_label
from ..dialogs.dialog import Dialog, Reading
from ..presenters.text import Cell, Line, fit, line

__all__ = ["HelpScreen"]

_KEYS = 12
_TITLE = 17
_TWO_COLUMNS = 130


class HelpScreen(Dialog[None]):
    """All keys under their headings; in read-only mode those that change anything are gone."""

    BINDINGS = [Binding("q,question_mark,f1,enter", "leave", show=False)]  # noqa: RUF012 - as Textual declares it
    title_text = "Keys"
    hints = (("j k", "scroll"), ("esc", "close"))

    def __init__(self, *, read_only: bool = False) -> None:
        super().__init__()
        self._commands = [entry for entry in COMMANDS if not (read_only and entry.writes)]

    def body(self) -> Sequence[Widget]:
        """Return the lines."""
        return [Reading(id="dialog-text")]

    def on_mount(self) -> None:
        """Let the lines have the keys."""
        super().on_mount()
        self.query_one(Reading).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Lay the groups out in one column or two."""
        text = self.query_one(Reading)
        width = min(event.size.width - 8, 150)
        lines = self._lines(width)
        text.styles.height = min(len(lines), max(4, event.size.height * 94 // 100 - 6))
        text.show(lines)

    def _lines(self, width: int) -> list[Line]:
        groups = [_group(title, list(entries)) for title, entries in groupby(self._commands, lambda e: e.group.value)]
        if width < _TWO_COLUMNS - 8:
            return [entry for group in groups for entry in group]
        half = len([entry for group in groups for entry in group]) // 2
        left: list[Line] = []
        right: list[Line] = []
        for group in groups:
            (left if len(left) + len(group) // 2 <= half else right).extend(group)
        height = max(len(left), len(right))
        left += [line()] * (height - len(left))
        right += [line()] * (height - len(right))
        return [_beside(one, other, width // 2) for one, other in zip(left, right, strict=True)]


def _group(title: str, commands: list[Command]) -> list[Line]:
    lines = [line(Cell(f" {title}", "heading"))]
    for entry in commands:
        keys = " ".join(key_label(key) for key in entry.keys)
        lines.append(
            line(
                Cell(f"   {fit(keys, _KEYS)}", "key"), Cell(fit(entry.title, _TITLE), "strong"), Cell(entry.help, "dim")
            )
        )
    return [*lines, line()]


def _beside(left: Line, right: Line, width: int) -> Line:
    room = width
    cells: list[Cell] = []
    for cell in left.cells:
        text = fit(cell.text, min(len(cell.text), room))
        cells.append(Cell(text, cell.tone))
        room -= len(text)
    return Line((*cells, Cell(" " * room), *right.cells))
