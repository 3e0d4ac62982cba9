"""Show every key, from the command table."""

from collections.abc import Sequence
from itertools import groupby
from textwrap import wrap

from textual import events
from textual.binding import Binding
from textual.widget import Widget

from ..commands import COMMANDS, Command, Scope, key_label
from ..dialogs.dialog import Dialog, Reading
from ..keymap import Keymap
from ..presenters.text import Cell, Line, fit, line

__all__ = ["HelpScreen"]

_KEYS = 10
_TITLE = 16
_INDENT = 3
_WIDEST = 96
"""As wide as the style sheet makes the dialog at most."""
_AROUND = 6
"""Border, padding and scroll bar."""


class HelpScreen(Dialog[None]):
    """All keys under their headings; in read-only mode those that change anything are gone."""

    BINDINGS = [Binding("q,question_mark,f1,enter", "leave", show=False)]  # noqa: RUF012 - as Textual declares it
    title_text = "Keys"
    hints = (("j k", "scroll"), ("esc", "close"))

    def __init__(self, keymap: Keymap, *, read_only: bool = False, first: Scope | None = None) -> None:
        super().__init__()
        commands = [entry for entry in keymap.dressed(COMMANDS) if not (read_only and entry.writes)]
        # The keys of the screen that asks come first; otherwise the order is the table's.
        self._commands = sorted(commands, key=lambda entry: first is not None and entry.scope is not first)

    def body(self) -> Sequence[Widget]:
        """Return the lines."""
        return [Reading(id="dialog-text")]

    def on_mount(self) -> None:
        """Let the lines have the keys."""
        super().on_mount()
        self.query_one(Reading).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Keep the lines within the screen."""
        text = self.query_one(Reading)
        room = min(_WIDEST, event.size.width * 94 // 100) - _AROUND
        groups = groupby(self._commands, lambda entry: entry.group.value)
        lines = [row for title, entries in groups for row in _group(title, list(entries), room)][:-1]
        text.styles.height = min(len(lines), max(4, event.size.height * 94 // 100 - 6))
        text.show(lines)


def _group(title: str, commands: list[Command], room: int) -> list[Line]:
    lines = [line(Cell(f" {title}", "heading"))]
    before = _INDENT + _KEYS + _TITLE
    for entry in commands:
        keys = " ".join(key_label(key) for key in entry.keys)
        first, *rest = wrap(entry.help, max(12, room - before))
        key, name = Cell(" " * _INDENT + fit(keys, _KEYS), "key"), Cell(fit(entry.title, _TITLE), "strong")
        lines.append(line(key, name, Cell(first, "dim")))
        lines += [line(Cell(" " * before + row, "dim")) for row in rest]
    return [*lines, line()]
