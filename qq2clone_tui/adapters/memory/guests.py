"""Play the insides of machines that exist only in memory."""

import threading
from collections.abc import Callable

from qq2clone_tui.domain.errors import HypervisorError
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.outcome import Ending, Outcome, Output

__all__ = ["MemoryGuests"]


class MemoryGuests:
    """Machines in which every command prints the machine's name; implements ``engine.ports.guests.Guests``.

    Args:
        find: gives a machine by its UUID; raises what the hypervisor raises.

    Attributes:
        outcomes: how commands end in a machine, by UUID, where they end otherwise.
        agentless: the UUIDs of machines that run no agent.
        asked: the UUIDs and commands in the order in which they were run.
    """

    def __init__(self, find: Callable[[str], DomainSummary]) -> None:
        self._find = find
        self.outcomes: dict[str, Outcome] = {}
        self.agentless: set[str] = set()
        self.asked: list[tuple[str, str]] = []

    def run(
        self,
        uuid: str,
        command: str,
        *,
        timeout_seconds: float | None = None,  # noqa: ARG002 - commands end at once
        stop: threading.Event | None = None,  # noqa: ARG002
        keep_bytes: int = 1 << 20,  # noqa: ARG002
    ) -> Outcome:
        """Return the end that was set for the machine, or a good one."""
        domain, what = self._find(uuid), "cannot run the command inside the machine"
        if not domain.state.active:
            raise HypervisorError(what, subject=domain.name, why="it is off", remedy="Start it first.")
        if uuid in self.agentless:
            raise HypervisorError(what, subject=domain.name, why="no guest agent is connected")
        self.asked.append((uuid, command))
        printed = f"{domain.name}\n".encode()
        return self.outcomes.get(uuid, Outcome(Ending.EXITED, stdout=Output(printed, total=len(printed))))
