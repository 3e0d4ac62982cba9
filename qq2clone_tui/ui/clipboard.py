"""Copy to the clipboard of the terminal at the user's desk, also through ssh and tmux.

Source: "Manipulate Selection Data" (OSC 52) in xterm's ctlseqs; allow-passthrough and set-clipboard in tmux(1).
"""

import base64
import os
from collections.abc import Mapping
from typing import Any

from textual.app import App

__all__ = ["copy", "copy_note"]


def copy(app: App[Any], text: str, environ: Mapping[str, str] = os.environ) -> None:
    """Ask the terminal to put a text into its clipboard; whether it does, it does not tell.

    Args:
        app: its terminal is asked.
        text: what is copied.
        environ: tells whether the terminal is inside tmux, which takes the request in one of two wrappings.
    """
    app.copy_to_clipboard(text)
    if environ.get("TMUX") and app._driver is not None:
        code = base64.b64encode(text.encode()).decode("ascii")
        app._driver.write(f"\x1bPtmux;\x1b\x1b]52;c;{code}\a\x1b\\")


def copy_note(environ: Mapping[str, str] = os.environ) -> str:
    """Return what copying needs where we are; empty when there is nothing to say."""
    return "In tmux, copying needs 'set -g set-clipboard on'." if environ.get("TMUX") else ""
