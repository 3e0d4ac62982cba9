"""Play serial consoles in memory."""

import socket
import threading

from qq2clone_tui.domain.errors import HypervisorError

__all__ = ["EchoLine", "MemorySerialPorts"]


class MemorySerialPorts:
    """Consoles that answer with what they hear. Implements ``engine.ports.terminal.SerialPorts``.

    Attributes:
        busy: UUIDs of the machines whose console somebody has open.
        lines: the consoles that were opened, in order.
    """

    def __init__(self) -> None:
        self.busy: set[str] = set()
        self.lines: list[EchoLine] = []

    def open(self, uuid: str, device: str, *, force: bool) -> "EchoLine":
        """Open a serial console, unless somebody has it open."""
        if uuid in self.busy and not force:
            raise HypervisorError(
                "cannot open the serial console", subject=device or uuid, why="somebody has it open already"
            )
        self.lines.append(EchoLine())
        return self.lines[-1]


class EchoLine:
    """A line whose other end sends back what it gets."""

    def __init__(self) -> None:
        self._user, self._guest = socket.socketpair()
        self._why = ""
        threading.Thread(target=self._echo, name="echo", daemon=True).start()

    def fileno(self) -> int:
        """Return the descriptor to read from and write to."""
        return self._user.fileno()

    def ending(self) -> str:
        """Return why the console ended."""
        return self._why

    def hang_up(self, why: str) -> None:
        """End it from the machine's side."""
        self._why = why
        self._guest.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of it."""
        self._user.close()

    def _echo(self) -> None:
        with self._guest:
            while piece := self._guest.recv(4096):
                self._guest.sendall(piece)
