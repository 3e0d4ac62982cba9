"""Frame a question over the screen behind it."""

from collections.abc import Sequence
from typing import TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget

from ..presenters.text import Cell, Line, line
from ..screens.steady import CoveringScreen
from ..widgets.sheet import Sheet

__all__ = ["Dialog", "Reading", "ReadingDialog", "key_hints"]

Answer = TypeVar("Answer")


def key_hints(*pairs: tuple[str, str]) -> Line:
    """Return a line of keys and what they do."""
    cells: list[Cell | str] = [" "]
    for key, meaning in pairs:
        cells += [Cell(key, "key"), f" {meaning}   "]
    return line(*cells)


class Reading(Sheet, can_focus=True):
    """Lines to read, scrolled with the arrow keys when they do not fit."""

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("space", "page_down", show=False),
    ]


class Dialog(CoveringScreen[Answer], ModalScreen[Answer]):
    """A frame in the middle of the screen with a title, a body and hints; Escape gives no answer.

    Subclasses override ``body`` and set ``hints``.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding("escape", "leave", show=False),
        Binding("ctrl+c", "leave", show=False, priority=True),
    ]

    title_text = ""
    hints: Sequence[tuple[str, str]] = (("esc", "close"),)

    def compose(self) -> ComposeResult:
        """Lay out frame, body and hints."""
        with Vertical(id="dialog"):
            yield from self.body()
            yield Sheet(id="dialog-hints")

    def body(self) -> Sequence[Widget]:
        """Return the widgets of the dialog."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Fill in title and hints."""
        self.entitle(self.title_text)
        self.hint(*self.hints)

    def entitle(self, text: str) -> None:
        """Give the frame a title, in words of our own."""
        self.title_text = text
        self.query_one("#dialog", Vertical).border_title = text

    def hint(self, *pairs: tuple[str, str]) -> None:
        """Show which keys there are, and what they do."""
        self.hints = pairs
        self.say(key_hints(*pairs))

    def say(self, text: Line) -> None:
        """Show a line in the place of the keys."""
        self.query_one("#dialog-hints", Sheet).show([text])

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


class ReadingDialog(Dialog[Answer]):
    """A dialog whose body is lines to read.

    Args:
        title: a few words of our own; never a name.
        lines: what is shown.
    """

    def __init__(self, title: str, lines: Sequence[Line]) -> None:
        super().__init__()
        self.title_text = title
        self._shown = lines

    def body(self) -> Sequence[Widget]:
        """Return the lines."""
        return [Reading(id="dialog-text")]

    def on_mount(self) -> None:
        """Show the lines at the height they need."""
        super().on_mount()
        text = self.query_one(Reading)
        text.show(self._shown)
        text.focus()

    def on_resize(self) -> None:
        """Keep the lines within the screen."""
        room = max(4, self.size.height * 94 // 100 - 6)
        self.query_one(Reading).styles.height = max(1, min(len(self._shown), room))
