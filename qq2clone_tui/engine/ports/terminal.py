"""Declare serial consoles, and the terminal that they are shown on."""

from typing import Protocol

__all__ = ["DETACHED", "SerialLine", "SerialPorts", "Terminal"]

DETACHED = ""
"""What a conversation ends with when the user left it."""


class SerialLine(Protocol):
    """One open serial console; bytes pass both ways through a socket."""

    def fileno(self) -> int:
        """Return the descriptor to read from and write to; it ends when the console does."""

    def ending(self) -> str:
        """Return why the console ended, as a clause; empty while it lasts."""

    def close(self) -> None:
        """Let go of the console; once more does no harm."""


class SerialPorts(Protocol):
    """The serial consoles of running machines."""

    def open(self, uuid: str, device: str, *, force: bool) -> SerialLine:
        """Open a serial console.

        Args:
            uuid: whose.
            device: alias of the device (``serial0``); empty for the first.
            force: end the session of whoever has it open.

        Raises:
            HypervisorError: there is none, or somebody else has it open.
        """


class Terminal(Protocol):
    """The terminal that this program runs on."""

    def converse(self, line: SerialLine) -> str:
        """Connect keyboard and screen with a line until it ends or the user leaves it.

        Returns:
            Why it ended, as a clause, or ``DETACHED``. The terminal is as it was before.

        Raises:
            BadArgument: there is no terminal.
        """
