"""Offer the serial consoles of machines, on the terminal."""

from qq2clone_tui.domain.errors import BadArgument, HypervisorError
from qq2clone_tui.engine.ports.terminal import SerialLine
from qq2clone_tui.engine.tools import Tools

__all__ = ["Serial"]


class Serial:
    """Serial consoles.

    Args:
        tools: the adapters; the terminal is among their programs.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def open(self, uuid: str, device: str = "", *, force: bool = False) -> SerialLine:
        """Open the serial console of a running machine.

        Raises:
            DomainNotFound: there is no such machine.
            HypervisorError: it is off, has no serial console, or somebody else has that open.
        """
        domain = self._tools.hypervisor.read_domain(uuid)
        if domain is not None and not domain.state.active:
            raise HypervisorError(
                "cannot open the serial console",
                subject=domain.name,
                why=f"it is {domain.state.value}",
                remedy="Start it first.",
            )
        return self._tools.hypervisor.serial_ports.open(uuid, device, force=force)

    def converse(self, line: SerialLine) -> str:
        """Give keyboard and screen to a line until it ends or the user leaves it; see ``Terminal.converse``."""
        terminal = self._tools.programs.terminal
        if terminal is None:
            raise BadArgument("cannot show the serial console", why="there is no terminal")
        try:
            return terminal.converse(line)
        finally:
            line.close()
