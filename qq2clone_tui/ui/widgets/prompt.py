"""Ask for a line of text at the foot of the screen: the filter or a set."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from ..presenters.text import Cell, Line, line
from .sheet import Sheet

__all__ = ["Prompt"]


class Prompt(Vertical):
    """One line of input with a sign before it and remarks below; out of sight until it is opened."""

    class Changed(Message):
        """Another character was typed."""

        def __init__(self, kind: str, text: str) -> None:
            super().__init__()
            self.kind, self.text = kind, text

    class Accepted(Message):
        """Enter was pressed."""

        def __init__(self, kind: str, text: str) -> None:
            super().__init__()
            self.kind, self.text = kind, text

    class Dismissed(Message):
        """Escape was pressed."""

        def __init__(self, kind: str) -> None:
            super().__init__()
            self.kind = kind

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.kind = ""

    def compose(self) -> ComposeResult:
        """Lay out sign, input and remarks."""
        with Horizontal(id="prompt-line"):
            yield Sheet(id="prompt-sign")
            yield Input(id="prompt-input", compact=True, select_on_focus=False)
        yield Sheet(id="prompt-remarks")

    def open(self, kind: str, sign: str, text: str, placeholder: str) -> None:
        """Show the prompt and let it have the keys."""
        self.kind = kind
        field = self.query_one(Input)
        field.cursor_blink = False
        field.placeholder = placeholder
        with self.prevent(Input.Changed):
            field.value = text
        field.cursor_position = len(text)
        self.query_one("#prompt-sign", Sheet).show([line(Cell(f" {sign} ", "key"))])
        self.remark(())
        self.add_class("-open")
        field.focus()

    def close(self) -> None:
        """Put the prompt out of sight."""
        self.remove_class("-open")

    def remark(self, lines: Sequence[Line]) -> None:
        """Show remarks on what has been typed."""
        sheet = self.query_one("#prompt-remarks", Sheet)
        sheet.styles.height = len(lines)
        sheet.show(lines)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell of each character."""
        event.stop()
        self.post_message(self.Changed(self.kind, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Tell of Enter."""
        event.stop()
        self.post_message(self.Accepted(self.kind, event.value))

    def on_key(self, event: events.Key) -> None:
        """Tell of Escape, before the screen takes it for something else."""
        if event.key == "escape":
            event.stop()
            self.post_message(self.Dismissed(self.kind))
