"""Declare the programs of the host that use cases run, one Protocol for each kind of use."""

from dataclasses import dataclass
from typing import Protocol

from .editor import Drafts, Editor
from .shell import Shell
from .terminal import Terminal
from .viewers import Viewers

__all__ = ["Clipboard", "Programs"]


class Clipboard(Protocol):
    """What stands between this program's terminal and the user's clipboard."""

    def put(self, text: str) -> str:
        """Help a text on its way to the clipboard, of which the terminal has been asked already.

        Returns:
            What copying still needs, as a clause; empty when nothing stands in the way.
        """


@dataclass(frozen=True)
class Programs:
    """What runs beside the hypervisor, on the host that this program runs on.

    Args:
        bash: runs command lines of the user's; None where there is none.
        editor: the user's editor; None where there is none.
        drafts: edited texts that could not be used yet; None to keep none.
        viewers: the programs that show graphical consoles; None where there can be none.
        terminal: the terminal that this program runs on; None where there is none.
        clipboard: helps to copy where something holds copies back; None where nothing does.
    """

    bash: Shell | None = None
    editor: Editor | None = None
    drafts: Drafts | None = None
    viewers: Viewers | None = None
    clipboard: Clipboard | None = None
    terminal: Terminal | None = None
