"""Show how to reach consoles from one's own desk, a key for each command to copy."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.widget import Widget

from qq2clone_tui.domain.console import ConsoleReport

from ..clipboard import copy
from ..presenters.consoles import command_lines
from ..presenters.text import Cell, line
from ..widgets.sheet import Sheet
from .dialog import Dialog, Reading, ReadingDialog, key_hints

if TYPE_CHECKING:
    from ..app import QqApp

__all__ = ["ConsoleDialog", "TroubleDialog"]

_AROUND = 6
"""Cells that the frame takes of the width."""


class ConsoleDialog(Dialog[None]):
    """The commands for one machine at a time; a digit copies one, and n and p go to the other machines.

    Args:
        app: whose terminal is asked to copy.
        reports: the consoles; at least one.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        *(Binding(str(number), f"copy({number})", show=False) for number in range(1, 10)),
        Binding("a", "copy_all", show=False),
        Binding("n,right,l", "turn(1)", show=False),
        Binding("p,left,h", "turn(-1)", show=False),
        Binding("enter,q,o", "leave", show=False),
    ]
    title_text = "Console"

    def __init__(self, app: "QqApp", reports: Sequence[ConsoleReport]) -> None:
        super().__init__()
        self._qq = app
        self._reports = reports
        self._index = 0

    @property
    def report(self) -> ConsoleReport:
        """Return the console that is shown."""
        return self._reports[self._index]

    def body(self) -> Sequence[Widget]:
        """Return the commands."""
        return [Reading(id="dialog-text")]

    def on_mount(self) -> None:
        """Show the first machine."""
        super().on_mount()
        self._show()
        self.query_one(Reading).focus()

    def on_resize(self) -> None:
        """Break the commands at another width."""
        self._show()

    def action_copy(self, number: int) -> None:
        """Copy one of the commands."""
        commands = self.report.commands
        if number <= len(commands):
            self._copy(commands[number - 1].line, f"copied {number}: {commands[number - 1].what}")

    def action_copy_all(self) -> None:
        """Copy all commands of the machine."""
        self._copy("\n".join(command.line for command in self.report.commands) + "\n", "copied all of them")

    def action_turn(self, step: int) -> None:
        """Show another machine."""
        self._index = (self._index + step) % len(self._reports)
        self._show()

    def _copy(self, text: str, said: str) -> None:
        self._say(said)
        copy(self._qq, text, lambda needs: self._say(f"{said}; {needs}", "warn") if self.is_current else None)

    def _show(self) -> None:
        text = self.query_one(Reading)
        frame = self.query_one("#dialog")
        width = max(30, frame.size.width - _AROUND if frame.size.width else self.size.width * 94 // 100 - _AROUND)
        lines = command_lines(self.report, width)
        text.styles.height = min(len(lines), max(4, self.size.height * 94 // 100 - _AROUND))
        text.show(lines)
        frame.border_title = f"Console {self._index + 1} of {len(self._reports)}" if self._several else self.title_text
        self._say("")

    @property
    def _several(self) -> bool:
        return len(self._reports) > 1

    def _say(self, text: str, tone: str = "good") -> None:
        count = len(self.report.commands)
        pairs = [(f"1-{count}" if count > 1 else "1", "copy"), ("a", "copy all")]
        pairs += [("n p", "other machines")] if self._several else []
        hints = key_hints(*pairs, ("esc", "close"))
        said = line(Cell(f" {text}", tone)) if text else hints
        self.query_one("#dialog-hints", Sheet).show([said])


class TroubleDialog(ReadingDialog[bool]):
    """Why consoles did not open; c asks for the commands that show them elsewhere."""

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding("enter,q", "leave", show=False),
        Binding("c", "commands", show=False),
    ]
    hints = (("c", "commands for your own desk"), ("enter", "close"))

    def action_commands(self) -> None:
        """Ask for the commands."""
        self.dismiss(True)
