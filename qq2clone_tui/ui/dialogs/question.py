"""Ask a question that is answered with yes or no."""

from collections.abc import Sequence

from textual.binding import Binding
from textual.widget import Widget

from ..presenters.text import Line
from .dialog import Dialog, Reading

__all__ = ["QuestionDialog"]


class QuestionDialog(Dialog[bool]):
    """Lines under a title, agreed to with y.

    Args:
        title: the question, in words of our own.
        lines: what there is to know before answering.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding("y", "agree", show=False),
        Binding("n,q", "leave", show=False),
    ]
    hints = (("y", "yes"), ("esc", "no"))

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
        text.styles.height = len(self._shown)
        text.show(self._shown)
        text.focus()

    def action_agree(self) -> None:
        """Answer yes."""
        self.dismiss(True)

    def action_leave(self) -> None:
        """Answer no."""
        self.dismiss(False)
