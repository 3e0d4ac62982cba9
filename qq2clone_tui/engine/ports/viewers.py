"""Declare what showing graphical consoles asks of this host and of the hypervisor."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from qq2clone_tui.domain.desk_commands import Here
from qq2clone_tui.domain.graphics import Endpoint
from qq2clone_tui.domain.viewers import Viewer, ViewerCall

__all__ = ["ClientPhase", "Graphics", "RunningViewer", "Viewers"]


class ClientPhase(StrEnum):
    """What a client of a machine's graphics did, as the hypervisor tells it."""

    CONNECTED = "connected"
    ACCEPTED = "accepted"
    """It has authenticated and is shown the screen."""
    GONE = "gone"


class Graphics(Protocol):
    """The side of a hypervisor that is about graphical consoles."""

    def live_xml(self, uuid: str) -> str:
        """Return the XML of the machine as it runs, with the passwords of its consoles where that is allowed."""

    def watch(self, uuid: str, heard: Callable[[ClientPhase, int], None]) -> Callable[[], None] | None:
        """Hear of clients that come to a machine's graphics, until the result is called.

        Args:
            uuid: the machine.
            heard: told of the phase and the TCP port the client came from (0 over a UNIX socket),
                on the event thread: it only takes note.

        Returns:
            What ends it; None when the hypervisor does not tell of clients.
        """


class RunningViewer(Protocol):
    """A viewer that was started; it goes on when this program ends."""

    @property
    def pid(self) -> int:
        """Its process."""

    @property
    def log(self) -> str:
        """The absolute path of the file with the end of what it printed."""

    def status(self) -> int | None:
        """Return None while it or a process it started runs, else its exit status; negative for a signal."""

    def wait(self) -> int:
        """Wait for its end and return its exit status; negative for a signal."""

    def words(self) -> str:
        """Return the end of what it printed, as plain text that may hold anything."""

    def end(self) -> None:
        """End it and what it started."""

    def settle(self) -> None:
        """Delete the file it was told of its console by: it has read that by now, or never will."""


class Viewers(Protocol):
    """The programs of this host that show graphical consoles, and its screen."""

    def has_screen(self) -> bool:
        """Tell whether a viewer could draw here."""

    def installed(self, viewer: Viewer) -> bool:
        """Tell whether a viewer is installed."""

    def here(self) -> Here:
        """Return how this host is reached from the user's own desk."""

    def knock(self, endpoint: Endpoint) -> int | None:
        """Try whether a console accepts connections.

        Returns:
            The TCP port tried from (0 for a UNIX socket), None when nobody answers.
        """

    def start(self, call: ViewerCall, label: str) -> RunningViewer:
        """Start a viewer apart from this process.

        Args:
            call: the program and its arguments.
            label: a word for the name of its log file.

        Raises:
            MissingProgram: it is not installed.
            AccessError: it cannot be started, or its files cannot be written.
        """
