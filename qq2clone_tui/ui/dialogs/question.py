"""Ask a question that is answered with yes or no."""

from textual.binding import Binding

from .dialog import ReadingDialog

__all__ = ["QuestionDialog"]


class QuestionDialog(ReadingDialog[bool]):
    """Lines under a title that is the question, agreed to with y."""

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding("y", "agree", show=False),
        Binding("n,q", "leave", show=False),
    ]
    hints = (("y", "yes"), ("esc", "no"))

    def action_agree(self) -> None:
        """Answer yes."""
        self.dismiss(True)

    def action_leave(self) -> None:
        """Answer no."""
        self.dismiss(False)
