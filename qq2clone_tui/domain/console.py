"""Say what was wished for on a machine's graphical console, and what became of it."""

from dataclasses import dataclass, field
from enum import StrEnum

from .desk_commands import DeskCommand
from .viewers import Viewer

__all__ = ["ConsoleReport", "ConsoleState", "ConsoleWish"]


class ConsoleState(StrEnum):
    """How a console stands."""

    SHOWN = "shown"
    """A viewer has connected to it."""
    COMMANDS = "commands"
    """No viewer was started: ``ConsoleReport.commands`` show it elsewhere."""
    LEFT_OUT = "left out"
    """The machine has no graphics, or does not run."""
    FAILED = "failed"
    ENDED = "ended"
    """The viewer was shown and has ended since as it should."""
    DIED = "died"
    """The viewer was shown and has ended since with an error."""


@dataclass(frozen=True, slots=True)
class ConsoleWish:
    """How consoles are to be opened.

    Args:
        viewer: the program to use.
        timeout_seconds: seconds to wait for the console, and again for the viewer to connect.
        commands: True to give the commands to type elsewhere instead of starting viewers.
        unasked: True to open consoles also on machines that were merely started.
    """

    viewer: Viewer = Viewer.VIRT_VIEWER
    timeout_seconds: float = 10.0
    commands: bool = False
    unasked: bool = False


@dataclass(frozen=True, slots=True)
class ConsoleReport:
    """What became of one machine's console.

    Args:
        uuid, name: the machine.
        state: how it stands.
        where: the protocol and address, such as ``spice 127.0.0.1:5901``; empty when there is none.
        viewer: the program that was started; empty when none was.
        pid: its process; 0 when none was started.
        log: absolute path of the file with what it printed; empty when there is none.
        words: the end of what it printed.
        reason: one paragraph when it was left out or failed; else empty.
        exit_code: the code of the failure; 0 otherwise.
        commands: what to type at one's own desk.
        protected: whether the console asks for a password.
    """

    uuid: str
    name: str
    state: ConsoleState
    where: str = ""
    viewer: str = ""
    pid: int = 0
    log: str = ""
    words: str = ""
    reason: str = ""
    exit_code: int = 0
    commands: tuple[DeskCommand, ...] = field(default_factory=tuple)
    protected: bool = False
