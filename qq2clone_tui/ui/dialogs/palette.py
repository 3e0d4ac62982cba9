"""Find a command by a few letters of it."""

from collections.abc import Sequence

from textual import events
from textual.widget import Widget
from textual.widgets import Input

from ..command_search import found
from ..commands import Command, key_label
from ..presenters.text import Cell, Line, fit, line
from ..widgets.line_list import LineList
from .dialog import Dialog

__all__ = ["PaletteDialog"]

_KEYS = 10
_TITLE = 18
_FRAME = 9


class Hits(LineList, can_focus=False):
    """The commands that fit what was typed, the best first.

    Args:
        commands: each with the reason why it is not possible now, or an empty text.
    """

    def __init__(self, commands: Sequence[tuple[Command, str]]) -> None:
        super().__init__(id="palette-hits")
        self._all = commands
        self.hits = list(commands)

    @property
    def line_count(self) -> int:
        """Return the number of commands that fit."""
        return len(self.hits)

    def line_at(self, index: int) -> Line:
        """Return one command: keys, title, and what it does or why it cannot be done."""
        entry, why = self.hits[index]
        keys = fit(" ".join(key_label(key) for key in entry.keys[:1]), _KEYS)
        return line(
            Cell(f" {keys}", "dim" if why else "key"),
            Cell(fit(entry.title, _TITLE), "dim" if why else "strong"),
            Cell(why or entry.help, "warn" if why and index == self.cursor else "dim"),
            tone="cursor" if index == self.cursor else "",
        )

    def narrow(self, text: str) -> None:
        """Show the commands that fit ``text``, the best first."""
        fitting = found([entry for entry, _ in self._all], text)
        self.hits = [self._all[index] for index in fitting]
        self.move_to(0)

    def line_on(self, y: int) -> Line:
        """Return what belongs on row ``y``; where nothing fits, that."""
        if y == 0 and not self.hits:
            return line(Cell(" No command is called anything like that.", "dim"))
        return super().line_on(y)


class PaletteDialog(Dialog[str | None]):
    """All commands; the answer is the id of the one chosen."""

    title_text = "Commands"
    hints = (("enter", "do it"), ("↑↓", "choose"), ("esc", "close"))

    def __init__(self, commands: Sequence[tuple[Command, str]]) -> None:
        super().__init__()
        self._commands = commands

    def body(self) -> Sequence[Widget]:
        """Return field and list."""
        return [
            Input(placeholder="a key, or a word for what you want to do", compact=True, id="palette-input"),
            Hits(self._commands),
        ]

    def on_mount(self) -> None:
        """Let the field have the keys."""
        super().on_mount()
        field = self.query_one(Input)
        field.cursor_blink = False
        field.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Keep the list within the screen."""
        self.query_one(Hits).styles.height = max(3, min(16, event.size.height * 94 // 100 - _FRAME))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self.query_one(Hits).narrow(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer with the command under the cursor."""
        event.stop()
        hits = self.query_one(Hits)
        if hits.hits:
            self.dismiss(hits.hits[hits.cursor][0].id)

    def on_key(self, event: events.Key) -> None:
        """Move in the list while the field keeps the keys."""
        moves = {
            "down": "down",
            "ctrl+n": "down",
            "up": "up",
            "ctrl+p": "up",
            "pagedown": "page_down",
            "pageup": "page_up",
        }
        if event.key in moves:
            event.stop()
            event.prevent_default()
            self.query_one(Hits).action_move(moves[event.key])

    def on_line_list_chosen(self) -> None:
        """Answer with the command that was clicked."""
        hits = self.query_one(Hits)
        self.dismiss(hits.hits[hits.cursor][0].id)
