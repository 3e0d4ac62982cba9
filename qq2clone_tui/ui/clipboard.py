"""Copy to the clipboard of the terminal at the user's desk, also through ssh and tmux.

Source: "Manipulate Selection Data" (OSC 52) in xterm's ctlseqs; ``set-clipboard`` in tmux(1).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .app import QqApp

__all__ = ["copy"]


def copy(app: "QqApp", text: str, noted: Callable[[str], None]) -> None:
    """Ask the terminal to put a text into its clipboard; whether it does, it does not tell.

    Args:
        app: its terminal is asked.
        text: what is copied.
        noted: given what copying still needs, when there is something to say.
    """
    app.copy_to_clipboard(text)
    clipboard = app.session.clipboard
    if clipboard is not None:
        app.errands.run("", lambda: clipboard.put(text), lambda needs: noted(needs) if needs else None)
