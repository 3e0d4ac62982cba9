"""Ask for a command to run over machines, and in which manner."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.widget import Widget
from textual.widgets import Input

from qq2clone_tui.domain.execution import Manner

from ..presenters.text import Cell, counted, line
from ..widgets.sheet import Sheet
from .choices import FieldDialog, Switch

__all__ = ["ExecDialog", "ExecWish", "FindDialog", "Sought"]


@dataclass(frozen=True, slots=True)
class ExecWish:
    """A command, and the manner it is run in."""

    command: str
    manner: Manner


class ExecDialog(FieldDialog[ExecWish]):
    """Which command is run for each of the machines?

    Args:
        machines: how many there are.
        history: commands of before, the newest last.
        parallel: how many at a time, as it stands there at first.
    """

    labels = ("command", "in guests", "at a time", "keep going", "time limit")
    title_text = "Run a command for each machine"
    hints = (("enter", "run"), ("↑ ↓", "earlier ones"), ("tab", "next field"), ("esc", "leave it"))

    def __init__(self, machines: int, history: Sequence[str], parallel: int) -> None:
        super().__init__()
        self._machines = machines
        self._history = tuple(dict.fromkeys(reversed(history)))
        self._place = -1
        self._parallel = parallel

    def fields(self) -> Sequence[Widget]:
        """Return the fields."""
        return [
            Input(
                placeholder="for bash; $name, $uuid, $ip, $disks …", compact=True, id="command", classes="field-input"
            ),
            Switch(id="guest"),
            Input(
                str(self._parallel), type="integer", compact=True, max_length=4, id="parallel", classes="field-input"
            ),
            Switch(id="keep-going"),
            Input(placeholder="seconds; empty: none", compact=True, max_length=9, id="timeout", classes="field-input"),
        ]

    def on_mount(self) -> None:
        """Say for how many machines."""
        super().on_mount()
        text = f" for {counted(self._machines, 'machine')}; what it printed is shown for each"
        self.query_one("#dialog-remark", Sheet).show([line(Cell(text, "dim"))])

    def on_key(self, event: events.Key) -> None:
        """Walk through earlier commands with the arrow keys."""
        field = self.query_one("#command", Input)
        if event.key in {"up", "down"} and self.focused is field and self._history:
            event.stop()
            self._place = max(-1, min(len(self._history) - 1, self._place + (1 if event.key == "up" else -1)))
            field.value = self._history[self._place] if self._place >= 0 else ""
            field.cursor_position = len(field.value)

    def wish(self) -> ExecWish | str:
        """Return command and manner."""
        command = self.query_one("#command", Input).value.strip()
        parallel = self.query_one("#parallel", Input).value.strip()
        if not command:
            return "which command?"
        if not (parallel.isascii() and parallel.isdigit() and 1 <= int(parallel) <= 1000):
            return "at a time: a number from 1 to 1000"
        seconds = _seconds(self.query_one("#timeout", Input).value.strip())
        if isinstance(seconds, str):
            return seconds
        switches = {switch.id: switch.value for switch in self.query(Switch)}
        return ExecWish(command, Manner(int(parallel), switches["keep-going"], seconds, switches["guest"]))


@dataclass(frozen=True, slots=True)
class Sought:
    """A text to look for."""

    text: str


class FindDialog(FieldDialog[Sought]):
    """What is looked for?

    Args:
        title: the question, in words of our own.
    """

    labels = ("text",)

    def __init__(self, title: str = "Find in the output") -> None:
        super().__init__()
        self.title_text = title

    def fields(self) -> Sequence[Widget]:
        """Return the field."""
        return [Input(compact=True, id="text", classes="field-input")]

    def wish(self) -> Sought | str:
        """Return the text."""
        text = self.query_one(Input).value
        return Sought(text) if text else "which text?"


def _seconds(text: str) -> float | str | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        return "time limit: a number of seconds, or nothing"
    return value if 0 < value < math.inf else "time limit: more than 0 seconds"
