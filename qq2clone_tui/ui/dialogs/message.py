"""Show something too long for one line."""

from textual.binding import Binding

from .dialog import ReadingDialog

__all__ = ["MessageDialog"]


class MessageDialog(ReadingDialog[None]):
    """Lines under a title; any of Enter, Escape and q closes them."""

    BINDINGS = [Binding("enter,q", "leave", show=False)]  # noqa: RUF012 - as Textual declares it
    hints = (("enter", "close"),)
