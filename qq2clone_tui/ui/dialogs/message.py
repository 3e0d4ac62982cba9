"""Show something too long for one line."""

from collections.abc import Sequence

from textual.binding import Binding
from textual.widget import Widget

from ..presenters.text import Line
from .dialog import Dialog, Reading

__all__ = ["MessageDialog"]


class MessageDialog(Dialog[None]):
    """Lines under a title; any of Enter, Escape and q closes them.

    Args:
        title: a few words of our own; never a name.
        lines: what is shown.
    """

    BINDINGS = [Binding("enter,q", "leave", show=False)]  # noqa: RUF012 - as Textual declares it
    hints = (("enter", "close"),)

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
        text.styles.height = max(1, len(self._shown))
        text.show(self._shown)
        text.focus()
