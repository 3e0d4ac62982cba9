"""Show every key, from the command table."""

from collections.abc import Sequence
from itertools import groupby

from textual import events
from textual.binding import Binding
from textual.widget import Widget

from ..commands import COMMANDS, Command, Scope, key_label
from ..dialogs.dialog import Dialog, Reading
from ..presenters.text import Cell, Line, fit, line

__all__ = ["HelpScreen"]

_KEYS = 12
_TITLE = 17


class HelpScreen(Dialog[None]):
    """All keys under their headings; in read-only mode those that change anything are gone."""

    BINDINGS = [Binding("q,question_mark,f1,enter", "leave", show=False)]  # noqa: RUF012 - as Textual declares it
    title_text = "Keys"
    hints = (("j k", "scroll"), ("esc", "close"))

    def __init__(self, *, read_only: bool = False, first: Scope | None = None) -> None:
        super().__init__()
        commands = [entry for entry in COMMANDS if not (read_only and entry.writes)]
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
        groups = groupby(self._commands, lambda entry: entry.group.value)
        lines = [row for title, entries in groups for row in _group(title, list(entries))][:-1]
        text.styles.height = min(len(lines), max(4, event.size.height * 94 // 100 - 6))
        text.show(lines)


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
